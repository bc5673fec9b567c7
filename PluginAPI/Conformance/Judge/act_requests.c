/* HTTP requests, commands and events; the services exchange and command that answer them. */
#include "services.h"

#include <stdio.h>

/* MARK: exchange */

static exchange *exchange_of(const sluice_host *host, sluice_handle handle, const char *function) {
    if (!generation_of(host, function)) return NULL;
    exchange *e = handle_find(KIND_EXCHANGE, handle);
    return e && !e->parked && !e->attached ? e : NULL;
}

static void check_response(const char *function, const sluice_response *r) {
    if (r->status < 200 || r->status > 599) broke(BROKE_RESPONSE, "%s: the status is %u", function, r->status);
    if (r->header_count && !r->headers) broke(BROKE_RESPONSE, "%s: %u headers and no list", function, r->header_count);
    for (uint32_t i = 0; i < r->header_count && r->headers; i++) {
        sluice_text value = r->headers[i].value;
        if (r->headers[i].key.size == 0) broke(BROKE_RESPONSE, "%s: a header without a name", function);
        if (value.size && (memchr(value.data, '\n', value.size) || memchr(value.data, '\r', value.size)))
            broke(BROKE_RESPONSE, "%s: a line end lies in a header's value", function);
    }
}

static int32_t answered(exchange *e, const char *function, const sluice_response *r) {
    check_response(function, r);
    if (__atomic_fetch_add(&e->responses, 1, __ATOMIC_SEQ_CST) > 0) {
        broke(BROKE_RESPONSE, "%s: the request was answered before", function);
        return SLUICE_E_STALE;
    }
    e->status = r->status;
    return SLUICE_OK;
}

static int32_t respond(const sluice_host *host, sluice_handle handle, const sluice_response *r) {
    exchange *e = exchange_of(host, handle, "exchange respond");
    if (!e || !r) return SLUICE_E_STALE;
    int32_t status = answered(e, "exchange respond", r);
    if (r->body.size && !r->body.data) broke(BROKE_RESPONSE, "exchange respond: a body of %llu bytes at NULL", (unsigned long long)r->body.size);
    if (status == SLUICE_OK) e->ended = 1;
    return status;
}

static int32_t begin(const sluice_host *host, sluice_handle handle, const sluice_response *r) {
    exchange *e = exchange_of(host, handle, "exchange begin");
    if (!e || !r) return SLUICE_E_STALE;
    int32_t status = answered(e, "exchange begin", r);
    if (status == SLUICE_OK) e->began = 1;
    return status;
}

static int32_t write_piece(const sluice_host *host, sluice_handle handle, sluice_bytes bytes) {
    exchange *e = exchange_of(host, handle, "exchange write");
    (void)bytes;
    if (!e || e->ended) return SLUICE_E_STALE;
    if (!e->began) broke(BROKE_RESPONSE, "exchange write before begin");
    return SLUICE_OK;
}

static int32_t end(const sluice_host *host, sluice_handle handle) {
    exchange *e = exchange_of(host, handle, "exchange end");
    if (!e || e->ended) return SLUICE_E_STALE;
    if (!e->began) broke(BROKE_RESPONSE, "exchange end before begin");
    e->ended = 1;
    return SLUICE_OK;
}

#define MOST_PARKED 256
static exchange *parked[MOST_PARKED];

static int32_t park(const sluice_host *host, sluice_handle handle, sluice_text key, uint64_t deadline_ns) {
    exchange *e = exchange_of(host, handle, "exchange park");
    (void)deadline_ns;
    if (!e) return SLUICE_E_STALE;
    if (key.size == 0 || key.size > 128) broke(BROKE_RESPONSE, "exchange park: a key of 1 to 128 bytes is wanted");
    if (fails_now()) return SLUICE_E_LIMIT;
    e->parked = 1;
    snprintf(e->key, sizeof e->key, "%.*s", (int)(key.size < 128 ? key.size : 128), key.data);
    for (int i = 0; i < MOST_PARKED; i++) {
        if (parked[i]) continue;
        parked[i] = e;
        return SLUICE_OK;
    }
    return SLUICE_E_LIMIT;
}

static int64_t release(const sluice_host *host, sluice_handle sink, sluice_text key, const sluice_response *r) {
    if (!generation_of(host, "exchange release") || !r) return SLUICE_E_INVALID;
    sink_record *s = handle_find(KIND_SINK, sink);
    if (!s) return SLUICE_E_STALE;
    check_lane("exchange release", s->lane);
    check_response("exchange release", r);
    int64_t count = 0;
    for (int i = 0; i < MOST_PARKED; i++) {
        exchange *e = parked[i];
        if (!e || e->sink != s || strlen(e->key) != key.size || memcmp(e->key, key.data, key.size) != 0) continue;
        parked[i] = NULL;
        e->responses++;
        e->ended = 1;
        e->status = r->status;
        count++;
    }
    return count;
}

