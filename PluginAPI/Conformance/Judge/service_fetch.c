/* Service fetch: no network; a back end that answers in turn well, badly, with rubbish and not at all. */
#include "services.h"

#include <stdio.h>

typedef struct fetching {
    generation *generation;
    sluice_handle handle;
    sluice_fetch_done done;
    void *context;
    unsigned kind;
} fetching;

typedef struct script {
    int32_t failure;
    uint32_t status;
    const char *body, *reason;
} script;

static const script scripts[] = {
    {SLUICE_OK, 200, "{\"allow\":true,\"decision\":\"allow\",\"ttl\":10}", ""},
    {SLUICE_OK, 200, "", ""},
    {SLUICE_OK, 403, "{\"allow\":false,\"reason\":\"no\"}", ""},
    {SLUICE_OK, 500, "<html>internal error</html>", ""},
    {SLUICE_OK, 200, "{\"allow\":\"\xff\xfe", ""},
    {SLUICE_OK, 302, "", ""},
    {SLUICE_E_BACKEND, 0, "", "nobody listens there"},
    {SLUICE_E_TIMEOUT, 0, "", "no answer in time"},
    {SLUICE_E_LIMIT, 0, "", "the answer is too large"},
    {SLUICE_OK, 200, "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", ""},
};
#define SCRIPTS (sizeof scripts / sizeof *scripts)

static void deliver(fetching *f, const script *s) {
    static const char *const headers[] = {"content-type", "application/json", "location", "http://elsewhere.example/", NULL};
    if (f->generation->ended) return;
    loan *l = loan_open("the answer of fetch");
    sluice_fetch_answer a;
    memset(&a, 0, sizeof a);
    a.struct_size = sizeof a;
    a.failure = s->failure;
    a.status = s->status;
    if (s->failure == SLUICE_OK) a.headers = loan_pairs(l, headers, &a.header_count);
    a.body = loan_bytes(l, s->body, strlen(s->body));
    a.reason = loan_text(l, s->reason);
    const sluice_fetch_answer *lent = loan_struct(l, &a);
    measured m = entering("the done of fetch");
    f->done(f->context, lent);
    left(m);
    loan_close(l);
}

static void answer_turn(void *context) {
    fetching *f = context;
    if (handle_take(KIND_FETCH, f->handle)) deliver(f, &scripts[f->kind % SCRIPTS]);
}

static void cancelled_turn(void *context) {
    static const script cancelled = {SLUICE_E_CANCELLED, 0, "", "cancelled"};
    deliver(context, &cancelled);
}

static void check_request(const sluice_fetch_request *r) {
    int web = r->url.size > 7 && (memcmp(r->url.data, "http://", 7) == 0 || memcmp(r->url.data, "https:/", 7) == 0);
    if (!web || r->url.size > 8 << 10) broke(BROKE_CONTRACT, "fetch start: the url is not http or https, or longer than 8 KiB");
    if (r->header_count > 64) broke(BROKE_CONTRACT, "fetch start: %u headers, 64 are allowed", r->header_count);
    if (r->body.size > 16 << 20) broke(BROKE_CONTRACT, "fetch start: the body is larger than 16 MiB");
}

static int32_t start(const sluice_host *host, const sluice_fetch_request *r, sluice_fetch_done done, void *context,
                     sluice_handle *out, sluice_error *error) {
    static unsigned count;
    generation *g = generation_of(host, "fetch start");
    if (!g || !r || !done || !out) return SLUICE_E_INVALID;
    check_request(r);
    if (fails_now()) return say_why(error, SLUICE_E_LIMIT, "too many calls are under way, says the conformance kit");
    fetching *f = calloc(1, sizeof *f);
    if (!f) abort();
    *f = (fetching){g, 0, done, context, __atomic_fetch_add(&count, 1, __ATOMIC_RELAXED)};
    *out = f->handle = handle_make(KIND_FETCH, f);
    post(TAG_CONTROL, 0, answer_turn, f);
    return SLUICE_OK;
}

static int32_t cancel(const sluice_host *host, sluice_handle operation) {
    if (!generation_of(host, "fetch cancel")) return SLUICE_E_INVALID;
    fetching *f = handle_take(KIND_FETCH, operation);
    if (!f) return SLUICE_E_STALE;
    post(TAG_CONTROL, 0, cancelled_turn, f);
    return SLUICE_OK;
}

const sluice_fetch_service fetch_table = {sizeof fetch_table, 0, start, cancel};
