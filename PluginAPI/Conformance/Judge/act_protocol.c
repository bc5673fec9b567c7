/* Connections as a protocol plugin sees them: bytes come, questions are answered by the judge, players attach to nothing. */
#include "media.h"

#include <stdio.h>

#define UNPARSED (4u << 20)

static uint64_t next_lane = 1;

/* MARK: Calls into the session, each in a turn of its lane */

typedef struct session_call {
    connection *connection;
    const void *bytes;
    size_t size;
    const char *text;
    uint32_t state;
    sluice_handle stream;
    int32_t status;
} session_call;

static sluice_connection_info info_of(loan *l, const connection *c) {
    sluice_connection_info info;
    memset(&info, 0, sizeof info);
    info.struct_size = sizeof info;
    info.connection = c->handle;
    info.listener = loan_text(l, judged.id ? judged.id : "main");
    info.transport = loan_text(l, "tcp");
    info.peer_address = loan_text(l, "192.0.2.7");
    info.local_address = loan_text(l, "192.0.2.1");
    info.peer_port = 50000;
    info.local_port = 1935;
    info.unparsed_limit = UNPARSED;
    info.unparsed_limit_before = 256 << 10;
    info.message_limit = 8 << 20;
    info.handshake_ns = 10000000000u;
    info.publisher_silent_ns = 30000000000u;
    return info;
}

static void ends(connection *c, const char *call, int32_t status, const sluice_error *error) {
    if (status == SLUICE_OK) return;
    check_reason(call, status, error);
    c->closing = 1;
    if (error) snprintf(c->reason, sizeof c->reason, "%.250s", error->text);
}

static void open_turn(void *context) {
    session_call *s = context;
    connection *c = s->connection;
    loan *l = loan_open("the info of session_open");
    sluice_connection_info info = info_of(l, c);
    const sluice_connection_info *lent = loan_struct(l, &info);
    void **out = loan_copy(l, &(void *){NULL}, sizeof(void *));
    sluice_error *error = loan_error(l);
    measured m = entering("session_open");
    s->status = c->generation->protocol->session_open(c->generation->instance, lent, out, error);
    left(m);
    ends(c, "session_open", s->status, error);
    c->session = *out;
    c->open = s->status == SLUICE_OK;
    loan_close(l);
}

connection *session_open(generation *g, uint32_t verdict) {
    connection *c = calloc(1, sizeof *c);
    if (!c) abort();
    c->generation = g;
    c->lane = next_lane++;
    c->verdict = verdict;
    c->handle = handle_make(KIND_CONNECTION, c);
    session_call s = {.connection = c};
    turn(TAG_LANE, c->lane, open_turn, &s);
    return c;
}

static void bytes_turn(void *context) {
    session_call *s = context;
    connection *c = s->connection;
    loan *l = loan_open("the data of bytes");
    sluice_bytes data = loan_bytes(l, s->bytes, s->size);
    sluice_error *error = loan_error(l);
    measured m = entering("bytes");
    s->status = c->generation->protocol->bytes(c->session, data, now_ns(), error);
    left(m);
    ends(c, "bytes", s->status, error);
    loan_close(l);
}

static int reads_again(void *context) {
    const connection *c = context;
    return !c->paused || c->closing;
}

/* A connection that is paused is read again when the session says so, as a socket would be. */
int session_feed(connection *c, const void *bytes, size_t size) {
    run_until(NULL, NULL, 0);
    if (c->open && !c->closing && c->paused) run_until(reads_again, c, 2000);
    if (!c->open || c->closing || c->paused) return 0;
    session_call s = {.connection = c, .bytes = bytes, .size = size};
    turn(TAG_LANE, c->lane, bytes_turn, &s);
    c->fed += size;
    return !c->closing;
}

static void timer_turn(void *context) {
    session_call *s = context;
    connection *c = s->connection;
    loan *l = loan_open("the error of timer");
    sluice_error *error = loan_error(l);
    c->timer_ns = 0;
    measured m = entering("timer");
    s->status = c->generation->protocol->timer(c->session, now_ns(), error);
    left(m);
    ends(c, "timer", s->status, error);
    loan_close(l);
}

/* Puts the clock forward to the session's timer. 0: it has none. */
int session_timer(connection *c) {
    if (!c->open || c->closing || !c->timer_ns) return 0;
    uint64_t now = now_ns();
    if (c->timer_ns > now) advance(c->timer_ns - now);
    session_call s = {.connection = c};
    turn(TAG_LANE, c->lane, timer_turn, &s);
    return 1;
}

