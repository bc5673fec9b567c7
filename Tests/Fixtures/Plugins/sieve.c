/*
 * A plugin in C that publishes and takes frames, to test the router without a protocol: lines of text over TCP.
 *
 *   PUBLISH app/name?query      asks, publishes, says one video track
 *   FRAME pts key size          pushes a frame of `size` bytes
 *   PLAY app/name?query         asks, attaches to the log of format "sieve"
 *   STOP                        ends what it publishes
 *   SLEEP ms                    does not return for so long, then answers
 *   CRASH how                   trap, null, abort, exit, recurse: ends the process
 *
 * It answers each with a line, and says DRAINING when the host drains. Its sink "sieve" appends "pts:size\n" per frame and joins at key frames. A stream whose name begins with
 * "slow" has a sink that answers SLUICE_AGAIN to every batch; "bad" one that fails at its second batch.
 *
 * KIND 1 refuses every session · 2 can hand sessions and sinks over · 3 the same, and refuses what it is handed · 4 the same as 2, and puts
 * a star behind what it writes · 5 refuses every session for a reason of the peer's · 6 the same as 4, and takes its time to import ·
 * 7 takes its time, then refuses · 8 dies of an import · 9 takes two seconds · 0 stays what it is
 */
#define _POSIX_C_SOURCE 200809L
#include <sluice/sluice.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifndef KIND
#define KIND 0
#endif

struct sluice_instance {
    const sluice_host *host;
    const sluice_net_service *net;
    const sluice_auth_service *auth;
    const sluice_stream_service *stream;
    const sluice_broadcast_service *broadcast;
};

typedef struct session {
    sluice_instance *instance;
    sluice_handle connection, published;
    int plays;
    char line[1024];
    size_t size;
} session;

typedef struct sink {
    sluice_instance *instance;
    sluice_handle log;
    int slow, bad, batches;
} sink;

static sluice_text text(const char *s) {
    sluice_text t = {s, strlen(s)};
    return t;
}

static void say(session *s, const char *words, const char *more) {
    char line[600];
    int size = snprintf(line, sizeof line, "%s%s%s\n", words, *more ? " " : "", more);
    if (size >= (int)sizeof line) size = (int)sizeof line - 1;
    sluice_bytes bytes = {(const uint8_t *)line, (uint64_t)size};
    s->instance->net->send(s->instance->host, s->connection, bytes);
}

/* [lane] */
static void decided(void *context, const sluice_auth_answer *answer) {
    session *s = context;
    const sluice_host *host = s->instance->host;
    char reason[128] = "";
    if (answer->decision != SLUICE_VERDICT_ALLOW) {
        snprintf(reason, sizeof reason, "%.*s", (int)answer->reason.size, answer->reason.size ? answer->reason.data : "");
        say(s, "DENIED", reason);
        return;
    }
    sluice_error error;
    memset(&error, 0, sizeof error);
    error.struct_size = sizeof error;
    if (s->plays) {
        sluice_attach attach;
        memset(&attach, 0, sizeof attach);
        attach.struct_size = sizeof attach;
        attach.grant = answer->grant;
        attach.format = text("sieve");
        attach.variant = text("");
        attach.head.data = (const uint8_t *)"HEAD\n";
        attach.head.size = 5;
        if (s->instance->broadcast->attach(host, s->connection, &attach, &error) != SLUICE_OK) say(s, "REFUSED", error.text);
        return;
    }
    sluice_publish_request request;
    memset(&request, 0, sizeof request);
    request.struct_size = sizeof request;
    request.connection = s->connection;
    request.grant = answer->grant;
    request.protocol = text("sieve");
    request.description = text("a test");
    if (s->instance->stream->publish(host, &request, &s->published, &error) != SLUICE_OK) {
        say(s, "REFUSED", error.text);
        return;
    }
    sluice_track track;
    memset(&track, 0, sizeof track);
    track.struct_size = sizeof track;
    track.kind = SLUICE_TRACK_VIDEO;
    track.codec = SLUICE_FOURCC('a', 'v', 'c', '1');
    track.timescale = 1000;
    if (s->instance->stream->set_tracks(host, s->published, &track, sizeof track, 1, &error) != SLUICE_OK) {
        say(s, "REFUSED", error.text);
        return;
    }
    say(s, "PUBLISHING", "");
}

