// A protocol whose answer to each byte depends on all before it: two bytes back, and each third time a frame, once it publishes. So nothing
// of a session can be lost or come twice unseen. Some bytes are words of their own:
//   A  asks for permission to publish, then publishes      X  dies of an abort, each time
//   Q  from here on bytes are counted, not answered        T  sends the count
//   F  fails                                               Z  ends the connection
#define _GNU_SOURCE
#include <sluice/sluice.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct sluice_instance {
    const sluice_host *host;
    const sluice_net_service *net;
    const sluice_stream_service *stream;
    const sluice_auth_service *auth;
    const sluice_handover_service *handover;
    int every;
};

struct state {
    uint8_t magic, sum, count, quiet;
    uint32_t calls;
    uint64_t counted;
    sluice_handle stream;
};

struct session {
    sluice_instance *plugin;
    sluice_handle connection, operation;
    struct state s;
};

static sluice_text text(const char *s) { return (sluice_text){s, strlen(s)}; }

static void keep(struct session *x) {
    sluice_instance *p = x->plugin;
    if (!p->every || x->operation || x->s.calls % p->every) return;
    sluice_bytes blob = {(const uint8_t *)&x->s, sizeof x->s};
    if (p->handover->checkpoint(p->host, x->connection, blob) != SLUICE_OK) abort();
}

static int32_t session_open(sluice_instance *p, const sluice_connection_info *info, void **out, sluice_error *error) {
    if (info->listener.size == 6) {
        strcpy(error->text, "not this listener");
        return SLUICE_E_FAILED;
    }
    struct session *x = calloc(1, sizeof *x);
    x->plugin = p;
    x->connection = info->connection;
    x->s.magic = 'S';
    x->s.sum = 7;
    *out = x;
    keep(x);
    return SLUICE_OK;
}

static void answered(void *context, const sluice_auth_answer *answer) {
    struct session *x = context;
    sluice_instance *p = x->plugin;
    x->operation = 0;
    if (answer->decision == SLUICE_VERDICT_ALLOW) {
        sluice_publish_request r;
        memset(&r, 0, sizeof r);
        r.struct_size = sizeof r;
        r.connection = x->connection;
        r.grant = answer->grant;
        r.protocol = text("session");
        sluice_error error = {sizeof error};
        if (p->stream->publish(p->host, &r, &x->s.stream, &error) == SLUICE_OK) {
            sluice_track track;
            memset(&track, 0, sizeof track);
            track.struct_size = sizeof track;
            track.kind = SLUICE_TRACK_VIDEO;
            track.timescale = 1000;
            p->stream->set_tracks(p->host, x->s.stream, &track, sizeof track, 1, &error);
        }
    }
    keep(x);
}

static void ask(struct session *x) {
    sluice_auth_request r;
    memset(&r, 0, sizeof r);
    r.struct_size = sizeof r;
    r.action = SLUICE_ACTION_PUBLISH;
    r.connection = x->connection;
    r.app = r.stream = text("live");
    sluice_error error = {sizeof error};
    if (x->plugin->auth->ask(x->plugin->host, &r, answered, x, &x->operation, &error) != SLUICE_OK) abort();
}

static void each(struct session *x, uint8_t byte) {
    sluice_instance *p = x->plugin;
    x->s.sum = (uint8_t)(x->s.sum * 31 + byte);
    uint8_t reply[2] = {x->s.sum, byte};
    p->net->send(p->host, x->connection, (sluice_bytes){reply, 2});
    if (!x->s.stream || ++x->s.count % 3) return;
    sluice_frame f;
    memset(&f, 0, sizeof f);
    f.struct_size = sizeof f;
    f.pts = f.dts = x->s.calls;
    f.data = (sluice_bytes){&x->s.sum, 1};
    p->stream->push(p->host, x->s.stream, &f, sizeof f, 1);
}