static void drain_turn(void *context) {
    session_call *s = context;
    loan *l = loan_open("the reason of drain");
    sluice_text reason = loan_text(l, s->text);
    measured m = entering("drain");
    s->connection->generation->protocol->drain(s->connection->session, reason, 10000000000u);
    left(m);
    loan_close(l);
}

void session_drain(connection *c) {
    const sluice_protocol_interface *table = c->generation->protocol;
    session_call s = {.connection = c, .text = "the host drains"};
    int known = table->struct_size >= offsetof(sluice_protocol_interface, drain) + sizeof table->drain;
    if (c->open && !c->closing && known && table->drain) turn(TAG_LANE, c->lane, drain_turn, &s);
}

static void stop_turn(void *context) {
    session_call *s = context;
    loan *l = loan_open("the reason of stop");
    sluice_text reason = loan_text(l, s->text);
    measured m = entering("stop");
    s->connection->generation->protocol->stop(s->connection->session, reason);
    left(m);
    loan_close(l);
}

void session_stop(connection *c) {
    session_call s = {.connection = c, .text = "the operator ends it"};
    if (c->open && !c->closing && c->generation->protocol->stop) turn(TAG_LANE, c->lane, stop_turn, &s);
}

static void close_turn(void *context) {
    session_call *s = context;
    loan *l = loan_open("the reason of close");
    sluice_text reason = loan_text(l, s->text);
    measured m = entering("close");
    s->connection->generation->protocol->close(s->connection->session, reason);
    left(m);
    loan_close(l);
}

void session_close(connection *c, const char *reason) {
    if (!c->open) return;
    c->open = 0;
    c->closing = 1;
    if (c->published) publication_over(c->published);
    session_call s = {.connection = c, .text = reason};
    turn(TAG_LANE, c->lane, close_turn, &s);
    handle_take(KIND_CONNECTION, c->handle);
}

/* MARK: Questions of the session */

typedef struct operation {
    connection *connection;
    sluice_handle handle;
    sluice_auth_done done;
    void *context;
    uint32_t action;
    char stream[256];
} operation;

static void answer_turn(void *context) {
    operation *o = context;
    connection *c = o->connection;
    if (!handle_take(KIND_OPERATION, o->handle) || !c->open) return;
    loan *l = loan_open("the answer of auth ask");
    sluice_auth_answer a;
    memset(&a, 0, sizeof a);
    a.struct_size = sizeof a;
    a.decision = o->action == SLUICE_ACTION_CONNECT && c->verdict == SLUICE_VERDICT_ALLOW ? SLUICE_VERDICT_LATER : c->verdict;
    if (a.decision == SLUICE_VERDICT_ALLOW) a.grant = handle_make(KIND_GRANT, c);
    a.stream = loan_text(l, o->stream);
    if (a.decision == SLUICE_VERDICT_DENY) {
        a.reason = loan_text(l, "NO");
        a.message = loan_text(l, "not for you");
        a.http_status = 403;
    }
    const sluice_auth_answer *lent = loan_struct(l, &a);
    measured m = entering("the done of auth ask");
    o->done(o->context, lent);
    left(m);
    loan_close(l);
}

int32_t question_ask(const sluice_host *host, const sluice_auth_request *r, sluice_auth_done done, void *context,
                 sluice_handle *out, sluice_error *error) {
    if (!generation_of(host, "auth ask") || !r || !done || !out) return SLUICE_E_INVALID;
    connection *c = handle_find(KIND_CONNECTION, r->connection);
    if (!c) return say_why(error, SLUICE_E_STALE, "the connection is gone");
    check_lane("auth ask", c->lane);
    if (r->action < SLUICE_ACTION_CONNECT || r->action > SLUICE_ACTION_ADMIN || r->protocol.size == 0)
        broke(BROKE_CONTRACT, "auth ask: action %u, or no protocol", r->action);
    if (fails_now()) return say_why(error, SLUICE_E_LIMIT, "too many questions, says the conformance kit");
    operation *o = calloc(1, sizeof *o);
    if (!o) abort();
    *o = (operation){c, 0, done, context, r->action, ""};
    snprintf(o->stream, sizeof o->stream, "%.*s", (int)(r->stream.size < 255 ? r->stream.size : 255), r->stream.size ? r->stream.data : "");
    *out = o->handle = handle_make(KIND_OPERATION, o);
    c->questions++;
    post(TAG_LANE, c->lane, answer_turn, o);
    return SLUICE_OK;
}

