// A sink that writes what it is given into a log of the format "raw", answers requests beside it, and dies in one of the ways that plugins
// die when a request says so: GET /{app}/{stream}/raw/die/{way}.
#define _GNU_SOURCE
#include <signal.h>
#include <sluice/sluice.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct sluice_instance {
    const sluice_host *host;
    const sluice_broadcast_service *broadcast;
    const sluice_exchange_service *exchange;
    const sluice_stream_service *stream;
    const sluice_buffer_service *buffer;
};

struct sink {
    sluice_instance *plugin;
    sluice_handle log, handle, stream;
    sluice_buffer *kept;
    uint64_t frames;
    int waits;
    char name[64];
};

static sluice_text text(const char *s) { return (sluice_text){s, strlen(s)}; }
static int is(sluice_text t, const char *s) { return t.size == strlen(s) && memcmp(t.data, s, t.size) == 0; }
static sluice_bytes bytes(const char *s) { return (sluice_bytes){(const uint8_t *)s, strlen(s)}; }

static void append(struct sink *s, const char *line, uint32_t flags) {
    s->plugin->broadcast->append(s->plugin->host, s->log, bytes(line), (sluice_bytes){0, 0}, flags);
}

static int32_t sink_open(sluice_instance *p, const sluice_sink_open *request, void **out, sluice_error *error) {
    if (is(request->name, "refuse")) {
        strcpy(error->text, "not this one");
        return SLUICE_E_FAILED;
    }
    struct sink *s = calloc(1, sizeof *s);
    s->plugin = p;
    s->log = request->log;
    s->handle = request->sink;
    s->stream = request->stream;
    snprintf(s->name, sizeof s->name, "%.*s", (int)request->name.size, request->name.data);
    p->broadcast->set_prefix(p->host, s->log, bytes("prefix;"));
    p->stream->set_attribute(p->host, s->stream, text("opened"), text("yes"));
    // A handle that is not its own has no effect.
    if (p->broadcast->append(p->host, ~s->log, bytes("stolen"), (sluice_bytes){0, 0}, 0) != SLUICE_E_STALE) abort();
    *out = s;
    return SLUICE_OK;
}

static int32_t sink_tracks(void *sink, const sluice_track *tracks, uint32_t stride, uint32_t count, uint32_t flags, sluice_error *error) {
    (void)error;
    char line[128];
    const sluice_track *last = (const sluice_track *)((const char *)tracks + (size_t)stride * (count ? count - 1 : 0));
    snprintf(line, sizeof line, "tracks %u flags %u last %u/%llu;", count, flags, count ? last->id : 0,
             count ? (unsigned long long)last->configuration.size : 0ull);
    append(sink, line, 0);
    return SLUICE_OK;
}

static void answer(sluice_instance *p, sluice_handle exchange, const char *body, size_t size) {
    sluice_response r;
    memset(&r, 0, sizeof r);
    r.struct_size = sizeof r;
    r.status = 200;
    r.body = (sluice_bytes){(const uint8_t *)body, size};
    p->exchange->respond(p->host, exchange, &r);
}

static int32_t sink_frames(void *sink, const sluice_frame *frames, uint32_t stride, uint32_t count, sluice_error *error) {
    struct sink *s = sink;
    for (uint32_t i = 0; i < count; i++) {
        const sluice_frame *f = (const sluice_frame *)((const char *)frames + (size_t)stride * i);
        if (f->data.size == 4 && !memcmp(f->data.data, "fail", 4)) {
            strcpy(error->text, "it failed");
            return SLUICE_E_FAILED;
        }
        // Kept beyond the call: the bytes stay.
        s->plugin->buffer->retain(s->plugin->host, f->buffer);
        s->plugin->buffer->release(s->plugin->host, s->kept);
        s->kept = f->buffer;
        int key = (f->flags & SLUICE_FRAME_KEY) != 0;
        char head[64];
        int n = snprintf(head, sizeof head, "%s%llu:", key ? "K" : "F", (unsigned long long)s->frames++);
        s->plugin->broadcast->append(s->plugin->host, s->log, (sluice_bytes){(const uint8_t *)head, (uint64_t)n}, f->data,
                                     (key ? SLUICE_RECORD_JOIN : 0) | SLUICE_RECORD_VIDEO);
        if (key && s->waits) {
            sluice_response r;
            memset(&r, 0, sizeof r);
            r.struct_size = sizeof r;
            r.status = 200;
            r.body = f->data;
            s->plugin->exchange->release(s->plugin->host, s->handle, text("key"), &r);
            s->waits = 0;
        }
    }
    return SLUICE_OK;
}

static void sink_publisher(void *sink, uint32_t state) { append(sink, state == SLUICE_SINK_PUBLISHER_LOST ? "lost;" : "back;", 0); }