static void ask(session *s, uint32_t action, char *address) {
    sluice_auth_request request;
    sluice_pair pairs[4];
    memset(&request, 0, sizeof request);
    request.struct_size = sizeof request;
    request.action = action;
    request.connection = s->connection;
    request.protocol = text("sieve");
    char *query = strchr(address, '?'), *slash = strchr(address, '/');
    if (!slash) {
        say(s, "REFUSED", "no stream");
        return;
    }
    if (query) {
        *query++ = 0;
        request.query = pairs;
        for (char *next; query && request.query_count < 4; query = next) {
            next = strchr(query, '&');
            if (next) *next++ = 0;
            char *equal = strchr(query, '=');
            if (equal) *equal++ = 0;
            sluice_pair *pair = &pairs[request.query_count++];
            pair->key = text(query);
            pair->value = text(equal ? equal : "");
        }
    }
    *slash++ = 0;
    request.app = text(address);
    request.stream = text(slash);
    s->plays = action == SLUICE_ACTION_PLAY;
    sluice_error error;
    sluice_handle operation;
    memset(&error, 0, sizeof error);
    error.struct_size = sizeof error;
    if (s->instance->auth->ask(s->instance->host, &request, decided, s, &operation, &error) != SLUICE_OK) say(s, "REFUSED", error.text);
}

static int recurse(volatile char *before) {
    volatile char here[4096];
    here[0] = before[0];
    if (here[0] == 7) return 0;
    return recurse(here) + here[0];
}

static void crash(const char *how) {
    volatile char one = 1;
    if (strcmp(how, "trap") == 0) __builtin_trap();
    if (strcmp(how, "null") == 0) *(volatile char *)(uintptr_t)(one - 1) = 1;
    if (strcmp(how, "abort") == 0) abort();
    if (strcmp(how, "exit") == 0) exit(0);
    if (strcmp(how, "recurse") == 0) recurse(&one);
}

static void line(session *s, char *words) {
    long long pts;
    int key, size;
    if (strncmp(words, "CRASH ", 6) == 0) {
        crash(words + 6);
        return;
    }
    if (sscanf(words, "SLEEP %d", &size) == 1) {
        struct timespec time = {size / 1000, size % 1000 * 1000000L};
        nanosleep(&time, NULL);
        say(s, "SLEPT", "");
        return;
    }
    if (strncmp(words, "PUBLISH ", 8) == 0) {
        ask(s, SLUICE_ACTION_PUBLISH, words + 8);
    } else if (strncmp(words, "PLAY ", 5) == 0) {
        ask(s, SLUICE_ACTION_PLAY, words + 5);
    } else if (sscanf(words, "FRAME %lld %d %d", &pts, &key, &size) == 3 && size >= 0 && size <= 1 << 20) {
        uint8_t *data = calloc(1, size ? (size_t)size : 1);
        sluice_frame frame;
        memset(&frame, 0, sizeof frame);
        frame.struct_size = sizeof frame;
        frame.pts = frame.dts = pts;
        frame.flags = key ? SLUICE_FRAME_KEY : 0;
        frame.data.data = data;
        frame.data.size = (uint64_t)size;
        int32_t status = s->instance->stream->push(s->instance->host, s->published, &frame, sizeof frame, 1);
        free(data);
        if (status == SLUICE_E_STALE) say(s, "STALE", "");
    } else if (strcmp(words, "STOP") == 0) {
        s->instance->stream->unpublish(s->instance->host, s->published, text("stopped"));
        say(s, "STOPPED", "");
    } else {
        say(s, "WHAT", words);
    }
}

static int32_t session_open(sluice_instance *instance, const sluice_connection_info *info, void **out, sluice_error *error) {
    if (KIND == 1) {
        strncpy(error->text, "not today", sizeof error->text - 1);
        return SLUICE_E_FAILED;
    }
    if (KIND == 5) {
        strncpy(error->text, "not you", sizeof error->text - 1);
        return SLUICE_E_DENIED;
    }
    session *s = calloc(1, sizeof *s);
    if (!s) return SLUICE_E_LIMIT;
    s->instance = instance;
    s->connection = info->connection;
    *out = s;
    return SLUICE_OK;
}

