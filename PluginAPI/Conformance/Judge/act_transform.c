/* Transforms and sources: media in and out, by the calls and in the order of their headers. */
#include "media.h"

#include <stdio.h>

static uint64_t next_lane = 1u << 24;

static publication *publication_on(uint64_t lane) {
    publication *p = calloc(1, sizeof *p);
    if (!p) abort();
    p->lane = lane;
    p->sum = SUM_START;
    return p;
}

/* MARK: The service of transforms */

static int good_label(sluice_text label) {
    if (label.size == 0 || label.size > 64 || !label.data) return 0;
    for (uint64_t i = 0; i < label.size; i++) {
        char c = label.data[i];
        int plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && (i == 0 || !(c == '.' || c == '_' || c == '-'))) return 0;
    }
    return 1;
}

static int32_t set_outputs(const sluice_host *host, sluice_handle handle, const sluice_transform_output *outputs, uint32_t stride,
                           uint32_t count, sluice_error *error) {
    if (!generation_of(host, "transform set_outputs")) return SLUICE_E_INVALID;
    transform_record *t = handle_find(KIND_TRANSFORM, handle);
    if (!t) return say_why(error, SLUICE_E_STALE, "the transform is closed");
    check_lane("transform set_outputs", t->lane);
    if (!t->in_call) broke(BROKE_CONTRACT, "transform set_outputs belongs inside negotiate, send, receive or flush");
    if (count > MOST_OUTPUTS) return say_why(error, SLUICE_E_INVALID, "more than 32 outputs");
    for (uint32_t i = 0; i < count; i++) {
        const sluice_transform_output *o = (const void *)((const char *)outputs + (size_t)i * stride);
        if (!good_label(o->label) || o->track_count == 0 || !o->tracks) {
            broke(BROKE_CONTRACT, "transform set_outputs: output %u has no good label or no track", i);
            return say_why(error, SLUICE_E_INVALID, "a label and at least one track are wanted");
        }
        t->next_outputs[i] = publication_on(t->lane);
        take_tracks(t->next_outputs[i], o->tracks, o->track_stride, o->track_count);
    }
    t->next_count = count;
    return SLUICE_OK;
}

static int32_t ready(const sluice_host *host, sluice_handle handle) {
    if (!generation_of(host, "transform ready")) return SLUICE_E_INVALID;
    transform_record *t = handle_find(KIND_TRANSFORM, handle);
    if (!t) return SLUICE_E_STALE;
    t->ready = 1;
    return SLUICE_OK;
}

static int32_t set_still(const sluice_host *host, sluice_handle handle, sluice_bytes jpeg) {
    if (!generation_of(host, "transform set_still")) return SLUICE_E_INVALID;
    if (!handle_find(KIND_TRANSFORM, handle)) return SLUICE_E_STALE;
    if (jpeg.size > 1u << 20) return SLUICE_E_LIMIT;
    if (jpeg.size < 4 || !jpeg.data || jpeg.data[0] != 0xff || jpeg.data[1] != 0xd8) {
        broke(BROKE_CONTRACT, "transform set_still: it is not a JPEG");
        return SLUICE_E_INVALID;
    }
    return SLUICE_OK;
}

static int32_t set_report(const sluice_host *host, sluice_handle handle, sluice_text json) {
    if (!generation_of(host, "transform set_report")) return SLUICE_E_INVALID;
    if (!handle_find(KIND_TRANSFORM, handle)) return SLUICE_E_STALE;
    if (json.size > 16u << 10) return SLUICE_E_LIMIT;
    if (json.size < 2 || !json.data || json.data[0] != '{') {
        broke(BROKE_CONTRACT, "transform set_report: it is no JSON object");
        return SLUICE_E_INVALID;
    }
    return SLUICE_OK;
}

const sluice_transform_service transform_table = {sizeof transform_table, 0, set_outputs, ready, set_still, set_report};

/* MARK: Calls of a transform, each in a turn of its lane */

typedef struct transform_call {
    transform_record *transform;
    const sluice_frame *frames;
    uint32_t which, flags, count;
    int32_t status;
} transform_call;

