/*
 * A plugin in C that makes two streams of one: "copy", which is the input, and "keys", which has of video the key frames only.
 *
 * Settings of its step, all integers, 0 by default:
 *   delay        so many frames stay inside until the flush, as in an encoder that looks ahead
 *   room         so many frames fit inside; a batch beyond is not taken
 *   fail_after   send fails after so many frames      die_after   the process ends itself after so many
 *   refuse       negotiate answers "unsupported"
 *   still        1: a still picture and a report are given; 2: such that are none; both when the tracks come
 *   players      a report of what the app's outputs play is given when it is opened
 *   resumes      it goes on behind what a failed one gave, as an encoder would: with a key frame; reports from where, by output and track.
 *                Only the first of a plugin then fails by fail_after or die_after
 *   recode       1: "copy" says that its pictures are HEVC; 2: the same, and the outputs are named with the first frames only
 *   later        what comes out is announced by `ready`, from a worker, not handed out at once
 *
 * KIND 1 puts a byte behind each frame · 2 refuses to open · 0 does neither
 */
#include <sluice/draft/drafts.h>
#include <sluice/sluice.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef KIND
#define KIND 0
#endif

struct sluice_instance {
    const sluice_host *host;
    const sluice_buffer_service *buffer;
    const sluice_transform_service *service;
    const sluice_task_service *task;
    int opened;
};

#define ROOM 512

typedef struct transform {
    sluice_instance *instance;
    sluice_handle handle;
    long delay, room, fail_after, die_after, refuse, later, still, recode;
    sluice_track tracks[8];
    uint32_t track_count;
    long taken;
    int resumes;
    int64_t behind; /* a key frame of video is put in behind it */
    uint64_t video; /* bit per track */
    int flushed, announced;
    sluice_frame kept[ROOM];
    size_t count;
} transform;

static long number(sluice_text json, const char *key) {
    char word[64], text[1024];
    size_t size = json.size < sizeof text - 1 ? (size_t)json.size : sizeof text - 1;
    memcpy(text, json.data, size);
    text[size] = 0;
    snprintf(word, sizeof word, "\"%s\":", key);
    const char *found = strstr(text, word);
    return found ? strtol(found + strlen(word), NULL, 10) : 0;
}

static int32_t fail(sluice_error *error, int32_t code, const char *text) {
    if (error) strncpy(error->text, text, sizeof error->text - 1);
    return code;
}

/* {"OUTPUT":"codecs"} */
static void report_players(transform *t, const sluice_transform_open *request) {
    char text[512] = "{";
    size_t size = 1;
    for (uint32_t i = 0; i < request->player_count; i++) {
        const sluice_transform_player *one =
            (const void *)((const char *)request->players + (size_t)i * request->player_stride);
        size += (size_t)snprintf(text + size, sizeof text - size, "%s\"%.*s\":\"", i ? "," : "", (int)one->output.size,
                                 one->output.data);
        for (uint32_t k = 0; k < one->codec_count; k++) {
            uint32_t codec = one->codecs[k];
            size += (size_t)snprintf(text + size, sizeof text - size, "%c%c%c%c ", (int)(codec >> 24), (int)(codec >> 16 & 255),
                                     (int)(codec >> 8 & 255), (int)(codec & 255));
        }
        size += (size_t)snprintf(text + size, sizeof text - size, "\"");
    }
    size += (size_t)snprintf(text + size, sizeof text - size, "}");
    t->instance->service->set_report(t->instance->host, t->handle, (sluice_text){text, size});
}

/* {"OUTPUT 0":120} */
static void resume(transform *t, const sluice_transform_open *request) {
    char text[512] = "{";
    size_t size = 1;
    for (uint32_t i = 0; i < request->resume_count; i++) {
        const sluice_transform_resume *one =
            (const void *)((const char *)request->resumes + (size_t)i * request->resume_stride);
        size += (size_t)snprintf(text + size, sizeof text - size, "%s\"%.*s %u\":%lld", i ? "," : "", (int)one->label.size,
                                 one->label.data, one->track, (long long)one->pts);
        if (!t->resumes || one->pts > t->behind) t->behind = one->pts;
        t->resumes = 1;
    }
    size += (size_t)snprintf(text + size, sizeof text - size, "}");
    t->instance->service->set_report(t->instance->host, t->handle, (sluice_text){text, size});
}

