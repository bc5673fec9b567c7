/* The host and the C sink at the two ends of the border. */
#include "micro.h"
#include <string.h>

static uint64_t sink_total;
static micro_host_figures figures;

/* ---- sink ---- */

static int32_t sink_tracks(void *sink, const sluice_track *tracks, uint32_t stride, uint32_t count, uint32_t flags, sluice_error *error) {
    (void)sink, (void)tracks, (void)stride, (void)count, (void)flags, (void)error;
    return SLUICE_OK;
}

static int32_t sink_frames(void *sink, const sluice_frame *frames, uint32_t stride, uint32_t count, sluice_error *error) {
    (void)error;
    uint64_t *total = sink;
    for (uint32_t i = 0; i < count; i++) {
        const sluice_frame *frame = (const sluice_frame *)(const void *)((const char *)frames + (size_t)i * stride);
        *total += frame->data.size + (frame->flags & SLUICE_FRAME_KEY);
    }
    return SLUICE_OK;
}

static void sink_close(void *sink, sluice_text reason) { (void)sink, (void)reason; }

static const sluice_sink_interface sink_table = {
    .struct_size = sizeof sink_table, .tracks = sink_tracks, .frames = sink_frames, .close = sink_close};

const sluice_sink_interface *micro_sink_table(void) { return &sink_table; }
uint64_t *micro_sink(void) { return &sink_total; }

/* ---- host ---- */

static uint64_t monotonic(const sluice_host *host) {
    (void)host;
    return micro_now_ns();
}
static int64_t wall(const sluice_host *host) {
    (void)host;
    return 1790000000000000;
}
static const sluice_time_service time_table = {.struct_size = sizeof time_table, .monotonic_ns = monotonic, .wall_us = wall};

static int32_t net_send(const sluice_host *host, sluice_handle connection, sluice_bytes bytes) {
    (void)host, (void)connection;
    figures.sent_bytes += bytes.size;
    return SLUICE_OK;
}
static uint64_t net_pending(const sluice_host *host, sluice_handle connection) {
    (void)host, (void)connection;
    return 0;
}
static int32_t net_close(const sluice_host *host, sluice_handle connection, uint32_t how, sluice_text reason) {
    (void)host, (void)connection, (void)how, (void)reason;
    return SLUICE_OK;
}
static int32_t net_timer(const sluice_host *host, sluice_handle connection, uint64_t deadline) {
    (void)host, (void)connection;
    micro_touch(&deadline);
    return SLUICE_OK;
}
static int32_t net_pause(const sluice_host *host, sluice_handle connection, uint32_t paused) {
    (void)host, (void)connection, (void)paused;
    return SLUICE_OK;
}
static int32_t net_describe(const sluice_host *host, sluice_handle connection, const sluice_pair *pairs, uint32_t count) {
    (void)host, (void)connection, (void)pairs, (void)count;
    return SLUICE_OK;
}
static const sluice_net_service net_table = {.struct_size = sizeof net_table,
                                             .send = net_send,
                                             .pending = net_pending,
                                             .close = net_close,
                                             .set_timer = net_timer,
                                             .pause = net_pause,
                                             .describe = net_describe};

static int32_t publish(const sluice_host *host, const sluice_publish_request *request, sluice_handle *stream, sluice_error *error) {
    (void)host, (void)request, (void)error;
    *stream = 1;
    return SLUICE_OK;
}
static int32_t set_tracks(const sluice_host *host, sluice_handle stream, const sluice_track *tracks, uint32_t stride, uint32_t count,
                          sluice_error *error) {
    (void)host, (void)stream, (void)tracks, (void)stride, (void)count, (void)error;
    return SLUICE_OK;
}
static int32_t push(const sluice_host *host, sluice_handle stream, const sluice_frame *frames, uint32_t stride, uint32_t count) {
    (void)host, (void)stream;
    for (uint32_t i = 0; i < count; i++) {
        const sluice_frame *frame = (const sluice_frame *)(const void *)((const char *)frames + (size_t)i * stride);
        figures.frames++;
        figures.frame_bytes += frame->data.size;
    }
    return SLUICE_OK;
}
static int32_t unpublish(const sluice_host *host, sluice_handle stream, sluice_text reason) {
    (void)host, (void)stream, (void)reason;
    return SLUICE_OK;
}
static const sluice_stream_service stream_table = {
    .struct_size = sizeof stream_table, .publish = publish, .set_tracks = set_tracks, .push = push, .unpublish = unpublish};

static int32_t append(const sluice_host *host, sluice_handle log, sluice_bytes first, sluice_bytes second, uint32_t flags) {
    (void)host, (void)log, (void)flags;
    figures.records++;
    figures.record_bytes += first.size + second.size;
    return SLUICE_OK;
}
static int32_t set_prefix(const sluice_host *host, sluice_handle log, sluice_bytes prefix) {
    (void)host, (void)log, (void)prefix;
    return SLUICE_OK;
}
static int32_t attach(const sluice_host *host, sluice_handle connection, const sluice_attach *request, sluice_error *error) {
    (void)host, (void)connection, (void)request, (void)error;
    return SLUICE_OK;
}
static int32_t detach(const sluice_host *host, sluice_handle connection) {
    (void)host, (void)connection;
    return SLUICE_OK;
}
static const sluice_broadcast_service broadcast_table = {
    .struct_size = sizeof broadcast_table, .append = append, .set_prefix = set_prefix, .attach = attach, .detach = detach};

static sluice_auth_done asked;
static void *asker;

static int32_t ask(const sluice_host *host, const sluice_auth_request *request, sluice_auth_done done, void *context,
                   sluice_handle *operation, sluice_error *error) {
    (void)host, (void)request, (void)error;
    asked = done;
    asker = context;
    *operation = 1;
    return SLUICE_OK;
}
static int32_t cancel(const sluice_host *host, sluice_handle operation) {
    (void)host, (void)operation;
    asked = NULL;
    return SLUICE_OK;
}
static const sluice_auth_service auth_table = {.struct_size = sizeof auth_table, .ask = ask, .cancel = cancel};

int micro_host_answer(void) {
    if (!asked) return 0;
    sluice_auth_done done = asked;
    asked = NULL;
    sluice_auth_answer answer;
    memset(&answer, 0, sizeof answer);
    answer.struct_size = sizeof answer;
    answer.decision = SLUICE_VERDICT_ALLOW;
    answer.grant = 1;
    done(asker, &answer);
    return 1;
}

static const void *get_service(const sluice_host *host, const char *id) {
    (void)host;
    if (!strcmp(id, SLUICE_SERVICE_TIME)) return &time_table;
    if (!strcmp(id, SLUICE_SERVICE_NET)) return &net_table;
    if (!strcmp(id, SLUICE_SERVICE_STREAM)) return &stream_table;
    if (!strcmp(id, SLUICE_SERVICE_BROADCAST)) return &broadcast_table;
    if (!strcmp(id, SLUICE_SERVICE_AUTH)) return &auth_table;
    return NULL;
}

const sluice_host *micro_host(void) {
    static const sluice_host host = {
        .struct_size = sizeof host, .abi_minor = SLUICE_ABI_MINOR, .get_service = get_service};
    return &host;
}

micro_host_figures micro_host_now(void) { return figures; }