static int32_t bytes(void *pointer, sluice_bytes data, uint64_t now, sluice_error *error) {
    session *s = pointer;
    (void)now;
    for (uint64_t i = 0; i < data.size; i++) {
        if (data.data[i] != '\n') {
            if (s->size + 1 >= sizeof s->line) {
                strncpy(error->text, "the line is too long", sizeof error->text - 1);
                return SLUICE_E_LIMIT;
            }
            s->line[s->size++] = (char)data.data[i];
            continue;
        }
        s->line[s->size] = 0;
        s->size = 0;
        line(s, s->line);
    }
    return SLUICE_OK;
}

static int32_t timer(void *pointer, uint64_t now, sluice_error *error) {
    (void)pointer;
    (void)now;
    (void)error;
    return SLUICE_OK;
}

static void attachment(void *pointer, uint32_t state, sluice_text reason) {
    session *s = pointer;
    char why[200];
    snprintf(why, sizeof why, "%.*s", (int)reason.size, reason.size ? reason.data : "");
    if (state == SLUICE_ATTACHMENT_WAITING) say(s, "WAITING", "");
    if (state == SLUICE_ATTACHMENT_ENDED) say(s, "ENDED", why);
}

static void publication(void *pointer, sluice_handle stream, uint32_t state, sluice_text reason) {
    session *s = pointer;
    char why[200];
    (void)stream;
    (void)state;
    snprintf(why, sizeof why, "%.*s", (int)reason.size, reason.size ? reason.data : "");
    say(s, "OVER", why);
}

static void session_close(void *pointer, sluice_text reason) {
    (void)reason;
    free(pointer);
}

static int32_t sink_open(sluice_instance *instance, const sluice_sink_open *request, void **out, sluice_error *error) {
    (void)error;
    sink *s = calloc(1, sizeof *s);
    if (!s) return SLUICE_E_LIMIT;
    s->instance = instance;
    s->log = request->log;
    s->slow = request->name.size >= 4 && memcmp(request->name.data, "slow", 4) == 0;
    s->bad = request->name.size >= 3 && memcmp(request->name.data, "bad", 3) == 0;
    *out = s;
    return SLUICE_OK;
}

static int32_t tracks(void *pointer, const sluice_track *list, uint32_t stride, uint32_t count, uint32_t flags, sluice_error *error) {
    sink *s = pointer;
    (void)list;
    (void)stride;
    (void)count;
    (void)error;
    const char *prefix = flags & SLUICE_TRACKS_DISCONTINUITY ? "BACK\n" : "BEGIN\n";
    sluice_bytes data = {(const uint8_t *)prefix, strlen(prefix)};
    s->instance->broadcast->set_prefix(s->instance->host, s->log, data);
    return SLUICE_OK;
}

static int32_t frames(void *pointer, const sluice_frame *list, uint32_t stride, uint32_t count, sluice_error *error) {
    sink *s = pointer;
    if (s->slow) return SLUICE_AGAIN;
    if (s->bad && ++s->batches > 1) {
        strncpy(error->text, "bad to the bone", sizeof error->text - 1);
        return SLUICE_E_FAILED;
    }
    for (uint32_t i = 0; i < count; i++) {
        const sluice_frame *frame = (const sluice_frame *)(const void *)((const char *)list + (size_t)i * stride);
        char record[64];
        int size = snprintf(record, sizeof record, "%lld:%llu%s%s\n", (long long)frame->dts, (unsigned long long)frame->data.size,
                            frame->flags & SLUICE_FRAME_DISCONTINUITY ? "!" : "", KIND == 4 || KIND == 6 ? "*" : "");
        sluice_bytes first = {(const uint8_t *)record, (uint64_t)size}, second = {NULL, 0};
        uint32_t flags = SLUICE_RECORD_VIDEO | (frame->flags & SLUICE_FRAME_KEY ? SLUICE_RECORD_JOIN : 0);
        s->instance->broadcast->append(s->instance->host, s->log, first, second, flags);
    }
    return SLUICE_OK;
}

static void sink_close(void *pointer, sluice_text reason) {
    (void)reason;
    free(pointer);
}

static void drain(void *pointer, sluice_text reason, uint64_t limit_ns) {
    char words[200];
    snprintf(words, sizeof words, "%.*s, %llu s", (int)(reason.size < 100 ? reason.size : 100), reason.data,
             (unsigned long long)(limit_ns / 1000000000));
    say(pointer, "DRAINING", words);
}

#if KIND >= 2
/* Sessions and sinks are plain memory: a blob is a copy of it, with the importer's instance in the place of the exporter's. */
static int32_t export_session(void *pointer, sluice_blob_receiver receive, void *context, sluice_error *error) {
    sluice_bytes blob = {pointer, sizeof(session)};
    (void)error;
    receive(context, blob);
    return SLUICE_OK;
}

