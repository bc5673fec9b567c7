/* Brings a stream on air by itself: silence in AAC, 48 kHz stereo, for `seconds` of its settings, or without an end. */
#define KIT_SOURCE_SCHEMA "{\"type\": \"object\", \"properties\": {\"seconds\": {\"type\": \"integer\", \"minimum\": 0, \"default\": 0, " \
    "\"description\": \"how long; 0: without an end\"}}}"
#include "sluice_kit.h"

#define RATE 48000u
#define SAMPLES 1024u          /* of one frame of AAC */
#define TICK_NS 100000000u     /* how often it pushes */

/* How many frames are to be out after so much time, one ahead. */
static uint64_t due(uint64_t elapsed_ns) { return elapsed_ns / 1000 * RATE / SAMPLES / 1000000 + 1; }

/* One stream's. All its calls come on one lane, and only within them may it push. */
typedef struct source {
    sluice_instance *plugin;
    sluice_handle handle, stream;
    uint64_t began_ns, sent, last; /* last: the number of frames; 0: no end */
} source;

static int32_t push_due(source *s, uint64_t now_ns) {
    static const uint8_t silence[] = {0x21, 0x10, 0x04, 0x60, 0x8C, 0x1C};
    const sluice_host *host = s->plugin->host;
    for (uint64_t end = due(now_ns - s->began_ns); s->sent < end; s->sent++) {
        if (s->last && s->sent == s->last) return s->plugin->source->end(host, s->handle, kit_text("it was to end"));
        sluice_frame frame = {.struct_size = sizeof frame, .track = 0, .pts = (int64_t)(s->sent * SAMPLES), .duration = SAMPLES,
                              .flags = SLUICE_FRAME_KEY, .data = {silence, sizeof silence}};
        frame.dts = frame.pts;
        int32_t status = s->plugin->stream->push(host, s->stream, &frame, sizeof frame, 1);
        if (status < 0) return status;
    }
    return s->plugin->source->set_timer(host, s->handle, now_ns + TICK_NS);
}

static int32_t open_source(sluice_instance *plugin, const sluice_source_open *request, void **out, sluice_error *error) {
    static const uint8_t configuration[] = {0x11, 0x90}; /* AudioSpecificConfig: AAC LC, 48 kHz, two channels */
    sluice_track track = {.struct_size = sizeof track, .kind = SLUICE_TRACK_AUDIO, .codec = SLUICE_FOURCC('m', 'p', '4', 'a'),
                          .timescale = RATE, .sample_rate = RATE, .channels = 2, .configuration = {configuration, 2}};
    int32_t status = plugin->stream->set_tracks(plugin->host, request->stream, &track, sizeof track, 1, error);
    if (status < 0) return status;
    source *s = calloc(1, sizeof *s);
    if (!s) return kit_refuse(error, SLUICE_E_LIMIT, "no memory");
    int64_t seconds = kit_json_integer(kit_json_get(request->settings_json, kit_text("seconds")), 0);
    *s = (source){plugin, request->source, request->stream, request->now_ns, 0, (uint64_t)seconds * RATE / SAMPLES};
    *out = s;
    return plugin->source->set_timer(plugin->host, request->source, request->now_ns + TICK_NS);
}

/* A failure closes the source; the host opens it again later. */
static int32_t timer(void *context, uint64_t now_ns, sluice_error *error) {
    int32_t status = push_due(context, now_ns);
    return status < 0 ? kit_refuse(error, status, "the stream takes nothing more") : SLUICE_OK;
}

static void close_source(void *context, sluice_text reason) {
    (void)reason;
    free(context);
}

static const sluice_source_interface table = {.struct_size = sizeof table, .open = open_source, .timer = timer, .close = close_source};

KIT_PLUGIN("c-source", "0.1.0", "silence on air", "", {SLUICE_INTERFACE_SOURCE, &table})
