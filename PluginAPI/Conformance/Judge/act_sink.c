/* Sinks: opened, told tracks, given frames of the host's own buffers, closed. */
#include "media.h"

#include <stdio.h>

static uint64_t next_lane = 1u << 20;

typedef struct sink_call {
    sink_record *sink;
    const char *text;
    uint32_t which, flags;
    unsigned groups, hostile;
    uint64_t *random;
    int32_t status;
} sink_call;

static sluice_sink_open open_request(loan *l, const sink_record *s, const char *name) {
    static const char *const attributes[] = {"group", "g", "linger_s", "10", NULL};
    sluice_sink_open request;
    memset(&request, 0, sizeof request);
    request.struct_size = sizeof request;
    request.format = s->format;
    request.sink = request.stream = s->handle;
    request.log = s->generation->sink->format_count ? s->handle : 0;
    request.app = loan_text(l, "live");
    request.name = loan_text(l, name);
    request.attributes = loan_pairs(l, attributes, &request.attribute_count);
    return request;
}

static void open_turn(void *context) {
    sink_call *c = context;
    sink_record *s = c->sink;
    loan *l = loan_open("the request of sink open");
    sluice_sink_open request = open_request(l, s, c->text);
    const sluice_sink_open *lent = loan_struct(l, &request);
    void **out = loan_copy(l, &(void *){NULL}, sizeof(void *));
    sluice_error *error = loan_error(l);
    measured m = entering("sink open");
    c->status = s->generation->sink->open(s->generation->instance, lent, out, error);
    left(m);
    check_reason("sink open", c->status, error);
    s->pointer = *out;
    s->open = c->status == SLUICE_OK;
    loan_close(l);
}

sink_record *sink_open(generation *g, uint32_t format, const char *name) {
    sink_record *s = calloc(1, sizeof *s);
    if (!s) abort();
    s->generation = g;
    s->format = format;
    s->lane = next_lane++;
    s->handle = handle_make(KIND_SINK, s);
    sink_call c = {.sink = s, .text = name};
    turn(TAG_LANE, s->lane, open_turn, &c);
    return s;
}

static void tracks_turn(void *context) {
    sink_call *c = context;
    sink_record *s = c->sink;
    loan *l = loan_open("the tracks of a sink");
    uint32_t count, stride;
    const sluice_track *tracks = sample_tracks(l, c->which, &count, &stride);
    sluice_error *error = loan_error(l);
    s->told_tracks = 1;
    measured m = entering("sink tracks");
    c->status = s->generation->sink->tracks(s->pointer, tracks, stride, count, c->flags, error);
    left(m);
    check_reason("sink tracks", c->status, error);
    loan_close(l);
}

int32_t sink_tracks(sink_record *s, uint32_t which, uint32_t flags) {
    sink_call c = {.sink = s, .which = which, .flags = flags};
    if (s->open) turn(TAG_LANE, s->lane, tracks_turn, &c);
    run_until(NULL, NULL, 0);
    if (c.status != SLUICE_OK) s->closed_by_failure = 1;
    return c.status;
}

#define BATCH 5

static int32_t give(sink_record *s, const sluice_frame *frames, uint32_t count) {
    loan *l = loan_open("the frames of a sink");
    uint32_t stride;
    const sluice_frame *lent = loan_array(l, frames, count, &stride);
    sluice_error *error = loan_error(l);
    measured m = entering("sink frames");
    int32_t status = s->generation->sink->frames(s->pointer, lent, stride, count, error);
    left(m);
    check_reason("sink frames", status, error);
    loan_close(l);
    return status;
}

static void frames_turn(void *context) {
    sink_call *c = context;
    sink_record *s = c->sink;
    for (unsigned group = 0; group < c->groups && c->status >= 0; group++) {
        for (unsigned i = 0; i < 25 && c->status >= 0; i += BATCH) {
            sluice_frame frames[BATCH * 2];
            uint32_t count = 0;
            for (unsigned k = 0; k < BATCH; k++) {
                frames[count++] = sample_frame(s->next_dts, 1, i + k == 0, c->hostile, c->random);
                frames[count++] = sample_frame(s->next_dts, 0, 1, c->hostile, c->random);
            }
            s->offered += count;
            c->status = give(s, frames, count);
            for (int again = 0; c->status == SLUICE_AGAIN && again < 3; again++) {
                s->again++;
                c->status = give(s, frames, count);
            }
            for (uint32_t k = 0; k < count; k++) buffer_release_host(frames[k].buffer);
        }
    }
}

