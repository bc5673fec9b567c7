/*
 * A plugin in C that brings a stream on air: ten pictures of H.264 over and over, 25 a second.
 *
 * Settings of its source, all integers, 0 by default: last: it ends after so many pictures · fail_after: its timer fails after so many
 * KIND 1 makes pictures of another track id · 2 refuses to open · 0 does neither
 */
#include "pattern.h"
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
    const sluice_stream_service *stream;
    const sluice_source_service *service;
};

typedef struct source {
    sluice_instance *instance;
    sluice_handle handle, stream;
    uint64_t began;
    long sent, last, fail_after;
} source;

#define TRACK (KIND == 1 ? 3u : 0u)
#define STEP_NS 40000000u

static long number(sluice_text json, const char *key) {
    char word[64], text[1024];
    size_t size = json.size < sizeof text - 1 ? (size_t)json.size : sizeof text - 1;
    memcpy(text, json.data, size);
    text[size] = 0;
    snprintf(word, sizeof word, "\"%s\":", key);
    const char *found = strstr(text, word);
    return found ? strtol(found + strlen(word), NULL, 10) : 0;
}

static int32_t open_source(sluice_instance *instance, const sluice_source_open *request, void **out, sluice_error *error) {
    if (KIND == 2) {
        strncpy(error->text, "not today", sizeof error->text - 1);
        return SLUICE_E_FAILED;
    }
    source *s = calloc(1, sizeof *s);
    if (!s) return SLUICE_E_LIMIT;
    s->instance = instance;
    s->handle = request->source;
    s->stream = request->stream;
    s->began = request->now_ns;
    s->last = number(request->settings_json, "last");
    s->fail_after = number(request->settings_json, "fail_after");
    sluice_track track;
    memset(&track, 0, sizeof track);
    track.struct_size = sizeof track;
    track.id = TRACK;
    track.kind = SLUICE_TRACK_VIDEO;
    track.codec = SLUICE_FOURCC('a', 'v', 'c', '1');
    track.timescale = 1000;
    track.width = 160;
    track.height = 96;
    track.frame_rate_milli = 25000;
    track.configuration.data = pattern_avcc;
    track.configuration.size = sizeof pattern_avcc;
    int32_t status = instance->stream->set_tracks(instance->host, s->stream, &track, sizeof track, 1, error);
    if (status != SLUICE_OK) {
        free(s);
        return status;
    }
    instance->service->set_timer(instance->host, s->handle, s->began);
    *out = s;
    return SLUICE_OK;
}

static void push(source *s) {
    size_t pictures = sizeof pattern_sizes / sizeof pattern_sizes[0], place = (size_t)s->sent % pictures, offset = 0;
    for (size_t i = 0; i < place; i++) offset += pattern_sizes[i];
    sluice_frame frame;
    memset(&frame, 0, sizeof frame);
    frame.struct_size = sizeof frame;
    frame.track = TRACK;
    frame.pts = frame.dts = (int64_t)s->sent * 40;
    frame.duration = 40;
    frame.flags = place == 0 ? SLUICE_FRAME_KEY : 0;
    frame.data.data = pattern_data + offset;
    frame.data.size = pattern_sizes[place];
    s->instance->stream->push(s->instance->host, s->stream, &frame, sizeof frame, 1);
    s->sent++;
}

static int32_t timer(void *pointer, uint64_t now, sluice_error *error) {
    source *s = pointer;
    for (int burst = 0; burst < 10 && s->began + (uint64_t)s->sent * STEP_NS <= now; burst++) {
        if (s->last && s->sent >= s->last) {
            sluice_text reason = {"that was all", 12};
            return s->instance->service->end(s->instance->host, s->handle, reason);
        }
        if (s->fail_after && s->sent >= s->fail_after) {
            strncpy(error->text, "had enough", sizeof error->text - 1);
            return SLUICE_E_FAILED;
        }
        push(s);
    }
    return s->instance->service->set_timer(s->instance->host, s->handle, s->began + (uint64_t)s->sent * STEP_NS);
}

static void close_source(void *pointer, sluice_text reason) {
    (void)reason;
    free(pointer);
}

static const sluice_source_interface table = {sizeof table, 0, open_source, timer, close_source};

static int32_t create(const sluice_host *host, sluice_instance **out, sluice_error *error) {
    (void)error;
    sluice_instance *instance = calloc(1, sizeof *instance);
    if (!instance) return SLUICE_E_LIMIT;
    instance->host = host;
    instance->stream = host->get_service(host, SLUICE_SERVICE_STREAM);
    instance->service = host->get_service(host, SLUICE_SERVICE_SOURCE);
    *out = instance;
    return SLUICE_OK;
}

static const void *get_interface(sluice_instance *instance, const char *id) {
    (void)instance;
    return strcmp(id, SLUICE_INTERFACE_SOURCE) == 0 ? &table : NULL;
}

static void destroy(sluice_instance *instance) { free(instance); }

static const char *const interfaces[] = {SLUICE_INTERFACE_SOURCE};

#define PART "\":{\"type\":\"integer\",\"minimum\":0,\"default\":0}"
static const char schema[] = "{\"type\":\"object\",\"properties\":{\"last" PART ",\"fail_after" PART "}}";

static const sluice_module module = {
    .struct_size = sizeof(sluice_module),
    .abi_major = SLUICE_ABI_MAJOR,
    .id = {"pattern", 7},
    .version = {"1.0.0", 5},
    .interfaces = interfaces,
    .interface_count = 1,
    .create = create,
    .get_interface = get_interface,
    .destroy = destroy,
    .source_schema = {schema, sizeof schema - 1},
};

SLUICE_EXPORT const sluice_module *sluice_module_v1(const sluice_hello *hello, sluice_error *error) {
    (void)hello;
    (void)error;
    return &module;
}
