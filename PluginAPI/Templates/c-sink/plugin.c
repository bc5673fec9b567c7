/* Counts what each stream sends, and says so in the log: every [config] every_s seconds, and when the stream ends. */
#include "sluice_kit.h"
#include <inttypes.h>
#include <stdio.h>

typedef struct tally {
    uint64_t frames, keys, bytes;
} tally;

static void count(tally *sum, uint32_t flags, uint64_t bytes) {
    sum->frames++;
    sum->keys += (flags & SLUICE_FRAME_KEY) != 0;
    sum->bytes += bytes;
}

static void write_tally(const tally *sum, char *out, size_t size) {
    snprintf(out, size, "%" PRIu64 " frames, %" PRIu64 " of them key frames, %" PRIu64 " bytes", sum->frames, sum->keys, sum->bytes);
}

/* One stream's. All calls of one sink come on its stream's lane: nothing here blocks. */
typedef struct sink {
    sluice_instance *plugin;
    char *name;
    tally sum;
    uint64_t every_ns, said_ns;
} sink;

static void say(const sink *s, const char *when) {
    char sum[128];
    write_tally(&s->sum, sum, sizeof sum);
    sluice_pair fields[] = {{KIT_TEXT("stream"), kit_text(s->name)}, {KIT_TEXT("sum"), kit_text(sum)}};
    s->plugin->log->write(s->plugin->host, SLUICE_LOG_NOTICE, kit_text(when), fields, 2);
}

static int32_t open_sink(sluice_instance *plugin, const sluice_sink_open *request, void **out, sluice_error *error) {
    sink *s = calloc(1, sizeof *s);
    if (!s) return kit_refuse(error, SLUICE_E_LIMIT, "no memory");
    s->plugin = plugin;
    s->name = kit_copy(request->name);
    s->every_ns = (uint64_t)kit_setting_integer(plugin, "every_s", 60) * 1000000000u;
    *out = s;
    return SLUICE_OK;
}

/* What a decoder must know; again when it changes. */
static int32_t tracks(void *context, const sluice_track *list, uint32_t stride, uint32_t number, uint32_t flags, sluice_error *error) {
    (void)context, (void)list, (void)stride, (void)number, (void)flags, (void)error;
    return SLUICE_OK;
}

/* Borrowed, in order of arrival; `stride` bytes apart, however large this host's frame is. */
static int32_t frames(void *context, const sluice_frame *list, uint32_t stride, uint32_t number, sluice_error *error) {
    sink *s = context;
    (void)error;
    for (uint32_t i = 0; i < number; i++) {
        const sluice_frame *frame = KIT_AT(sluice_frame, list, stride, i);
        count(&s->sum, frame->flags, frame->data.size);
        if (s->said_ns == 0) s->said_ns = frame->arrival_ns;
        if (frame->arrival_ns - s->said_ns < s->every_ns) continue;
        s->said_ns = frame->arrival_ns;
        say(s, "stream counted");
    }
    return SLUICE_OK;
}

static void close_sink(void *context, sluice_text reason) {
    sink *s = context;
    (void)reason;
    say(s, "stream ended");
    free(s->name);
    free(s);
}

static const sluice_sink_interface table = {
    .struct_size = sizeof table, .opens = SLUICE_SINK_OPENS_WITH_STREAM, .open = open_sink, .tracks = tracks, .frames = frames,
    .close = close_sink};

#define SCHEMA "{\"type\": \"object\", \"properties\": {\"every_s\": {\"type\": \"integer\", \"minimum\": 1, \"maximum\": 86400, " \
    "\"default\": 60, \"description\": \"seconds between two lines\"}}}"

KIT_PLUGIN("c-sink", "0.1.0", "counts what streams send", SCHEMA, {SLUICE_INTERFACE_SINK, &table})
