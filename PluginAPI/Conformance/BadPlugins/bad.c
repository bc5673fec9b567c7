/*
 * Plugins that are wrong in one thing each; conformance finds it by the case made for it, and by no other. WRONG names the thing:
 *
 *   LEAKS ANSWERS_TWICE NEVER_ANSWERS BLOCKS STARTS_THREAD CALLS_LATE KEEPS_REQUEST CRASHES_ON_FAILURE CRASHES_ON_BYTES TELLS_SECRETS
 *   NO_REASON READS_BEHIND WRITES_FRAMES USES_RELEASED WRONG_LANE WRONG_CONTROL EXPORTS_MORE TRUSTS_STRIDE LEAKS_MEMORY NO_ERROR_CHECK
 *   CUTS_WRONG READS_NEWER (with LOOKS_FIRST, which is right: Tests/ConformanceTests/NewerPluginTests.swift)
 *
 * With none of them it is a good plugin: an authentication, a sink of the format "bad" and a protocol of lines.
 */
#include <pthread.h>
#include <sluice/sluice.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct sluice_instance {
    const sluice_host *host;
    const sluice_auth_service *auth;
    const sluice_log_service *log;
    const sluice_task_service *task;
    const sluice_buffer_service *buffer;
    const sluice_broadcast_service *broadcast;
    const sluice_metrics_service *metrics;
    const sluice_net_service *net;
    pthread_t thread;
    volatile int ends;
};

static sluice_text text(const char *s) { return (sluice_text){s, strlen(s)}; }

static int32_t refuse(sluice_error *error, const char *why) {
#ifdef NO_REASON
    (void)why;
#elif defined NO_ERROR_CHECK
    strncpy(error->text, why, sizeof error->text - 1);
#else
    if (error) strncpy(error->text, why, sizeof error->text - 1);
#endif
    (void)error;
    return SLUICE_E_FAILED;
}

/* MARK: Authentication */

typedef struct question {
    sluice_instance *instance;
    sluice_handle handle;
    const sluice_auth_request *request;
} question;

static void answer(void *context) {
    question *q = context;
    sluice_verdict v;
    memset(&v, 0, sizeof v);
    v.struct_size = sizeof v;
    v.decision = SLUICE_VERDICT_ALLOW;
    v.ttl_ms = 1000;
#ifdef KEEPS_REQUEST
    static int kept;
    if (kept++ < 50) usleep(20000);
    if (q->request->action == 77) v.decision = SLUICE_VERDICT_DENY;
#endif
    q->instance->auth->answer(q->instance->host, q->handle, &v);
#ifdef ANSWERS_TWICE
    q->instance->auth->answer(q->instance->host, q->handle, &v);
#endif
    free(q);
}

static void tell_secrets(sluice_instance *p, const sluice_auth_request *request) {
    for (uint32_t i = 0; i < request->credential_count; i++) {
        p->log->write(p->host, SLUICE_LOG_INFO, text("who asks"), &request->credentials[i], 1);
    }
}

static int32_t decide(sluice_instance *p, sluice_handle handle, const sluice_auth_request *request) {
#ifdef BLOCKS
    static int blocked;
    if (!blocked++) usleep(700000);
#endif
#ifdef NEVER_ANSWERS
    static int asked;
    if (request->action == SLUICE_ACTION_ADMIN && request->port == 1935 && asked++ >= 1 && request->stream.size == 5) return SLUICE_OK;
#endif
#ifdef TELLS_SECRETS
    tell_secrets(p, request);
#else
    (void)tell_secrets;
#endif
#ifdef LEAKS
    p->buffer->allocate(p->host, 16);
#endif
#ifdef USES_RELEASED
    sluice_buffer *b = p->buffer->allocate(p->host, 16);
    if (b) {
        uint8_t *data = b->data;
        p->buffer->release(p->host, b);
        ((volatile uint8_t *)data)[0] = 1;
    }
#endif
#ifdef CRASHES_ON_FAILURE
    sluice_buffer *c = p->buffer->allocate(p->host, 16);
    c->data[0] = 1;
    p->buffer->release(p->host, c);
#endif
#ifdef READS_NEWER
    /* Built with headers in which the struct has grown: a field that v1.0 has not, without a look at struct_size. */
    if (((const volatile sluice_auth_request *)request)->from_the_future[0] == 42) return SLUICE_E_FAILED;
#endif
#ifdef LOOKS_FIRST
    /* The same as it is right. */
    if (request->struct_size >= offsetof(sluice_auth_request, from_the_future) + sizeof request->from_the_future &&
        ((const volatile sluice_auth_request *)request)->from_the_future[0] == 42)
        return SLUICE_E_FAILED;
#endif
#ifdef READS_BEHIND
    /* A struct of tomorrow's header, read as if every host had it. */
    if (*(const volatile uint64_t *)(const void *)(request + 1) == 42) return SLUICE_E_FAILED;
#endif
    question *q = malloc(sizeof *q);
    if (!q) return SLUICE_E_LIMIT;
    *q = (question){p, handle, request};
    int32_t status = p->task->run(p->host, answer, NULL, q);
    if (status != SLUICE_OK) free(q);
    return status;
}