/* Outputs that a call has named hold once it has returned. */
static void after_call(transform_call *c, const char *call, const sluice_error *error) {
    transform_record *t = c->transform;
    t->in_call = 0;
    if (t->next_count) {
        memcpy(t->outputs, t->next_outputs, sizeof t->outputs);
        t->output_count = t->next_count;
        t->next_count = 0;
    }
    if (c->status >= 0) return;
    check_reason(call, c->status, error);
    t->failed = 1;
}

static void open_turn(void *context) {
    static const char *const attributes[] = {"group", "g", NULL};
    transform_call *c = context;
    transform_record *t = c->transform;
    loan *l = loan_open("the request of transform open");
    sluice_transform_open request;
    memset(&request, 0, sizeof request);
    request.struct_size = sizeof request;
    request.transform = t->handle;
    request.app = loan_text(l, "live");
    request.name = loan_text(l, "cam");
    request.step = loan_text(l, "step");
    request.settings_json = loan_text(l, judged.step_settings);
    request.attributes = loan_pairs(l, attributes, &request.attribute_count);
    const sluice_transform_open *lent = loan_struct(l, &request);
    void **out = loan_copy(l, &(void *){NULL}, sizeof(void *));
    sluice_error *error = loan_error(l);
    measured m = entering("transform open");
    c->status = t->generation->transform->open(t->generation->instance, lent, out, error);
    left(m);
    check_reason("transform open", c->status, error);
    t->pointer = *out;
    t->open = c->status == SLUICE_OK;
    loan_close(l);
}

transform_record *transform_open(generation *g) {
    transform_record *t = calloc(1, sizeof *t);
    if (!t) abort();
    t->generation = g;
    t->lane = next_lane++;
    t->handle = handle_make(KIND_TRANSFORM, t);
    transform_call c = {.transform = t};
    turn(TAG_LANE, t->lane, open_turn, &c);
    return t;
}

static void negotiate_turn(void *context) {
    transform_call *c = context;
    transform_record *t = c->transform;
    loan *l = loan_open("the tracks of negotiate");
    uint32_t count, stride;
    const sluice_track *tracks = sample_tracks(l, c->which, &count, &stride);
    sluice_error *error = loan_error(l);
    t->in_call = 1;
    measured m = entering("negotiate");
    c->status = t->generation->transform->negotiate(t->pointer, tracks, stride, count, c->flags, error);
    left(m);
    after_call(c, "negotiate", error);
    loan_close(l);
}

int32_t transform_negotiate(transform_record *t, uint32_t which, uint32_t flags) {
    transform_call c = {.transform = t, .which = which, .flags = flags};
    if (!t->open || t->failed) return SLUICE_E_STATE;
    turn(TAG_LANE, t->lane, negotiate_turn, &c);
    return c.status;
}

static void taken(void *context, uint32_t output, const sluice_frame *frames, uint32_t stride, uint32_t count) {
    transform_record *t = context;
    if (output >= t->output_count) {
        broke(BROKE_MEDIA, "receive hands out frames of output %u, there are %u", output, t->output_count);
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        take_frame(t->outputs[output], (const sluice_frame *)(const void *)((const char *)frames + (size_t)i * stride));
        t->frames_out++;
    }
}

static void receive_turn(void *context) {
    transform_call *c = context;
    transform_record *t = c->transform;
    t->ready = 0;
    for (unsigned i = 0; i < 100000; i++) {
        loan *l = loan_open("the error of receive");
        sluice_error *error = loan_error(l);
        t->in_call = 1;
        measured m = entering("receive");
        c->status = t->generation->transform->receive(t->pointer, taken, t, error);
        left(m);
        after_call(c, "receive", error);
        loan_close(l);
        if (c->status != SLUICE_OK) return;
    }
    broke(BROKE_CONTRACT, "receive answers SLUICE_OK for ever: SLUICE_AGAIN says that there is nothing more now");
}

static int32_t receive_all(transform_record *t) {
    transform_call c = {.transform = t};
    if (t->failed) return SLUICE_E_FAILED;
    turn(TAG_LANE, t->lane, receive_turn, &c);
    return c.status;
}

static void send_turn(void *context) {
    transform_call *c = context;
    transform_record *t = c->transform;
    loan *l = loan_open("the frames of send");
    uint32_t stride;
    const sluice_frame *lent = loan_array(l, c->frames, c->count, &stride);
    sluice_error *error = loan_error(l);
    t->in_call = 1;
    measured m = entering("send");
    c->status = t->generation->transform->send(t->pointer, lent, stride, c->count, error);
    left(m);
    after_call(c, "send", error);
    loan_close(l);
}