static void sink_attributes(void *sink, const sluice_pair *pairs, uint32_t count) {
    char line[128];
    snprintf(line, sizeof line, "attributes %u %.*s;", count, count ? (int)pairs[0].key.size : 0, count ? pairs[0].key.data : "");
    append(sink, line, 0);
}

static void sink_close(void *sink, sluice_text reason) {
    struct sink *s = sink;
    (void)reason;
    s->plugin->buffer->release(s->plugin->host, s->kept);
    free(s);
}

static const sluice_log_format formats[] = {{{"raw", 3}, {"", 0}}};
static const sluice_sink_interface sink_interface = {
    sizeof(sluice_sink_interface), SLUICE_SINK_OPENS_WITH_STREAM, formats, 1, sizeof(sluice_log_format), sink_open, sink_tracks,
    sink_frames, sink_publisher, sink_attributes, sink_close};

// The ring to the host, behind the library's back.
static void scribble(sluice_text how) {
    struct stat s;
    if (fstat(6, &s) != 0) abort();
    uint8_t *ring = mmap(NULL, (size_t)s.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, 6, 0);
    if (ring == MAP_FAILED) abort();
    if (is(how, "head")) *(volatile uint64_t *)ring = 13;
    if (is(how, "far")) *(volatile uint64_t *)ring += 1ull << 40;
    if (is(how, "bytes")) {
        for (size_t i = 4096; i < (size_t)s.st_size; i += 4) *(volatile uint32_t *)(ring + i) = 0x7FFFFFFF;
        *(volatile uint64_t *)ring += 4096;
    }
    if (is(how, "tag")) {
        uint64_t head = *(volatile uint64_t *)ring;
        uint8_t *place = ring + 4096 + head % ((uint64_t)s.st_size - 4096);
        *(volatile uint32_t *)place = 8;
        *(volatile uint32_t *)(place + 4) = 999;
        *(volatile uint64_t *)ring = head + 16;
    }
    if (is(how, "fields")) {
        // An append for an object that may exist, with lengths that can't be.
        uint64_t head = *(volatile uint64_t *)ring;
        uint8_t *place = ring + 4096 + head % ((uint64_t)s.st_size - 4096);
        *(volatile uint32_t *)place = 16;
        *(volatile uint32_t *)(place + 4) = 273;
        *(volatile uint64_t *)(place + 8) = 1;
        *(volatile uint64_t *)(place + 16) = ~0ull;
        *(volatile uint64_t *)ring = head + 24;
    }
    uint64_t one = 1;
    if (write(8, &one, 8) != 8) abort();
    sleep(5);
}

static void die(sluice_text way) {
    if (is(way, "abort")) abort();
    if (is(way, "exit")) exit(3);
    if (is(way, "null")) *(volatile int *)8 = 1;
    if (is(way, "gigabytes")) memset(malloc(2ull << 30), 1, 2ull << 30);
    if (is(way, "loop")) {
        for (volatile int i = 0;; i++) {
        }
    }
    scribble(way);
}

static sluice_text parameter(const sluice_request *r, const char *name) {
    for (uint32_t i = 0; i < r->parameter_count; i++) {
        if (is(r->parameters[i].key, name)) return r->parameters[i].value;
    }
    return (sluice_text){"", 0};
}

static int32_t handle(sluice_instance *p, const sluice_request *request, void *sink, sluice_error *error) {
    struct sink *s = sink;
    if (request->route == 0) {
        sluice_attach a;
        memset(&a, 0, sizeof a);
        a.struct_size = sizeof a;
        a.format = text("raw");
        a.head = bytes("head;");
        sluice_response r;
        memset(&r, 0, sizeof r);
        r.struct_size = sizeof r;
        r.status = 200;
        return p->exchange->attach(p->host, request->exchange, &a, &r, 0, error);
    }
    if (!s) abort();
    if (request->route == 1) {
        answer(p, request->exchange, "dies", 4);
        die(parameter(request, "way"));
        return SLUICE_OK;
    }
    if (request->route == 2) {
        s->waits = 1;
        return p->exchange->park(p->host, request->exchange, text("key"), 0);
    }
    if (request->route == 4) {
        char line[64];
        answer(p, request->exchange, line, (size_t)snprintf(line, sizeof line, "%s %llu", s->name, (unsigned long long)s->frames));
        return SLUICE_OK;
    }
    sluice_text wanted = parameter(request, "size");
    char digits[32];
    snprintf(digits, sizeof digits, "%.*s", (int)wanted.size, wanted.data);
    size_t size = strtoul(digits, NULL, 10);
    char *body = malloc(size ? size : 1);
    for (size_t i = 0; i < size; i++) body[i] = (char)('a' + i % 23);
    answer(p, request->exchange, body, size);
    free(body);
    return SLUICE_OK;
}