int32_t question_cancel(const sluice_host *host, sluice_handle handle) {
    if (!generation_of(host, "auth cancel")) return SLUICE_E_INVALID;
    return handle_take(KIND_OPERATION, handle) ? SLUICE_OK : SLUICE_E_STALE;
}

/* MARK: net */

static connection *connection_of(const sluice_host *host, sluice_handle handle, const char *function, int on_lane) {
    if (!generation_of(host, function)) return NULL;
    connection *c = handle_find(KIND_CONNECTION, handle);
    if (c && on_lane) check_lane(function, c->lane);
    return c;
}

static int32_t net_send(const sluice_host *host, sluice_handle handle, sluice_bytes bytes) {
    connection *c = connection_of(host, handle, "net send", 1);
    if (!c) return SLUICE_E_STALE;
    c->sent_sum = sum_of(c->sent_sum ? c->sent_sum : SUM_START, bytes.data, bytes.size);
    c->sent_bytes += bytes.size;
    return SLUICE_OK;
}

static uint64_t net_pending(const sluice_host *host, sluice_handle handle) {
    connection_of(host, handle, "net pending", 1);
    return 0;
}

static int32_t net_close(const sluice_host *host, sluice_handle handle, uint32_t how, sluice_text reason) {
    connection *c = connection_of(host, handle, "net close", 0);
    if (!c || c->closing) return SLUICE_E_STALE;
    if (how > SLUICE_CLOSE_AFTER_FLUSH) broke(BROKE_CONTRACT, "net close: how is %u", how);
    if (reason.size == 0) broke(BROKE_REASON, "net close without a reason");
    scan_text("the reason of net close", reason);
    c->closing = 1;
    snprintf(c->reason, sizeof c->reason, "%.*s", (int)(reason.size < 250 ? reason.size : 250), reason.size ? reason.data : "");
    return SLUICE_OK;
}

static int32_t net_set_timer(const sluice_host *host, sluice_handle handle, uint64_t deadline_ns) {
    connection *c = connection_of(host, handle, "net set_timer", 1);
    if (!c) return SLUICE_E_STALE;
    c->timer_ns = deadline_ns;
    return SLUICE_OK;
}

static int32_t net_pause(const sluice_host *host, sluice_handle handle, uint32_t paused) {
    connection *c = connection_of(host, handle, "net pause", 1);
    if (!c) return SLUICE_E_STALE;
    c->paused = paused != 0;
    return SLUICE_OK;
}

static int32_t net_describe(const sluice_host *host, sluice_handle handle, const sluice_pair *pairs, uint32_t count) {
    connection *c = connection_of(host, handle, "net describe", 0);
    if (count > 16) broke(BROKE_CONTRACT, "net describe: %u keys, 16 are allowed", count);
    for (uint32_t i = 0; i < count && i < 16; i++) scan_text("a description of the session", pairs[i].value);
    return c ? SLUICE_OK : SLUICE_E_STALE;
}

const sluice_net_service net_table = {sizeof net_table, 0, net_send, net_pending, net_close, net_set_timer, net_pause, net_describe};

/* MARK: Players: the judge has no stream to play, and says so */

typedef struct attachment_turns {
    connection *connection;
    uint32_t state;
} attachment_turns;

static void attachment_turn(void *context) {
    attachment_turns *a = context;
    connection *c = a->connection;
    if (!c->open || !c->generation->protocol->attachment) return;
    loan *l = loan_open("the reason of attachment");
    sluice_text reason = loan_text(l, a->state == SLUICE_ATTACHMENT_ENDED ? "the stream is over" : "");
    c->attached = a->state == SLUICE_ATTACHMENT_ATTACHED || a->state == SLUICE_ATTACHMENT_WAITING;
    measured m = entering("attachment");
    c->generation->protocol->attachment(c->session, a->state, reason);
    left(m);
    loan_close(l);
}

static void tell_attachment(connection *c, uint32_t state) {
    attachment_turns *a = calloc(1, sizeof *a);
    if (!a) abort();
    *a = (attachment_turns){c, state};
    post(TAG_LANE, c->lane, attachment_turn, a);
}

