/*
 * A transform and a source that are wrong in one thing each, as in bad.c:
 *
 *   NEVER_ENDS NEVER_TAKES MIXES_TRACKS KEEPS_FRAMES GOES_BACK NO_TRACKS
 *
 * With none of them: a transform that hands out what it got, one batch late, and a source of small pictures.
 */
#include <sluice/draft/drafts.h>
#include <sluice/sluice.h>
#include <stdlib.h>
#include <string.h>

struct sluice_instance {
    const sluice_host *host;
    const sluice_buffer_service *buffer;
    const sluice_transform_service *transform;
    const sluice_stream_service *stream;
    const sluice_source_service *source;
};

/* MARK: Transform */

#define ROOM 16

typedef struct transform {
    sluice_instance *instance;
    sluice_handle handle;
    sluice_frame kept[ROOM];
    uint32_t count;
    int flushed;
} transform;

static int32_t transform_open(sluice_instance *p, const sluice_transform_open *request, void **out, sluice_error *error) {
    (void)error;
    transform *t = calloc(1, sizeof *t);
    if (!t) return SLUICE_E_LIMIT;
    t->instance = p;
    t->handle = request->transform;
    *out = t;
    return SLUICE_OK;
}

static int32_t negotiate(void *pointer, const sluice_track *tracks, uint32_t stride, uint32_t count, uint32_t flags,
                         sluice_error *error) {
    transform *t = pointer;
    (void)flags;
    t->flushed = 0;
    sluice_transform_output output = {sizeof output, count, tracks, stride, 0, {"copy", 4}};
#ifdef MIXES_TRACKS
    output.track_count = 1;
#endif
    return t->instance->transform->set_outputs(t->instance->host, t->handle, &output, sizeof output, 1, error);
}

static int32_t send(void *pointer, const sluice_frame *frames, uint32_t stride, uint32_t count, sluice_error *error) {
    transform *t = pointer;
    (void)error;
#ifdef NEVER_TAKES
    return SLUICE_AGAIN;
#endif
    if (t->count + count > ROOM) return SLUICE_AGAIN;
    for (uint32_t i = 0; i < count; i++) {
        /* What is known of a frame, and no more: its struct may be larger. */
        memcpy(&t->kept[t->count], (const char *)frames + (size_t)i * stride, sizeof(sluice_frame));
        t->kept[t->count].struct_size = sizeof(sluice_frame);
        t->kept[t->count].side_data_count = 0;
        t->instance->buffer->retain(t->instance->host, t->kept[t->count++].buffer);
    }
    return SLUICE_OK;
}

static int32_t receive(void *pointer, sluice_transform_receiver receiver, void *context, sluice_error *error) {
    transform *t = pointer;
    (void)error;
    if (t->count == 0) {
#ifdef NEVER_ENDS
        return SLUICE_AGAIN;
#endif
        return t->flushed ? SLUICE_TRANSFORM_END : SLUICE_AGAIN;
    }
    receiver(context, 0, t->kept, sizeof *t->kept, t->count);
#ifndef KEEPS_FRAMES
    for (uint32_t i = 0; i < t->count; i++) t->instance->buffer->release(t->instance->host, t->kept[i].buffer);
#endif
    t->count = 0;
    return SLUICE_OK;
}

static int32_t flush(void *pointer, sluice_error *error) {
    (void)error;
    ((transform *)pointer)->flushed = 1;
    return SLUICE_OK;
}

static void transform_close(void *pointer, sluice_text reason) {
    transform *t = pointer;
    (void)reason;
    for (uint32_t i = 0; i < t->count; i++) t->instance->buffer->release(t->instance->host, t->kept[i].buffer);
    free(t);
}

static const sluice_transform_interface transform_table = {
    sizeof transform_table, 0, transform_open, negotiate, send, receive, flush, NULL, transform_close};

/* MARK: Source */

typedef struct source {
    sluice_instance *instance;
    sluice_handle handle, stream;
    int64_t time;
} source;