#define PATTERN(s) {s, sizeof s - 1}
static const sluice_route routes[] = {
    {sizeof(sluice_route), SLUICE_ROUTE_MEDIA, {"GET", 3}, PATTERN("/{app}/{stream}.raw"), SLUICE_ROUTE_AUTH_PLAY, 0},
    {sizeof(sluice_route), SLUICE_ROUTE_MEDIA, {"GET", 3}, PATTERN("/{app}/{stream}/raw/die/{way}"), SLUICE_ROUTE_SINK, 0},
    {sizeof(sluice_route), SLUICE_ROUTE_MEDIA, {"GET", 3}, PATTERN("/{app}/{stream}/raw/wait"), SLUICE_ROUTE_SINK, 0},
    {sizeof(sluice_route), SLUICE_ROUTE_MEDIA, {"GET", 3}, PATTERN("/{app}/{stream}/raw/big/{size}"), SLUICE_ROUTE_SINK, 0},
    {sizeof(sluice_route), SLUICE_ROUTE_MEDIA, {"GET", 3}, PATTERN("/{app}/{stream}/raw/who"), SLUICE_ROUTE_SINK, 0},
};
static const sluice_routes_interface routes_interface = {
    sizeof(sluice_routes_interface), sizeof(sluice_route), routes, sizeof routes / sizeof *routes, 0, handle};

static int32_t export_sink(void *sink, sluice_blob_receiver receive, void *context, sluice_error *error) {
    struct sink *s = sink;
    (void)error;
    char blob[64];
    snprintf(blob, sizeof blob, "%llu", (unsigned long long)s->frames);
    receive(context, bytes(blob));
    return SLUICE_OK;
}

static int32_t import_sink(sluice_instance *p, const sluice_sink_open *request, sluice_bytes blob, void **out, sluice_error *error) {
    if (blob.size == 0 || blob.data[0] < '0' || blob.data[0] > '9') {
        strcpy(error->text, "no number");
        return SLUICE_E_INVALID;
    }
    struct sink *s = calloc(1, sizeof *s);
    s->plugin = p;
    s->log = request->log;
    s->handle = request->sink;
    s->stream = request->stream;
    snprintf(s->name, sizeof s->name, "%.*s", (int)request->name.size, request->name.data);
    char digits[32];
    snprintf(digits, sizeof digits, "%.*s", (int)blob.size, (const char *)blob.data);
    s->frames = strtoull(digits, NULL, 10);
    *out = s;
    return SLUICE_OK;
}

static void forget_sink(void *sink) { sink_close(sink, text("")); }

static const sluice_handover_interface handover_interface = {
    .struct_size = sizeof(sluice_handover_interface), .export_sink = export_sink, .import_sink = import_sink,
    .forget_sink = forget_sink};

static int32_t create(const sluice_host *host, sluice_instance **instance, sluice_error *error) {
    (void)error;
    sluice_instance *p = calloc(1, sizeof *p);
    p->host = host;
    p->broadcast = host->get_service(host, SLUICE_SERVICE_BROADCAST);
    p->exchange = host->get_service(host, SLUICE_SERVICE_EXCHANGE);
    p->stream = host->get_service(host, SLUICE_SERVICE_STREAM);
    p->buffer = host->get_service(host, SLUICE_SERVICE_BUFFER);
    if (!p->broadcast || !p->exchange || !p->stream || !p->buffer) return SLUICE_E_DENIED;
    *instance = p;
    return SLUICE_OK;
}

static const void *get_interface(sluice_instance *p, const char *id) {
    (void)p;
    if (!strcmp(id, SLUICE_INTERFACE_SINK)) return &sink_interface;
    if (!strcmp(id, SLUICE_INTERFACE_ROUTES)) return &routes_interface;
    if (!strcmp(id, SLUICE_INTERFACE_HANDOVER)) return &handover_interface;
    return NULL;
}

static void destroy(sluice_instance *p) { free(p); }

static const char *const interfaces[] = {SLUICE_INTERFACE_SINK, SLUICE_INTERFACE_ROUTES, SLUICE_INTERFACE_HANDOVER};

static const sluice_module module = {
    .struct_size = sizeof module,
    .abi_major = SLUICE_ABI_MAJOR,
    .abi_minor = SLUICE_ABI_MINOR,
    .id = {"media", 5},
    .version = {"1.0.0", 5},
    .description = {"writes what it is given", 23},
    .interfaces = interfaces,
    .interface_count = sizeof interfaces / sizeof *interfaces,
    .create = create,
    .get_interface = get_interface,
    .destroy = destroy,
};

SLUICE_EXPORT const sluice_module *sluice_module_v1(const sluice_hello *hello, sluice_error *error) {
    (void)hello, (void)error;
    return &module;
}
