/* Questions to an auth plugin, and the answers that it gives. */
#include "services.h"

#include <stdio.h>

volatile long questions_answered;
long answers_stale_for;

/* MARK: The answer */

static void check_verdict(const question *q, const sluice_verdict *v) {
    if (v->struct_size < offsetof(sluice_verdict, reason)) broke(BROKE_CONTRACT, "a verdict's struct_size is %u", v->struct_size);
    if (v->decision > SLUICE_VERDICT_LATER) broke(BROKE_CONTRACT, "a verdict's decision is %u", v->decision);
    if (v->decision == SLUICE_VERDICT_LATER && q->action != SLUICE_ACTION_CONNECT)
        broke(BROKE_CONTRACT, "LATER answers a connect question only, this one was action %u", q->action);
    if (v->decision == SLUICE_VERDICT_DENY && v->reason.size == 0)
        broke(BROKE_CONTRACT, "a denial has no reason: set verdict.reason to a code for the logs");
    if (v->context.size > 4096) broke(BROKE_CONTRACT, "a verdict's context is larger than 4 KiB");
    if (v->http_status != 0 && (v->http_status < 200 || v->http_status > 599))
        broke(BROKE_CONTRACT, "a verdict's http_status is %u", v->http_status);
    if (v->stream.size > 255 || (v->stream.size && memchr(v->stream.data, '/', v->stream.size)))
        broke(BROKE_CONTRACT, "a verdict's stream is not one valid name");
    if (v->attribute_count && !v->attributes) broke(BROKE_CONTRACT, "a verdict has %u attributes and no list", v->attribute_count);
    scan_text("a verdict's reason", v->reason);
    scan_text("a verdict's message", v->message);
    scan_text("a verdict's detail", v->detail);
    scan_text("a verdict's principal", v->principal);
}

static int32_t answer(const sluice_host *host, sluice_handle handle, const sluice_verdict *given) {
    generation *g = generation_of(host, "auth answer");
    if (!g || !given) return SLUICE_E_INVALID;
    question *q = handle_find(KIND_QUESTION, handle);
    if (!q || q->generation != g) {
        broke(BROKE_CONTRACT, "auth answer: this question was never asked of this plugin");
        return SLUICE_E_STALE;
    }
    sluice_verdict v;
    memset(&v, 0, sizeof v);
    memcpy(&v, given, given->struct_size < sizeof v ? given->struct_size : sizeof v);
    if (__atomic_fetch_add(&q->answers, 1, __ATOMIC_SEQ_CST) > 0 || q->refused) {
        broke(BROKE_ANSWERED_TWICE, "a question (action %u) was answered %s", q->action,
              q->refused ? "although decide had refused it" : "twice");
        return SLUICE_E_STALE;
    }
    check_verdict(q, &v);
    if (q->cancelled || answers_stale_for) return SLUICE_E_STALE;
    q->decision = v.decision;
    q->answered_ns = real_ns();
    __atomic_fetch_add(&questions_answered, 1, __ATOMIC_SEQ_CST);
    return SLUICE_OK;
}

const sluice_auth_service auth_table = {sizeof auth_table, 0, question_ask, question_cancel, answer};

/* MARK: The question */

typedef struct asking {
    question *question;
    unsigned variant;
    const sluice_text *texts;
    unsigned text_count;
    uint32_t pairs;
    uint64_t deadline_ns;
} asking;

static const char *const ordinary[][4] = {
    {"cam", "", NULL, NULL},
    {"cam", "", "key", "open"},
    {"cam", "", "key", "shut"},
    {"cam", "p/102/e/0_ab12cd34", "t", SECRET},
    {"cam_1", "", "token", SECRET},
    {"a-stream", "", "user", "somebody"},
};
#define ORDINARY (sizeof ordinary / sizeof *ordinary)

