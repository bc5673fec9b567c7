/* Sources: opened on a stream that is published already, and driven by their one timer. */
#include "media.h"

static uint64_t next_lane = 1u << 25;

static int32_t set_timer(const sluice_host *host, sluice_handle handle, uint64_t deadline_ns) {
    if (!generation_of(host, "source set_timer")) return SLUICE_E_INVALID;
    source_record *s = handle_find(KIND_SOURCE, handle);
    if (!s) return SLUICE_E_STALE;
    check_lane("source set_timer", s->lane);
    s->timer_ns = deadline_ns;
    return SLUICE_OK;
}

static int32_t end(const sluice_host *host, sluice_handle handle, sluice_text reason) {
    if (!generation_of(host, "source end")) return SLUICE_E_INVALID;
    source_record *s = handle_find(KIND_SOURCE, handle);
    if (!s) return SLUICE_E_STALE;
    check_lane("source end", s->lane);
    if (reason.size == 0) broke(BROKE_REASON, "source end without a reason");
    s->ended = 1;
    return SLUICE_OK;
}

const sluice_source_service source_table = {sizeof source_table, 0, set_timer, end};

static void open_turn(void *context) {
    source_record *s = context;
    loan *l = loan_open("the request of source open");
    sluice_source_open request;
    memset(&request, 0, sizeof request);
    request.struct_size = sizeof request;
    request.source = s->handle;
    request.stream = s->publication->handle;
    request.app = loan_text(l, "live");
    request.name = loan_text(l, "generated");
    request.settings_json = loan_text(l, judged.source_settings);
    request.now_ns = now_ns();
    const sluice_source_open *lent = loan_struct(l, &request);
    void **out = loan_copy(l, &(void *){NULL}, sizeof(void *));
    sluice_error *error = loan_error(l);
    measured m = entering("source open");
    int32_t status = s->generation->source->open(s->generation->instance, lent, out, error);
    left(m);
    check_reason("source open", status, error);
    s->pointer = *out;
    s->open = status == SLUICE_OK;
    loan_close(l);
}

source_record *source_open(generation *g) {
    source_record *s = calloc(1, sizeof *s);
    publication *p = calloc(1, sizeof *p);
    if (!s || !p) abort();
    s->generation = g;
    s->publication = p;
    p->lane = s->lane = next_lane++;
    p->sum = SUM_START;
    p->handle = handle_make(KIND_PUBLICATION, p);
    s->handle = handle_make(KIND_SOURCE, s);
    turn(TAG_LANE, s->lane, open_turn, s);
    return s;
}

static void timer_turn(void *context) {
    source_record *s = context;
    loan *l = loan_open("the error of a source's timer");
    sluice_error *error = loan_error(l);
    s->timer_ns = 0;
    measured m = entering("source timer");
    int32_t status = s->generation->source->timer(s->pointer, now_ns(), error);
    left(m);
    check_reason("source timer", status, error);
    if (status != SLUICE_OK) s->failed = 1;
    loan_close(l);
}

int source_timer(source_record *s) {
    if (!s->open || !s->timer_ns) return 0;
    uint64_t now = now_ns();
    if (s->timer_ns > now) advance(s->timer_ns - now);
    turn(TAG_LANE, s->lane, timer_turn, s);
    return 1;
}

static void close_turn(void *context) {
    source_record *s = context;
    loan *l = loan_open("the reason of source close");
    sluice_text reason = loan_text(l, "it is not configured any more");
    measured m = entering("source close");
    s->generation->source->close(s->pointer, reason);
    left(m);
    loan_close(l);
}

void source_close(source_record *s) {
    if (!s->open) return;
    s->open = 0;
    handle_take(KIND_PUBLICATION, s->publication->handle);
    turn(TAG_LANE, s->lane, close_turn, s);
    handle_take(KIND_SOURCE, s->handle);
}