int32_t broadcast_attach(const sluice_host *host, sluice_handle handle, const sluice_attach *request, sluice_error *error) {
    connection *c = connection_of(host, handle, "broadcast attach", 1);
    if (!c || !request) return say_why(error, SLUICE_E_STALE, "the connection is gone");
    if (c->attached) return say_why(error, SLUICE_E_STATE, "attached already");
    if (!handle_take(KIND_GRANT, request->grant)) return say_why(error, SLUICE_E_DENIED, "the grant is used up");
    if (request->head.size > 64 << 10) broke(BROKE_CONTRACT, "broadcast attach: the head is larger than 64 KiB");
    c->attaches++;
    tell_attachment(c, SLUICE_ATTACHMENT_WAITING);
    tell_attachment(c, SLUICE_ATTACHMENT_ATTACHED);
    return SLUICE_OK;
}

int32_t broadcast_detach(const sluice_host *host, sluice_handle handle) {
    connection *c = connection_of(host, handle, "broadcast detach", 1);
    if (!c) return SLUICE_E_STALE;
    if (!c->attached) return SLUICE_E_STATE;
    tell_attachment(c, SLUICE_ATTACHMENT_DETACHED);
    return SLUICE_OK;
}

/* MARK: Handover */

static int32_t checkpoint(const sluice_host *host, sluice_handle handle, sluice_bytes blob) {
    connection *c = connection_of(host, handle, "handover checkpoint", 1);
    if (!c) return SLUICE_E_STALE;
    if (blob.size > 4 << 20) return SLUICE_E_LIMIT;
    if (blob.size && !blob.data) broke(BROKE_CONTRACT, "handover checkpoint: %llu bytes at NULL", (unsigned long long)blob.size);
    return SLUICE_OK;
}

const sluice_handover_service handover_table = {sizeof handover_table, 0, 64 << 10, checkpoint};

typedef struct moving {
    connection *connection;
    generation *to;
    char *reason;
    size_t room;
    uint8_t *blob;
    size_t size;
    int calls, result;
} moving;

static void take_blob(void *context, sluice_bytes blob) {
    moving *m = context;
    m->calls++;
    m->blob = malloc(blob.size ? blob.size : 1);
    if (!m->blob) abort();
    if (blob.size) memcpy(m->blob, blob.data, blob.size);
    m->size = blob.size;
}

static int32_t export_from(moving *mv) {
    connection *c = mv->connection;
    loan *l = loan_open("the error of export_session");
    sluice_error *error = loan_error(l);
    measured m = entering("export_session");
    int32_t status = c->generation->handover->export_session(c->session, take_blob, mv, error);
    left(m);
    check_reason("export_session", status, error);
    if (status < 0 && error) snprintf(mv->reason, mv->room, "%s", error->text);
    loan_close(l);
    if (status == SLUICE_OK && mv->calls != 1) broke(BROKE_CONTRACT, "export_session called receive %d times: once is asked", mv->calls);
    return status;
}

static void move_turn(void *context) {
    moving *mv = context;
    connection *c = mv->connection;
    mv->result = export_from(mv);
    if (mv->result != SLUICE_OK) return;
    loan *l = loan_open("the arguments of import_session");
    sluice_connection_info info = info_of(l, c);
    const sluice_connection_info *lent = loan_struct(l, &info);
    sluice_bytes blob = loan_bytes(l, mv->blob, mv->size);
    void **out = loan_copy(l, &(void *){NULL}, sizeof(void *));
    sluice_error *error = loan_error(l);
    measured m = entering("import_session");
    mv->result = mv->to->handover->import_session(mv->to->instance, lent, blob, out, error);
    left(m);
    check_reason("import_session", mv->result, error);
    if (mv->result != SLUICE_OK && error) snprintf(mv->reason, mv->room, "%s", error->text);
    if (mv->result == SLUICE_OK) {
        m = entering("forget_session");
        c->generation->handover->forget_session(c->session);
        left(m);
        c->session = *out;
        c->generation = mv->to;
    }
    loan_close(l);
}

int session_hand_over(connection *c, generation *to, char *reason, size_t room) {
    moving mv = {.connection = c, .to = to, .reason = reason, .room = room};
    turn(TAG_LANE, c->lane, move_turn, &mv);
    free(mv.blob);
    return mv.result;
}