static int is_ready(void *pointer) { return ((transform_record *)pointer)->ready; }

/* AGAIN: nothing was taken; it is offered again after what came out was received. Who never takes it is waited for once. */
static int32_t offer(transform_record *t, const sluice_frame *frames, uint32_t count) {
    static unsigned patience = 40;
    transform_call c = {.transform = t, .frames = frames, .count = count};
    for (unsigned tries = 0; tries < patience; tries++) {
        turn(TAG_LANE, t->lane, send_turn, &c);
        if (c.status < 0) return c.status;
        int32_t received = receive_all(t);
        if (received < 0) return received;
        if (c.status == SLUICE_OK) return SLUICE_OK;
        run_until(is_ready, t, patience > 1 ? 50 : 0);
    }
    patience = 1;
    return SLUICE_AGAIN;
}

int32_t transform_send(transform_record *t, unsigned groups, unsigned hostile_payloads, uint64_t *random) {
    int32_t status = t->open && !t->failed ? SLUICE_OK : SLUICE_E_STATE;
    for (unsigned i = 0; i < groups * 5 && status == SLUICE_OK; i++) {
        sluice_frame frames[10];
        for (unsigned k = 0; k < 10; k += 2) {
            frames[k] = sample_frame(t->next_dts, 1, i % 5 == 0 && k == 0, hostile_payloads, random);
            frames[k + 1] = sample_frame(t->next_dts, 0, 1, hostile_payloads, random);
        }
        t->frames_in += 10;
        status = offer(t, frames, 10);
        for (unsigned k = 0; k < 10; k++) buffer_release_host(frames[k].buffer);
        run_until(NULL, NULL, 0);
    }
    return status;
}

static void flush_turn(void *context) {
    transform_call *c = context;
    transform_record *t = c->transform;
    loan *l = loan_open("the error of flush");
    sluice_error *error = loan_error(l);
    t->in_call = 1;
    measured m = entering("flush");
    c->status = t->generation->transform->flush(t->pointer, error);
    left(m);
    after_call(c, "flush", error);
    loan_close(l);
}

int32_t transform_flush(transform_record *t) {
    static uint64_t patience_ns = 2000000000u;
    transform_call c = {.transform = t};
    if (!t->open || t->failed) return SLUICE_E_STATE;
    turn(TAG_LANE, t->lane, flush_turn, &c);
    uint64_t end = real_ns() + patience_ns;
    while (c.status >= 0 && real_ns() < end) {
        c.status = receive_all(t);
        if (c.status == SLUICE_TRANSFORM_END) return SLUICE_OK;
        if (c.status >= 0) run_until(is_ready, t, 20);
    }
    if (c.status < 0) return c.status;
    patience_ns = 10000000u; /* who never ends is waited for once */
    return SLUICE_E_TIMEOUT;
}

static void attributes_turn(void *context) {
    static const char *const words[] = {"group", "other", "x", "", NULL};
    transform_call *c = context;
    loan *l = loan_open("the attributes of a transform");
    uint32_t count;
    const sluice_pair *pairs = loan_pairs(l, words, &count);
    measured m = entering("transform attributes");
    c->transform->generation->transform->attributes(c->transform->pointer, pairs, count);
    left(m);
    loan_close(l);
}

void transform_attributes(transform_record *t) {
    transform_call c = {.transform = t};
    if (t->open && !t->failed && t->generation->transform->attributes) turn(TAG_LANE, t->lane, attributes_turn, &c);
}

static void close_turn(void *context) {
    transform_call *c = context;
    loan *l = loan_open("the reason of transform close");
    sluice_text reason = loan_text(l, "the input ended");
    measured m = entering("transform close");
    c->transform->generation->transform->close(c->transform->pointer, reason);
    left(m);
    loan_close(l);
}

void transform_close(transform_record *t) {
    transform_call c = {.transform = t};
    if (!t->open) return;
    t->open = 0;
    turn(TAG_LANE, t->lane, close_turn, &c);
    handle_take(KIND_TRANSFORM, t->handle);
    run_until(NULL, NULL, 0);
}