static int32_t attach(const sluice_host *host, sluice_handle handle, const sluice_attach *request, const sluice_response *r,
                      uint32_t websocket, sluice_error *error) {
    exchange *e = exchange_of(host, handle, "exchange attach");
    (void)websocket;
    if (!e || !request || !r) return say_why(error, SLUICE_E_STALE, "the request is over");
    int32_t status = answered(e, "exchange attach", r);
    e->attached = e->ended = 1;
    return status;
}

const sluice_exchange_service exchange_table = {sizeof exchange_table, 0, respond, begin, write_piece, end, park, release, attach};

/* MARK: Requests */

typedef struct asking {
    exchange *exchange;
    uint32_t route;
    unsigned variant;
    uint64_t *random;
} asking;

static sluice_text random_text(loan *l, uint64_t *random, size_t most) {
    char bytes[4096];
    size_t size = next_random(random) % most;
    for (size_t i = 0; i < size; i++) bytes[i] = (char)next_random(random);
    return loan_text_of(l, bytes, size);
}

/* {app} and {stream} are names that the host has checked; other parts of a pattern are what the client wrote. */
static uint32_t fill_parameters(loan *l, const asking *a, sluice_text pattern, sluice_pair *pairs, char *path, size_t room) {
    uint32_t count = 0;
    size_t size = 0;
    for (uint64_t i = 0; i < pattern.size && size + 64 < room; i++) {
        if (pattern.data[i] != '{') {
            path[size++] = pattern.data[i];
            continue;
        }
        const char *close = memchr(pattern.data + i, '}', pattern.size - i);
        if (!close || count == 16) break;
        size_t length = (size_t)(close - pattern.data) - i - 1;
        const char *name = pattern.data + i + 1;
        const char *value = length == 3 && memcmp(name, "app", 3) == 0 ? "live" : length == 6 && memcmp(name, "stream", 6) == 0 ? "cam" : "0";
        pairs[count].key = loan_text_of(l, name, length);
        pairs[count++].value = a->variant == 2 && *value == '0' ? random_text(l, a->random, 64) : loan_text(l, value);
        size += (size_t)snprintf(path + size, room - size, "%s", value);
        i += length + 1;
    }
    path[size] = 0;
    return count;
}

static const sluice_route *route_at(const generation *g, uint32_t index) {
    uint32_t stride = g->routes->route_stride ? g->routes->route_stride : (uint32_t)sizeof(sluice_route);
    return (const sluice_route *)(const void *)((const char *)g->routes->routes + (size_t)index * stride);
}

static void fill(loan *l, const asking *a, const sluice_route *route, sluice_request *r) {
    static const char *const headers[] = {"host", "media.example", "user-agent", "conformance", NULL};
    static const char *const query[] = {"a", "1", "token", SECRET, NULL};
    sluice_pair parameters[16];
    char path[1024];
    r->route = a->route;
    r->exchange = a->exchange->handle;
    const char *space = memchr(route->methods.data, ' ', route->methods.size);
    r->method = loan_text_of(l, route->methods.data, space ? (size_t)(space - route->methods.data) : route->methods.size);
    r->parameter_count = fill_parameters(l, a, route->pattern, parameters, path, sizeof path);
    r->parameters = loan_copy(l, parameters, r->parameter_count * sizeof *parameters);
    r->path = loan_text(l, path);
    if (a->variant) {
        r->query = loan_text(l, "a=1&token=" SECRET);
        r->query_pairs = loan_pairs(l, query, &r->query_count);
        r->child_prefix = loan_text(l, "~conformance/");
    }
    r->headers = loan_pairs(l, headers, &r->header_count);
    if (a->variant == 2) {
        sluice_text body = random_text(l, a->random, 4096);
        r->body = (sluice_bytes){(const uint8_t *)body.data, body.size};
        r->query = random_text(l, a->random, 1024);
        sluice_pair pairs[8];
        for (r->query_count = 0; r->query_count < 8; r->query_count++) {
            pairs[r->query_count] = (sluice_pair){random_text(l, a->random, 64), random_text(l, a->random, 256)};
        }
        r->query_pairs = loan_copy(l, pairs, sizeof pairs);
    }
    r->peer_address = loan_text(l, "192.0.2.7");
    r->now_ns = now_ns();
}