static int32_t export_sink(void *pointer, sluice_blob_receiver receive, void *context, sluice_error *error) {
    sluice_bytes blob = {pointer, sizeof(sink)};
    (void)error;
    receive(context, blob);
    return SLUICE_OK;
}

static int32_t take(void **out, sluice_bytes blob, size_t size, sluice_error *error) {
    if (KIND == 8) abort();
    if (KIND >= 6) {
        struct timespec time = {KIND == 9 ? 2 : 0, KIND == 9 ? 0 : 120000000L};
        nanosleep(&time, NULL);
    }
    if (KIND == 3 || KIND == 7 || blob.size != size) {
        strncpy(error->text, "I don't know this", sizeof error->text - 1);
        return SLUICE_E_UNSUPPORTED;
    }
    *out = malloc(size);
    if (!*out) return SLUICE_E_LIMIT;
    memcpy(*out, blob.data, size);
    return SLUICE_OK;
}

static int32_t import_session(sluice_instance *instance, const sluice_connection_info *info, sluice_bytes blob, void **out,
                              sluice_error *error) {
    int32_t status = take(out, blob, sizeof(session), error);
    if (status != SLUICE_OK) return status;
    ((session *)*out)->instance = instance;
    ((session *)*out)->connection = info->connection;
    return SLUICE_OK;
}

static int32_t import_sink(sluice_instance *instance, const sluice_sink_open *request, sluice_bytes blob, void **out,
                           sluice_error *error) {
    int32_t status = take(out, blob, sizeof(sink), error);
    if (status != SLUICE_OK) return status;
    ((sink *)*out)->instance = instance;
    ((sink *)*out)->log = request->log;
    return SLUICE_OK;
}

static const sluice_handover_interface handover_table = {
    sizeof handover_table, 0, export_session, import_session, free, export_sink, import_sink, free};
#endif

static const sluice_protocol_interface protocol_table = {
    sizeof protocol_table, 0, session_open, bytes, timer, NULL, attachment, publication, NULL, session_close, drain};
static const sluice_log_format formats[] = {{{"sieve", 5}, {"", 0}}};
static const sluice_sink_interface sink_table = {sizeof sink_table, SLUICE_SINK_OPENS_AT_SUBSCRIBER, formats, 1,
                                                 sizeof formats[0],  sink_open, tracks, frames, NULL, NULL, sink_close};

static int32_t create(const sluice_host *host, sluice_instance **out, sluice_error *error) {
    (void)error;
    sluice_instance *instance = calloc(1, sizeof *instance);
    if (!instance) return SLUICE_E_LIMIT;
    instance->host = host;
    instance->net = host->get_service(host, SLUICE_SERVICE_NET);
    instance->auth = host->get_service(host, SLUICE_SERVICE_AUTH);
    instance->stream = host->get_service(host, SLUICE_SERVICE_STREAM);
    instance->broadcast = host->get_service(host, SLUICE_SERVICE_BROADCAST);
    *out = instance;
    return SLUICE_OK;
}

static const void *get_interface(sluice_instance *instance, const char *id) {
    (void)instance;
    if (strcmp(id, SLUICE_INTERFACE_PROTOCOL) == 0) return &protocol_table;
    if (strcmp(id, SLUICE_INTERFACE_SINK) == 0) return &sink_table;
#if KIND >= 2
    if (strcmp(id, SLUICE_INTERFACE_HANDOVER) == 0) return &handover_table;
#endif
    return NULL;
}

static void destroy(sluice_instance *instance) { free(instance); }

static const char *const interfaces[] = {SLUICE_INTERFACE_PROTOCOL, SLUICE_INTERFACE_SINK, SLUICE_INTERFACE_HANDOVER};

static const sluice_module module = {
    .struct_size = sizeof(sluice_module),
    .abi_major = SLUICE_ABI_MAJOR,
    .id = {"sieve", 5},
    .version = {"1.0.0", 5},
    .interfaces = interfaces,
    .interface_count = KIND >= 2 ? 3 : 2,
    .create = create,
    .get_interface = get_interface,
    .destroy = destroy,
};

SLUICE_EXPORT const sluice_module *sluice_module_v1(const sluice_hello *hello, sluice_error *error) {
    (void)hello;
    (void)error;
    return &module;
}