static void fill(loan *l, const asking *a, sluice_auth_request *r) {
    const char *const *words = ordinary[a->variant % ORDINARY];
    char url[512], raw[512];
    snprintf(url, sizeof url, "rtmp://media.example:1935/live/%s%s%s%s%s", words[1], words[2] ? "?" : "", words[2] ? words[2] : "",
             words[2] ? "=" : "", words[2] ? words[3] : "");
    snprintf(raw, sizeof raw, "%s%s%s%s%s", words[0], words[2] ? "?" : "", words[2] ? words[2] : "", words[2] ? "=" : "",
             words[2] ? words[3] : "");
    int http = r->action == SLUICE_ACTION_PLAY && a->variant % 2;
    r->protocol = loan_text(l, http ? "http" : "rtmp");
    r->scheme = loan_text(l, http ? "https" : "rtmp");
    r->tls = (uint32_t)http;
    r->host_name = loan_text(l, "media.example");
    r->app = loan_text(l, "live");
    r->path = loan_text(l, words[1]);
    r->stream = loan_text(l, r->action == SLUICE_ACTION_CONNECT ? "" : words[0]);
    r->url = loan_text(l, url);
    r->raw_app = loan_text(l, http ? "" : "live");
    r->raw_stream = loan_text(l, r->action == SLUICE_ACTION_CONNECT ? "" : raw);
    const char *const query[] = {words[2], words[3], NULL};
    r->query = loan_pairs(l, query, &r->query_count);
    const char *const credentials[] = {"user", "somebody", "password", SECRET, "bearer", SECRET, NULL};
    r->credentials = loan_pairs(l, a->variant % 3 ? credentials : credentials + 6, &r->credential_count);
    r->port = 1935;
    r->peer_address = loan_text(l, "192.0.2.7");
    r->peer_port = 50000 + a->variant % 1000;
}

/* Texts as an enemy sends them: wherever the host does not parse. */
static void fill_hostile(loan *l, const asking *a, sluice_auth_request *r) {
    sluice_text *places[] = {&r->url, &r->raw_app, &r->raw_stream, &r->path, &r->host_name, &r->peer_address};
    for (unsigned i = 0; i < 6 && i < a->text_count; i++) *places[i] = loan_text_of(l, a->texts[i].data, a->texts[i].size);
    sluice_pair pairs[64];
    uint32_t count = a->pairs < 64 ? a->pairs : 64;
    for (uint32_t i = 0; i < count; i++) {
        sluice_text key = a->texts[i % a->text_count], value = a->texts[(i + 1) % a->text_count];
        pairs[i].key = loan_text_of(l, key.data, key.size);
        pairs[i].value = loan_text_of(l, value.data, value.size);
    }
    if (!count) return;
    r->query = loan_copy(l, pairs, count * sizeof *pairs);
    r->query_count = count;
    r->credentials = r->query;
    r->credential_count = count;
}

static void decide_turn(void *context) {
    asking *a = context;
    question *q = a->question;
    loan *l = loan_open("the request of decide");
    sluice_auth_request r;
    memset(&r, 0, sizeof r);
    r.struct_size = sizeof r;
    r.action = q->action;
    fill(l, a, &r);
    if (a->texts) fill_hostile(l, a, &r);
    r.deadline_ns = a->deadline_ns;
    const sluice_auth_request *lent = loan_struct(l, &r);
    q->asked_ns = real_ns();
    measured m = entering("decide");
    int32_t status = q->generation->auth->decide(q->generation->instance, q->handle, lent);
    left(m);
    if (status != SLUICE_OK) {
        if (q->answers) broke(BROKE_ANSWERED_TWICE, "decide answered and then refused the question (status %d)", status);
        q->refused = 1;
    }
    loan_close(l);
}

static question *begin(generation *g, uint32_t action) {
    question *q = calloc(1, sizeof *q);
    if (!q) abort();
    q->generation = g;
    q->action = action;
    q->handle = handle_make(KIND_QUESTION, q);
    return q;
}

question *ask(generation *g, uint32_t action, unsigned variant, uint64_t deadline_ns) {
    question *q = begin(g, action);
    asking a = {q, variant, NULL, 0, 0, deadline_ns ? deadline_ns : now_ns() + 8000000000u};
    turn(TAG_CONTROL, 0, decide_turn, &a);
    return q;
}

question *ask_with(generation *g, uint32_t action, sluice_text *texts, unsigned text_count, uint32_t pairs) {
    question *q = begin(g, action);
    asking a = {q, 1, texts, text_count, pairs, now_ns() + 8000000000u};
    turn(TAG_CONTROL, 0, decide_turn, &a);
    return q;
}

static void cancel_turn(void *context) {
    question *q = context;
    measured m = entering("auth cancel");
    q->generation->auth->cancel(q->generation->instance, q->handle);
    left(m);
}

void cancel_question(question *q) {
    if (q->answers || q->refused) return;
    q->cancelled = 1;
    if (q->generation->auth->cancel) turn(TAG_CONTROL, 0, cancel_turn, q);
}

int is_settled(void *pointer) {
    const question *q = pointer;
    return q->answers || q->refused || q->cancelled;
}

void wait_settled(question *q, unsigned milliseconds) { run_until(is_settled, q, milliseconds); }
