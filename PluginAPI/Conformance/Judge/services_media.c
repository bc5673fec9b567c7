/* Services stream, broadcast, exchange and command: what they are told is checked, summed up and forgotten. */
#include "media.h"

#include <stdio.h>

uint64_t sum_of(uint64_t sum, const void *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) sum = (sum ^ ((const uint8_t *)bytes)[i]) * 0x100000001B3u;
    return sum;
}

int32_t say_why(sluice_error *error, int32_t status, const char *why) {
    if (!error) return status;
    error->code = status;
    snprintf(error->text, sizeof error->text, "%s", why);
    return status;
}

/* MARK: stream */

static int32_t publish(const sluice_host *host, const sluice_publish_request *request, sluice_handle *out, sluice_error *error) {
    generation *g = generation_of(host, "stream publish");
    if (!g || !request || !out) return SLUICE_E_INVALID;
    connection *c = handle_find(KIND_CONNECTION, request->connection);
    if (!c) return say_why(error, SLUICE_E_STALE, "the connection is gone");
    check_lane("stream publish", c->lane);
    if (fails_now()) return say_why(error, SLUICE_E_LIMIT, "too many streams, says the conformance kit");
    if (!handle_take(KIND_GRANT, request->grant)) return say_why(error, SLUICE_E_DENIED, "the grant is used up");
    publication *p = calloc(1, sizeof *p);
    if (!p) abort();
    p->connection = c;
    p->lane = c->lane;
    p->sum = SUM_START;
    *out = p->handle = handle_make(KIND_PUBLICATION, p);
    c->published = p;
    c->publishes++;
    return SLUICE_OK;
}

static int32_t set_tracks(const sluice_host *host, sluice_handle stream, const sluice_track *tracks, uint32_t stride, uint32_t count,
                          sluice_error *error) {
    if (!generation_of(host, "stream set_tracks")) return SLUICE_E_INVALID;
    publication *p = handle_find(KIND_PUBLICATION, stream);
    if (!p) return say_why(error, SLUICE_E_STALE, "publishing is over");
    check_lane("stream set_tracks", p->lane);
    if (count > MOST_TRACKS) return say_why(error, SLUICE_E_INVALID, "too many tracks");
    take_tracks(p, tracks, stride, count);
    if (p->connection) p->connection->track_sets++;
    return SLUICE_OK;
}

static int32_t push(const sluice_host *host, sluice_handle stream, const sluice_frame *frames, uint32_t stride, uint32_t count) {
    if (!generation_of(host, "stream push")) return SLUICE_E_INVALID;
    publication *p = handle_find(KIND_PUBLICATION, stream);
    if (!p) return SLUICE_E_STALE;
    check_lane("stream push", p->lane);
    for (uint32_t i = 0; i < count; i++) {
        take_frame(p, (const sluice_frame *)(const void *)((const char *)frames + (size_t)i * stride));
    }
    return SLUICE_OK;
}

/* The session's figures outlive its publication: two runs are compared by them. */
void publication_over(publication *p) {
    connection *c = p->connection;
    handle_take(KIND_PUBLICATION, p->handle);
    if (!c) return;
    c->frames += p->frames;
    c->media_sum = sum_of(c->media_sum ? c->media_sum : SUM_START, &p->sum, sizeof p->sum);
    if (c->published == p) c->published = NULL;
}

static int32_t unpublish(const sluice_host *host, sluice_handle stream, sluice_text reason) {
    if (!generation_of(host, "stream unpublish")) return SLUICE_E_INVALID;
    publication *p = handle_find(KIND_PUBLICATION, stream);
    if (!p) return SLUICE_E_STALE;
    check_lane("stream unpublish", p->lane);
    scan_text("the reason of unpublish", reason);
    publication_over(p);
    return SLUICE_OK;
}

static int32_t set_attribute(const sluice_host *host, sluice_handle stream, sluice_text key, sluice_text value) {
    if (!generation_of(host, "stream set_attribute")) return SLUICE_E_INVALID;
    (void)value;
    if (key.size == 0) broke(BROKE_CONTRACT, "stream set_attribute: the key is empty");
    return handle_find(KIND_PUBLICATION, stream) || handle_find(KIND_SINK, stream) ? SLUICE_OK : SLUICE_E_STALE;
}

/* One stream is live here, live/cam, with a picture and sound. */
static int32_t find(const sluice_host *host, sluice_text app, sluice_text name, sluice_stream_receiver receive, void *context) {
    if (!generation_of(host, "stream find") || !receive) return SLUICE_E_INVALID;
    if (app.size != 4 || memcmp(app.data, "live", 4) != 0 || name.size != 3 || memcmp(name.data, "cam", 3) != 0)
        return SLUICE_E_NOT_FOUND;
    loan *l = loan_open("the stream of stream find");
    sluice_stream_info info;
    memset(&info, 0, sizeof info);
    info.struct_size = sizeof info;
    info.state = SLUICE_STREAM_LIVE;
    info.app = loan_text(l, "live");
    info.name = loan_text(l, "cam");
    info.tracks = sample_tracks(l, TRACKS_BOTH, &info.track_count, &info.track_stride);
    info.epoch = 1;
    info.measured_bitrate = 2500000;
    info.peak_bitrate = 3000000;
    receive(context, loan_struct(l, &info));
    loan_close(l);
    return SLUICE_OK;
}

const sluice_stream_service stream_table = {sizeof stream_table, 0, publish, set_tracks, push, unpublish, set_attribute, find};

/* MARK: broadcast */

static int32_t append(const sluice_host *host, sluice_handle log, sluice_bytes one, sluice_bytes two, uint32_t flags) {
    if (!generation_of(host, "broadcast append")) return SLUICE_E_INVALID;
    sink_record *s = handle_find(KIND_SINK, log);
    if (!s) return SLUICE_E_STALE;
    check_lane("broadcast append", s->lane);
    if (one.size + two.size > 16u << 20) return SLUICE_E_LIMIT;
    if (!s->told_tracks) broke(BROKE_MEDIA, "broadcast append before the sink was told any tracks");
    s->sum = sum_of(sum_of(s->sum ? s->sum : SUM_START, one.data, one.size), two.data, two.size);
    s->bytes += one.size + two.size;
    s->records++;
    s->joins += (flags & SLUICE_RECORD_JOIN) != 0;
    return SLUICE_OK;
}

static int32_t set_prefix(const sluice_host *host, sluice_handle log, sluice_bytes prefix) {
    if (!generation_of(host, "broadcast set_prefix")) return SLUICE_E_INVALID;
    sink_record *s = handle_find(KIND_SINK, log);
    if (!s) return SLUICE_E_STALE;
    check_lane("broadcast set_prefix", s->lane);
    if (prefix.size > 1 << 20) return SLUICE_E_LIMIT;
    s->sum = sum_of(s->sum ? s->sum : SUM_START, prefix.data, prefix.size);
    s->prefixes++;
    return SLUICE_OK;
}

const sluice_broadcast_service broadcast_table = {sizeof broadcast_table, 0, append, set_prefix, broadcast_attach,
                                                  broadcast_detach};