static const sluice_auth_interface auth_table = {sizeof auth_table, 0, decide, NULL};

/* MARK: Sink */

typedef struct sink {
    sluice_instance *instance;
    sluice_handle log;
} sink;

static int32_t sink_open(sluice_instance *p, const sluice_sink_open *request, void **out, sluice_error *error) {
    sink *s = calloc(1, sizeof *s);
    if (!s) return refuse(error, "no memory");
    s->instance = p;
    s->log = request->log;
    *out = s;
    return SLUICE_OK;
}

static int32_t sink_tracks(void *pointer, const sluice_track *tracks, uint32_t stride, uint32_t count, uint32_t flags,
                           sluice_error *error) {
    (void)pointer, (void)tracks, (void)stride, (void)count, (void)flags, (void)error;
#ifdef WRONG_CONTROL
    sink *s = pointer;
    sluice_handle metric;
    s->instance->metrics->define(s->instance->host, SLUICE_METRIC_COUNTER, text("tracks_total"), text("tracks"), NULL, 0, &metric);
#endif
    return SLUICE_OK;
}

#ifdef WRONG_LANE
static void append_later(void *context) {
    sink *s = context;
    s->instance->broadcast->append(s->instance->host, s->log, (sluice_bytes){(const uint8_t *)"x", 1}, (sluice_bytes){0, 0}, 0);
}
#endif

static int32_t sink_frames(void *pointer, const sluice_frame *frames, uint32_t stride, uint32_t count, sluice_error *error) {
    sink *s = pointer;
    (void)error;
    for (uint32_t i = 0; i < count; i++) {
#ifdef TRUSTS_STRIDE
        const sluice_frame *f = &frames[i];
        (void)stride;
#else
        const sluice_frame *f = (const sluice_frame *)(const void *)((const char *)frames + (size_t)i * stride);
#endif
#ifdef WRITES_FRAMES
        if (f->data.size) ((volatile uint8_t *)(uintptr_t)f->data.data)[0] ^= 0;
#endif
        uint32_t flags = f->flags & SLUICE_FRAME_KEY && f->track == 0 ? SLUICE_RECORD_JOIN | SLUICE_RECORD_VIDEO : 0;
        s->instance->broadcast->append(s->instance->host, s->log, f->data, (sluice_bytes){NULL, 0}, flags);
    }
#ifdef WRONG_LANE
    static int once;
    if (!once++) s->instance->task->post(s->instance->host, append_later, s);
#endif
    return SLUICE_OK;
}

static void sink_close(void *pointer, sluice_text reason) {
    (void)reason;
#ifndef WRONG_LANE
    free(pointer);
#endif
}

static const sluice_log_format format_list[] = {{{"bad", 3}, {"", 0}}};
static const sluice_sink_interface sink_table = {
    sizeof sink_table, 0, format_list, 1, sizeof *format_list, sink_open, sink_tracks, sink_frames, NULL, NULL, sink_close};

/* MARK: Protocol: lines that are sent back */

typedef struct session {
    sluice_instance *instance;
    sluice_handle connection;
    uint64_t taken;
} session;

static int32_t session_open(sluice_instance *p, const sluice_connection_info *info, void **out, sluice_error *error) {
    session *s = calloc(1, sizeof *s);
    if (!s) return refuse(error, "no memory");
    s->instance = p;
    s->connection = info->connection;
    p->net->set_timer(p->host, info->connection, 0);
#ifndef SILENT_FOREVER
    const sluice_time_service *time = p->host->get_service(p->host, SLUICE_SERVICE_TIME);
    if (time) p->net->set_timer(p->host, info->connection, time->monotonic_ns(p->host) + info->handshake_ns);
#endif
    *out = s;
    return SLUICE_OK;
}

static int32_t session_bytes(void *pointer, sluice_bytes data, uint64_t now, sluice_error *error) {
    session *s = pointer;
    (void)now;
    for (uint64_t i = 0; i < data.size; i++) {
#ifdef CRASHES_ON_BYTES
        if (data.data[i] == 0xC7) abort();
#endif
#ifndef CUTS_WRONG
        if (data.data[i] == 0) return refuse(error, "a zero byte is no part of a line");
#endif
    }
#ifdef CUTS_WRONG
    /* Takes it for granted that its message comes in one piece. */
    if (s->taken == 0 && data.size < 5) return refuse(error, "the greeting is too short");
#endif
    s->taken += data.size;
    s->instance->net->send(s->instance->host, s->connection, data);
    return s->taken > 1 << 20 ? refuse(error, "that was enough") : SLUICE_OK;
}