static int32_t open_transform(sluice_instance *instance, const sluice_transform_open *request, void **out, sluice_error *error) {
    if (KIND == 2) return fail(error, SLUICE_E_FAILED, "not today");
    transform *t = calloc(1, sizeof *t);
    if (!t) return SLUICE_E_LIMIT;
    t->instance = instance;
    t->handle = request->transform;
    t->delay = number(request->settings_json, "delay");
    t->room = number(request->settings_json, "room");
    t->fail_after = number(request->settings_json, "fail_after");
    t->die_after = number(request->settings_json, "die_after");
    t->refuse = number(request->settings_json, "refuse");
    t->later = number(request->settings_json, "later");
    t->still = number(request->settings_json, "still");
    t->recode = number(request->settings_json, "recode");
    if (number(request->settings_json, "players")) report_players(t, request);
    if (number(request->settings_json, "resumes")) {
        if (instance->opened++) t->fail_after = t->die_after = 0;
        resume(t, request);
    }
    if (t->room <= 0 || t->room > ROOM) t->room = ROOM;
    *out = t;
    return SLUICE_OK;
}

/* Of what outlives negotiate: codec, kind and timescale. */
static int32_t name_recoded(transform *t, sluice_error *error) {
    sluice_transform_output output = {sizeof output, t->track_count, t->tracks, sizeof t->tracks[0], 0, {"copy", 4}};
    t->track_count = 0;
    return t->instance->service->set_outputs(t->instance->host, t->handle, &output, sizeof output, 1, error);
}

static int32_t negotiate(void *pointer, const sluice_track *tracks, uint32_t stride, uint32_t count, uint32_t flags,
                         sluice_error *error) {
    transform *t = pointer;
    (void)flags;
    if (t->refuse) return fail(error, SLUICE_E_UNSUPPORTED, "not these tracks");
    t->video = 0;
    t->flushed = 0;
    if (t->still) {
        static const uint8_t picture[] = {0xff, 0xd8, 'x', 0xff, 0xd9};
        const sluice_host *host = t->instance->host;
        sluice_bytes given = {picture + t->still - 1, sizeof picture - (size_t)t->still + 1};
        int32_t first = t->instance->service->set_still(host, t->handle, given);
        int32_t second = t->instance->service->set_report(
            host, t->handle, t->still == 1 ? (sluice_text){"{\"speed\":2}", 11} : (sluice_text){"[1]", 3});
        if (t->still == 2 && (first != SLUICE_E_INVALID || second != SLUICE_E_INVALID)) return fail(error, SLUICE_E_FAILED, "taken");
    }
    for (uint32_t i = 0; i < count; i++) {
        const sluice_track *track = (const sluice_track *)(const void *)((const char *)tracks + (size_t)i * stride);
        if (track->kind == SLUICE_TRACK_VIDEO) t->video |= (uint64_t)1 << (track->id & 63);
    }
    if (t->recode) {
        t->track_count = 0;
        for (uint32_t i = 0; i < count && i < 8; i++) {
            sluice_track track = *(const sluice_track *)(const void *)((const char *)tracks + (size_t)i * stride);
            if (track.kind == SLUICE_TRACK_VIDEO) track.codec = SLUICE_FOURCC('h', 'v', 'c', '1');
            track.configuration.data = NULL;
            track.configuration.size = 0;
            t->tracks[t->track_count++] = track;
        }
        return t->recode == 1 ? name_recoded(t, error) : SLUICE_OK;
    }
    sluice_transform_output outputs[2] = {
        {sizeof outputs[0], count, tracks, stride, 0, {"copy", 4}}, {sizeof outputs[0], count, tracks, stride, 0, {"keys", 4}}};
    return t->instance->service->set_outputs(t->instance->host, t->handle, outputs, sizeof outputs[0], 2, error);
}

/* What a worker knows of a transform, which may be closed by then. */
typedef struct announcement {
    sluice_instance *instance;
    sluice_handle handle;
} announcement;

/* [worker] */
static void announce(void *pointer) {
    announcement *a = pointer;
    a->instance->service->ready(a->instance->host, a->handle);
}

/* [control] */
static void announced(void *pointer) { free(pointer); }

static int32_t send_frames(void *pointer, const sluice_frame *frames, uint32_t stride, uint32_t count, sluice_error *error) {
    transform *t = pointer;
    if (t->count + count > (size_t)t->room) {
        if (t->count > 0 || count > ROOM) return SLUICE_AGAIN;
    }
    if (t->recode == 2 && t->track_count > 0) {
        int32_t status = name_recoded(t, error);
        if (status != SLUICE_OK) return status;
    }
    for (uint32_t i = 0; i < count; i++) {
        const sluice_frame *frame = (const sluice_frame *)(const void *)((const char *)frames + (size_t)i * stride);
        t->taken++;
        if (t->die_after && t->taken > t->die_after) abort();
        if (t->fail_after && t->taken > t->fail_after) return fail(error, SLUICE_E_FAILED, "had enough");
        t->kept[t->count] = *frame;
        t->instance->buffer->retain(t->instance->host, frame->buffer);
        t->count++;
    }
    if (t->later) {
        t->announced = 0;
        announcement *a = malloc(sizeof *a);
        if (!a) return SLUICE_OK;
        a->instance = t->instance;
        a->handle = t->handle;
        if (t->instance->task->run(t->instance->host, announce, announced, a) != SLUICE_OK) free(a);
    }
    return SLUICE_OK;
}