static int32_t source_open(sluice_instance *p, const sluice_source_open *request, void **out, sluice_error *error) {
    source *s = calloc(1, sizeof *s);
    if (!s) return SLUICE_E_LIMIT;
    s->instance = p;
    s->handle = request->source;
    s->stream = request->stream;
    sluice_track track;
    memset(&track, 0, sizeof track);
    track.struct_size = sizeof track;
    track.kind = SLUICE_TRACK_VIDEO;
    track.codec = SLUICE_FOURCC('a', 'v', 'c', '1');
    track.timescale = 1000;
#ifndef NO_TRACKS
    if (p->stream->set_tracks(p->host, s->stream, &track, sizeof track, 1, error) != SLUICE_OK) {
        free(s);
        return SLUICE_E_FAILED;
    }
#endif
    p->source->set_timer(p->host, s->handle, request->now_ns + 40000000u);
    *out = s;
    return SLUICE_OK;
}

static int32_t source_timer(void *pointer, uint64_t now_ns, sluice_error *error) {
    static const uint8_t picture[] = {0, 0, 0, 2, 0x65, 0x88};
    source *s = pointer;
    (void)error;
    sluice_frame f;
    memset(&f, 0, sizeof f);
    f.struct_size = sizeof f;
    s->time += 40;
    f.pts = f.dts = s->time;
#ifdef GOES_BACK
    if (s->time == 400) f.dts = 40;
#endif
    f.flags = SLUICE_FRAME_KEY;
    f.data = (sluice_bytes){picture, sizeof picture};
    s->instance->stream->push(s->instance->host, s->stream, &f, sizeof f, 1);
    s->instance->source->set_timer(s->instance->host, s->handle, now_ns + 40000000u);
    return SLUICE_OK;
}

static void source_close(void *pointer, sluice_text reason) {
    (void)reason;
    free(pointer);
}

static const sluice_source_interface source_table = {sizeof source_table, 0, source_open, source_timer, source_close};

/* MARK: Life */

static int32_t create(const sluice_host *host, sluice_instance **out, sluice_error *error) {
    sluice_instance *p = calloc(1, sizeof *p);
    if (!p) return SLUICE_E_LIMIT;
    p->host = host;
    p->buffer = host->get_service(host, SLUICE_SERVICE_BUFFER);
    p->transform = host->get_service(host, SLUICE_SERVICE_TRANSFORM);
    p->stream = host->get_service(host, SLUICE_SERVICE_STREAM);
    p->source = host->get_service(host, SLUICE_SERVICE_SOURCE);
    if (!p->buffer || !p->transform || !p->stream || !p->source) {
        free(p);
        if (error) strncpy(error->text, "it needs buffer, stream, transform and source", sizeof error->text - 1);
        return SLUICE_E_DENIED;
    }
    *out = p;
    return SLUICE_OK;
}

static const void *get_interface(sluice_instance *p, const char *id) {
    (void)p;
    if (!strcmp(id, SLUICE_INTERFACE_TRANSFORM)) return &transform_table;
    if (!strcmp(id, SLUICE_INTERFACE_SOURCE)) return &source_table;
    return NULL;
}

static void destroy(sluice_instance *p) { free(p); }

static const char *const interfaces[] = {SLUICE_INTERFACE_TRANSFORM, SLUICE_INTERFACE_SOURCE};

static const sluice_module module = {
    .struct_size = sizeof module,
    .abi_major = SLUICE_ABI_MAJOR,
    .abi_minor = SLUICE_ABI_MINOR,
    .id = {"media", 5},
    .version = {"1.0.0", 5},
    .description = {"media that is wrong in one thing", 32},
    .interfaces = interfaces,
    .interface_count = 2,
    .create = create,
    .get_interface = get_interface,
    .destroy = destroy,
};

SLUICE_EXPORT const sluice_module *sluice_module_v1(const sluice_hello *hello, sluice_error *error) {
    if (hello->abi_major == SLUICE_ABI_MAJOR) return &module;
    if (error) strncpy(error->text, "it needs a host of ABI 1", sizeof error->text - 1);
    return NULL;
}