static void handle_turn(void *context) {
    asking *a = context;
    exchange *e = a->exchange;
    generation *g = e->generation;
    loan *l = loan_open("the request of handle");
    sluice_request r;
    memset(&r, 0, sizeof r);
    r.struct_size = sizeof r;
    fill(l, a, route_at(g, a->route), &r);
    const sluice_request *lent = loan_struct(l, &r);
    sluice_error *error = loan_error(l);
    measured m = entering("handle");
    int32_t status = g->routes->handle(g->instance, lent, e->sink ? e->sink->pointer : NULL, error);
    left(m);
    check_reason("handle", status, error);
    if (status != SLUICE_OK) {
        if (e->responses) broke(BROKE_RESPONSE, "handle answered and then failed with status %d", status);
        e->status = 500;
        e->ended = 1;
        e->responses++;
    }
    loan_close(l);
}

exchange *request_route(generation *g, uint32_t route, sink_record *sink, unsigned variant, uint64_t *random) {
    exchange *e = calloc(1, sizeof *e);
    if (!e) abort();
    e->generation = g;
    e->sink = sink;
    e->handle = handle_make(KIND_EXCHANGE, e);
    asking a = {e, route, variant, random};
    const sluice_route *r = route_at(g, route);
    uint64_t lane = sink ? sink->lane : (1u << 30) + route;
    turn(r->listener == SLUICE_ROUTE_ADMIN ? TAG_CONTROL : TAG_LANE, lane, handle_turn, &a);
    return e;
}

int is_answered(void *pointer) {
    const exchange *e = pointer;
    return e->responses > 0 || e->parked;
}

/* MARK: Commands */

static int32_t reply(const sluice_host *host, sluice_handle call, int32_t code, sluice_text output, sluice_text errors) {
    if (!generation_of(host, "command reply")) return SLUICE_E_INVALID;
    (void)code;
    (void)output;
    (void)errors;
    command_call *c = handle_find(KIND_COMMAND, call);
    if (!c) return SLUICE_E_STALE;
    if (__atomic_fetch_add(&c->replies, 1, __ATOMIC_SEQ_CST) > 0 || c->refused) {
        broke(BROKE_RESPONSE, "command reply: the command was answered before");
        return SLUICE_E_STALE;
    }
    return SLUICE_OK;
}

const sluice_command_service command_table = {sizeof command_table, 0, reply};

typedef struct running {
    generation *generation;
    command_call *call;
    unsigned argc;
    const char *const *argv;
} running;

static void run_turn(void *context) {
    running *r = context;
    loan *l = loan_open("the arguments of a command");
    sluice_text words[256];
    for (unsigned i = 0; i < r->argc && i < 256; i++) words[i] = loan_text(l, r->argv[i]);
    const sluice_text *lent = loan_copy(l, words, r->argc * sizeof *words);
    sluice_error *error = loan_error(l);
    measured m = entering("command run");
    int32_t status = r->generation->command->run(r->generation->instance, handle_make(KIND_COMMAND, r->call), lent, r->argc, error);
    left(m);
    check_reason("command run", status, error);
    if (status != SLUICE_OK) r->call->refused = 1;
    loan_close(l);
}

command_call *run_command(generation *g, unsigned argc, const char *const *argv) {
    command_call *c = calloc(1, sizeof *c);
    if (!c) abort();
    running r = {g, c, argc, argv};
    turn(TAG_CONTROL, 0, run_turn, &r);
    return c;
}

int is_replied(void *pointer) {
    const command_call *c = pointer;
    return c->replies > 0 || c->refused;
}

/* MARK: Events and the plugin's own test */

typedef struct telling {
    generation *generation;
    const char *type, *json;
    int32_t status;
} telling;

static void event_turn(void *context) {
    telling *t = context;
    loan *l = loan_open("the texts of an event");
    sluice_text type = loan_text(l, t->type), json = loan_text(l, t->json);
    measured m = entering("event");
    t->generation->observer->event(t->generation->instance, type, json);
    left(m);
    loan_close(l);
}

void tell_event(generation *g, const char *type, const char *json) {
    telling t = {g, type, json, 0};
    turn(TAG_CONTROL, 0, event_turn, &t);
}

static void selftest_turn(void *context) {
    telling *t = context;
    loan *l = loan_open("the error of selftest");
    sluice_error *error = loan_error(l);
    measured m = entering("selftest run");
    t->status = t->generation->selftest->run(t->generation->instance, error);
    left(m);
    check_reason("selftest run", t->status, error);
    if (t->status != SLUICE_OK && error) memcpy(t->generation->reason, error->text, sizeof error->text);
    loan_close(l);
}

int32_t run_selftest(generation *g) {
    telling t = {g, NULL, NULL, 0};
    turn(TAG_CONTROL, 0, selftest_turn, &t);
    return t.status;
}