static void give(transform *t, sluice_frame *frame, sluice_transform_receiver receive, void *context) {
    int is_video = (t->video >> (frame->track & 63)) & 1;
    if (t->resumes && is_video && frame->pts > t->behind) {
        frame->flags |= SLUICE_FRAME_KEY;
        t->resumes = 0;
    }
    receive(context, 0, frame, sizeof *frame, 1);
    if (!is_video || frame->flags & SLUICE_FRAME_KEY) receive(context, 1, frame, sizeof *frame, 1);
}

static int32_t receive_frames(void *pointer, sluice_transform_receiver receive, void *context, sluice_error *error) {
    transform *t = pointer;
    (void)error;
    if (t->later && !t->announced && !t->flushed) {
        t->announced = 1;
        return SLUICE_AGAIN;
    }
    size_t stay = t->flushed ? 0 : (size_t)t->delay;
    if (t->count <= stay) return t->flushed ? SLUICE_TRANSFORM_END : SLUICE_AGAIN;
    sluice_frame frame = t->kept[0];
    sluice_buffer *taken = frame.buffer, *longer = NULL;
    memmove(t->kept, t->kept + 1, (t->count - 1) * sizeof t->kept[0]);
    t->count--;
#if KIND == 1
    longer = t->instance->buffer->allocate(t->instance->host, frame.data.size + 1);
    if (!longer) return SLUICE_E_LIMIT;
    if (frame.data.size) memcpy(longer->data, frame.data.data, frame.data.size);
    longer->data[frame.data.size] = 0;
    frame.data.data = longer->data;
    frame.data.size++;
    frame.buffer = longer;
#endif
    give(t, &frame, receive, context);
    t->instance->buffer->release(t->instance->host, longer);
    t->instance->buffer->release(t->instance->host, taken);
    return SLUICE_OK;
}

static int32_t flush(void *pointer, sluice_error *error) {
    transform *t = pointer;
    (void)error;
    t->flushed = 1;
    return SLUICE_OK;
}

static void close_transform(void *pointer, sluice_text reason) {
    transform *t = pointer;
    (void)reason;
    for (size_t i = 0; i < t->count; i++) t->instance->buffer->release(t->instance->host, t->kept[i].buffer);
    free(t);
}

static const sluice_transform_interface table = {sizeof table,   0,     open_transform, negotiate, send_frames,
                                                 receive_frames, flush, NULL,           close_transform};

static int32_t create(const sluice_host *host, sluice_instance **out, sluice_error *error) {
    (void)error;
    sluice_instance *instance = calloc(1, sizeof *instance);
    if (!instance) return SLUICE_E_LIMIT;
    instance->host = host;
    instance->buffer = host->get_service(host, SLUICE_SERVICE_BUFFER);
    instance->service = host->get_service(host, SLUICE_SERVICE_TRANSFORM);
    instance->task = host->get_service(host, SLUICE_SERVICE_TASK);
    *out = instance;
    return SLUICE_OK;
}

static const void *get_interface(sluice_instance *instance, const char *id) {
    (void)instance;
    return strcmp(id, SLUICE_INTERFACE_TRANSFORM) == 0 ? &table : NULL;
}

static void destroy(sluice_instance *instance) { free(instance); }

static const char *const interfaces[] = {SLUICE_INTERFACE_TRANSFORM};

#define PART "\":{\"type\":\"integer\",\"minimum\":0,\"default\":0}"
static const char schema[] = "{\"type\":\"object\",\"properties\":{\"delay" PART ",\"room" PART ",\"fail_after" PART ",\"die_after" PART
                             ",\"refuse" PART ",\"later" PART ",\"still" PART ",\"players" PART ",\"resumes" PART ",\"recode" PART "}}";

static const sluice_module module = {
    .struct_size = sizeof(sluice_module),
    .abi_major = SLUICE_ABI_MAJOR,
    .id = {"thin", 4},
    .version = {"1.0.0", 5},
    .interfaces = interfaces,
    .interface_count = 1,
    .create = create,
    .get_interface = get_interface,
    .destroy = destroy,
    .step_schema = {schema, sizeof schema - 1},
};

SLUICE_EXPORT const sluice_module *sluice_module_v1(const sluice_hello *hello, sluice_error *error) {
    (void)hello;
    (void)error;
    return &module;
}