static int32_t session_timer(void *pointer, uint64_t now, sluice_error *error) {
    (void)pointer, (void)now;
    return refuse(error, "nothing was said");
}

static void session_close(void *pointer, sluice_text reason) {
    (void)reason;
    free(pointer);
}

static const sluice_protocol_interface protocol_table = {
    sizeof protocol_table, 0, session_open, session_bytes, session_timer, NULL, NULL, NULL, NULL, session_close};

/* MARK: Life */

static int32_t create(const sluice_host *host, sluice_instance **out, sluice_error *error) {
    sluice_instance *p = calloc(1, sizeof *p);
    if (!p) return refuse(error, "no memory");
    p->host = host;
    p->auth = host->get_service(host, SLUICE_SERVICE_AUTH);
    p->log = host->get_service(host, SLUICE_SERVICE_LOG);
    p->task = host->get_service(host, SLUICE_SERVICE_TASK);
    p->buffer = host->get_service(host, SLUICE_SERVICE_BUFFER);
    p->broadcast = host->get_service(host, SLUICE_SERVICE_BROADCAST);
    p->metrics = host->get_service(host, SLUICE_SERVICE_METRICS);
    p->net = host->get_service(host, SLUICE_SERVICE_NET);
    if (!p->auth || !p->log || !p->task || !p->buffer || !p->broadcast || !p->metrics || !p->net) {
        free(p);
        if (error) strncpy(error->text, "it needs all of its services", sizeof error->text - 1);
        return SLUICE_E_DENIED;
    }
    *out = p;
    return SLUICE_OK;
}

static int32_t configure(sluice_instance *p, sluice_text json, sluice_error *error) {
    (void)p;
    if (json.size < 2 || json.data[0] != '{' || json.data[json.size - 1] != '}') return refuse(error, "an object is wanted");
    return SLUICE_OK;
}

#ifdef CALLS_LATE
static void *talk(void *context) {
    sluice_instance *p = context;
    for (int i = 0; i < 40; i++) {
        p->log->write(p->host, SLUICE_LOG_DEBUG, text("still here"), NULL, 0);
        usleep(10000);
    }
    return NULL;
}
#endif

static int32_t activate(sluice_instance *p, sluice_error *error) {
    (void)p, (void)error;
#ifdef CALLS_LATE
    static int once;
    if (!once++) pthread_create(&p->thread, NULL, talk, p);
#endif
#ifdef LEAKS_MEMORY
    static void *volatile kept;
    kept = malloc(200 << 10);
    if (kept) memset(kept, 1, 200 << 10);
#endif
    return SLUICE_OK;
}

static void destroy(sluice_instance *p) {
#ifndef CALLS_LATE
    free(p);
#endif
}

static const void *get_interface(sluice_instance *p, const char *id) {
    (void)p;
    if (!strcmp(id, SLUICE_INTERFACE_AUTH)) return &auth_table;
    if (!strcmp(id, SLUICE_INTERFACE_SINK)) return &sink_table;
    if (!strcmp(id, SLUICE_INTERFACE_PROTOCOL)) return &protocol_table;
    return NULL;
}

static const char *const interfaces[] = {SLUICE_INTERFACE_AUTH, SLUICE_INTERFACE_SINK, SLUICE_INTERFACE_PROTOCOL};

static const sluice_module module = {
    .struct_size = sizeof module,
    .abi_major = SLUICE_ABI_MAJOR,
    .abi_minor = 0,
    .id = {"bad", 3},
    .version = {"1.0.0", 5},
    .description = {"wrong in one thing", 18},
    .interfaces = interfaces,
    .interface_count = 3,
    .config_schema = {"{\"type\":\"object\",\"properties\":{}}", 33},
    .create = create,
    .get_interface = get_interface,
    .configure = configure,
    .activate = activate,
    .destroy = destroy,
};

#ifdef STARTS_THREAD
static void *wait_forever(void *context) {
    (void)context;
    for (;;) pause();
    return NULL;
}
__attribute__((constructor)) static void start(void) {
    pthread_t thread;
    pthread_create(&thread, NULL, wait_forever, NULL);
}
#endif

#ifdef EXPORTS_MORE
__attribute__((visibility("default"))) int bad_answer(void);
int bad_answer(void) { return 42; }
#endif

SLUICE_EXPORT const sluice_module *sluice_module_v1(const sluice_hello *hello, sluice_error *error) {
    if (hello->abi_major == SLUICE_ABI_MAJOR) return &module;
    if (error) strncpy(error->text, "it needs a host of ABI 1", sizeof error->text - 1);
    return NULL;
}