int32_t sink_frames(sink_record *s, unsigned groups, unsigned hostile_payloads, uint64_t *random) {
    sink_call c = {.sink = s, .groups = groups, .hostile = hostile_payloads, .random = random};
    if (!s->open || s->closed_by_failure) return SLUICE_E_STATE;
    turn(TAG_LANE, s->lane, frames_turn, &c);
    run_until(NULL, NULL, 0);
    if (c.status < 0) s->closed_by_failure = 1;
    return c.status;
}

static void publisher_turn(void *context) {
    sink_call *c = context;
    measured m = entering("sink publisher");
    c->sink->generation->sink->publisher(c->sink->pointer, c->which);
    left(m);
}

void sink_publisher(sink_record *s, uint32_t state) {
    sink_call c = {.sink = s, .which = state};
    if (s->open && s->generation->sink->publisher) turn(TAG_LANE, s->lane, publisher_turn, &c);
}

static void attributes_turn(void *context) {
    static const char *const words[] = {"group", "other", "hls.segment_ms", "2000", "x", "", NULL};
    sink_call *c = context;
    loan *l = loan_open("the attributes of a sink");
    uint32_t count;
    const sluice_pair *pairs = loan_pairs(l, words, &count);
    measured m = entering("sink attributes");
    c->sink->generation->sink->attributes(c->sink->pointer, pairs, count);
    left(m);
    loan_close(l);
}

void sink_attributes(sink_record *s) {
    sink_call c = {.sink = s};
    if (s->open && s->generation->sink->attributes) turn(TAG_LANE, s->lane, attributes_turn, &c);
}

static void close_turn(void *context) {
    sink_call *c = context;
    loan *l = loan_open("the reason of sink close");
    sluice_text reason = loan_text(l, "the stream ended");
    measured m = entering("sink close");
    c->sink->generation->sink->close(c->sink->pointer, reason);
    left(m);
    loan_close(l);
}

void sink_close(sink_record *s) {
    if (!s->open) return;
    s->open = 0;
    sink_call c = {.sink = s};
    turn(TAG_LANE, s->lane, close_turn, &c);
    handle_take(KIND_SINK, s->handle);
}

/* MARK: Handover */

typedef struct moving {
    sink_record *sink;
    generation *to;
    char *reason;
    size_t room;
    uint8_t *blob;
    size_t size;
    int result;
} moving;

static void take_blob(void *context, sluice_bytes blob) {
    moving *m = context;
    m->blob = malloc(blob.size ? blob.size : 1);
    if (!m->blob) abort();
    if (blob.size) memcpy(m->blob, blob.data, blob.size);
    m->size = blob.size;
}

static void move_turn(void *context) {
    moving *mv = context;
    sink_record *s = mv->sink;
    loan *l = loan_open("the arguments of import_sink");
    sluice_error *error = loan_error(l);
    measured m = entering("export_sink");
    mv->result = s->generation->handover->export_sink(s->pointer, take_blob, mv, error);
    left(m);
    check_reason("export_sink", mv->result, error);
    if (mv->result == SLUICE_OK) {
        sluice_sink_open request = open_request(l, s, "cam");
        const sluice_sink_open *lent = loan_struct(l, &request);
        sluice_bytes blob = loan_bytes(l, mv->blob, mv->size);
        void **out = loan_copy(l, &(void *){NULL}, sizeof(void *));
        m = entering("import_sink");
        mv->result = mv->to->handover->import_sink(mv->to->instance, lent, blob, out, error);
        left(m);
        check_reason("import_sink", mv->result, error);
        if (mv->result == SLUICE_OK) {
            m = entering("forget_sink");
            s->generation->handover->forget_sink(s->pointer);
            left(m);
            s->pointer = *out;
            s->generation = mv->to;
        }
    }
    if (mv->result < 0 && error) snprintf(mv->reason, mv->room, "%s", error->text);
    loan_close(l);
}

int sink_hand_over(sink_record *s, generation *to, char *reason, size_t room) {
    moving mv = {.sink = s, .to = to, .reason = reason, .room = room};
    turn(TAG_LANE, s->lane, move_turn, &mv);
    free(mv.blob);
    return mv.result;
}