static int32_t session_bytes(void *session, sluice_bytes data, uint64_t now, sluice_error *error) {
    struct session *x = session;
    sluice_instance *p = x->plugin;
    x->s.calls++;
    for (uint64_t i = 0; i < data.size; i++) {
        uint8_t byte = data.data[i];
        if (byte == 'T') {
            char line[32];
            int n = snprintf(line, sizeof line, "%llu;", (unsigned long long)x->s.counted);
            p->net->send(p->host, x->connection, (sluice_bytes){(const uint8_t *)line, (uint64_t)n});
        } else if (x->s.quiet) {
            x->s.counted++;
        } else if (byte == 'A') {
            ask(x);
        } else if (byte == 'X') {
            abort();
        } else if (byte == 'Q') {
            x->s.quiet = 1;
            usleep(300000);
        } else if (byte == 'Z') {
            p->net->close(p->host, x->connection, SLUICE_CLOSE_AFTER_FLUSH, text("goodbye"));
        } else if (byte == 'F') {
            strcpy(error->text, "a bad byte");
            return SLUICE_E_INVALID;
        } else {
            each(x, byte);
        }
    }
    keep(x);
    return SLUICE_OK;
}

static int32_t session_timer(void *session, uint64_t now, sluice_error *error) {
    struct session *x = session;
    x->s.calls++;
    each(x, 't');
    x->plugin->net->set_timer(x->plugin->host, x->connection, now + 1);
    keep(x);
    return SLUICE_OK;
}

static void session_stop(void *session, sluice_text reason) {
    struct session *x = session;
    x->plugin->net->close(x->plugin->host, x->connection, SLUICE_CLOSE_NOW, reason);
}

static void session_close(void *session, sluice_text reason) { free(session); }

static const sluice_protocol_interface protocol = {sizeof protocol, 0, session_open, session_bytes, session_timer, NULL, NULL, NULL,
                                                   session_stop, session_close};

static int32_t export_session(void *session, sluice_blob_receiver receive, void *context, sluice_error *error) {
    struct session *x = session;
    if (x->operation) return SLUICE_AGAIN;
    receive(context, (sluice_bytes){(const uint8_t *)&x->s, sizeof x->s});
    return SLUICE_OK;
}

static int32_t import_session(sluice_instance *p, const sluice_connection_info *info, sluice_bytes blob, void **out, sluice_error *error) {
    if (blob.size != sizeof(struct state) || blob.data[0] != 'S') {
        strcpy(error->text, "no state of mine");
        return SLUICE_E_INVALID;
    }
    struct session *x = calloc(1, sizeof *x);
    x->plugin = p;
    x->connection = info->connection;
    memcpy(&x->s, blob.data, sizeof x->s);
    *out = x;
    return SLUICE_OK;
}

static void forget_session(void *session) { free(session); }

static const sluice_handover_interface handover = {sizeof handover, 0, export_session, import_session, forget_session, NULL, NULL, NULL};

static int32_t create(const sluice_host *host, sluice_instance **out, sluice_error *error) {
    sluice_instance *p = calloc(1, sizeof *p);
    p->host = host;
    p->net = host->get_service(host, SLUICE_SERVICE_NET);
    p->stream = host->get_service(host, SLUICE_SERVICE_STREAM);
    p->auth = host->get_service(host, SLUICE_SERVICE_AUTH);
    p->handover = host->get_service(host, SLUICE_SERVICE_HANDOVER);
    p->every = 3;
    *out = p;
    return p->net && p->stream && p->auth && p->handover ? SLUICE_OK : SLUICE_E_FAILED;
}

static int32_t configure(sluice_instance *p, sluice_text json, sluice_error *error) {
    char copy[128];
    snprintf(copy, sizeof copy, "%.*s", (int)(json.size < 127 ? json.size : 127), json.data);
    const char *found = strstr(copy, "every\":");
    if (found) p->every = atoi(found + 7);
    return SLUICE_OK;
}

static void destroy(sluice_instance *p) { free(p); }

static const void *get_interface(sluice_instance *p, const char *id) {
    if (!strcmp(id, SLUICE_INTERFACE_PROTOCOL)) return &protocol;
    if (!strcmp(id, SLUICE_INTERFACE_HANDOVER)) return &handover;
    return NULL;
}

__attribute__((visibility("default"))) const sluice_module *sluice_module_v1(const sluice_hello *hello, sluice_error *error) {
    static const char *ids[] = {SLUICE_INTERFACE_PROTOCOL, SLUICE_INTERFACE_HANDOVER};
    static sluice_module module;
    module.struct_size = sizeof module;
    module.abi_major = SLUICE_ABI_MAJOR;
    module.abi_minor = SLUICE_ABI_MINOR;
    module.id = text("session");
    module.version = text("1");
    module.interfaces = ids;
    module.interface_count = 2;
    module.create = create;
    module.configure = configure;
    module.destroy = destroy;
    module.get_interface = get_interface;
    return &module;
}
