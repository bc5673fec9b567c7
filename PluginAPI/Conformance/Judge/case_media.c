/* Media: sinks over the life of a stream, requests and commands. */
#include "media.h"

#include <stdio.h>

static void needs_sink(void) {
    if (!offers(SLUICE_INTERFACE_SINK)) not_applicable("it takes no frames");
}

static uint32_t formats(const generation *g) { return g->sink->format_count ? g->sink->format_count : 1; }

static sink_record *opened(generation *g, uint32_t format) {
    sink_record *s = sink_open(g, format, "cam");
    if (s->open) return s;
    fail("a sink of format %u could not be opened", format);
    end_case();
}

void media_sink(void) {
    needs_sink();
    asked_about = BROKE_MEDIA;
    generation *g = bring_up();
    uint64_t random = judged.seed;
    for (uint32_t format = 0; format < formats(g); format++) {
        sink_record *s = opened(g, format);
        if (sink_tracks(s, TRACKS_BOTH, 0) != SLUICE_OK) fail("tracks of H.264 and AAC are refused");
        int32_t status = sink_frames(s, 4, 0, &random);
        if (status < 0) fail("frames failed with status %d", status);
        if (s->again && status == SLUICE_AGAIN) fail("AGAIN is answered to the same frames for ever");
        if (g->sink->format_count && s->records == 0) fail("format %u: 100 pictures gave no record in the log", format);
        if (g->sink->format_count && s->joins == 0) fail("format %u: 4 key frames gave no join point", format);
        sink_publisher(s, SLUICE_SINK_PUBLISHER_LOST);
        sink_publisher(s, SLUICE_SINK_PUBLISHER_BACK);
        if (sink_tracks(s, TRACKS_NEW_EPOCH, SLUICE_TRACKS_DISCONTINUITY) != SLUICE_OK) fail("a new epoch of tracks is refused");
        if (sink_frames(s, 1, 0, &random) < 0) fail("frames of a new epoch failed");
        sink_attributes(s);
        uint64_t records = s->records;
        sink_close(s);
        run_for(20);
        if (s->records != records) note("format %u: close wrote %llu record(s) more", format, (unsigned long long)(s->records - records));
    }
    bring_down(g);
    if (g->buffers > 0) fail("after close %ld frame buffer(s) are still retained", g->buffers);
}

void media_sink_ends(void) {
    needs_sink();
    generation *g = bring_up();
    uint64_t random = judged.seed;
    for (uint32_t format = 0; format < formats(g); format++) {
        sink_close(opened(g, format));
        sink_record *s = opened(g, format);
        sink_tracks(s, TRACKS_BOTH, 0);
        sink_close(s);
        s = opened(g, format);
        if (sink_tracks(s, TRACKS_AUDIO, 0) < 0) note("format %u refuses a stream of sound only", format);
        sink_close(s);
        s = opened(g, format);
        sink_tracks(s, TRACKS_BOTH, 0);
        sink_frames(s, 1, 0, &random);
        sink_attributes(s);
        sink_publisher(s, SLUICE_SINK_PUBLISHER_LOST);
        sink_close(s);
    }
    bring_down(g);
    if (g->buffers > 0) fail("after close %ld frame buffer(s) are still retained", g->buffers);
}

void media_sink_hostile(void) {
    needs_sink();
    generation *g = bring_up();
    uint64_t random = judged.seed;
    for (unsigned round = 0; round < 100; round++) {
        at("round %u, seed %llu", round, (unsigned long long)random);
        uint32_t format = (uint32_t)(next_random(&random) % formats(g)), which = (uint32_t)(next_random(&random) % (TRACKS_HOSTILE + 1));
        sink_record *s = opened(g, format);
        sink_tracks(s, which, 0);
        sink_frames(s, 2, 1, &random);
        sink_close(s);
    }
    bring_down(g);
}

void media_sink_handover(void) {
    needs_sink();
    if (!offers(SLUICE_INTERFACE_HANDOVER)) not_applicable("it hands no sinks over");
    generation *one = bring_up_from(library_copy()), *two = bring_up_from(library_copy());
    if (!one->handover->export_sink || !one->handover->import_sink) not_applicable("it hands no sinks over");
    for (uint32_t format = 0; format < formats(one); format++) {
        uint64_t a = judged.seed, b = judged.seed;
        char reason[SLUICE_ERROR_TEXT_SIZE] = "";
        sink_record *stays = opened(one, format), *moves = opened(one, format);
        unsigned moved = 0;
        sink_tracks(stays, TRACKS_BOTH, 0);
        sink_tracks(moves, TRACKS_BOTH, 0);
        for (unsigned i = 0; i < 6; i++) {
            sink_frames(stays, 1, 0, &a);
            sink_frames(moves, 1, 0, &b);
            moved += sink_hand_over(moves, moves->generation == one ? two : one, reason, sizeof reason) == SLUICE_OK;
        }
        if (!moved) fail("format %u: not one handover succeeded%s%s", format, reason[0] ? ": " : "", reason);
        if (stays->joins != moves->joins) fail("format %u: %llu join points after handovers, %llu without", format,
                                               (unsigned long long)moves->joins, (unsigned long long)stays->joins);
        if (stays->records != moves->records || stays->sum != moves->sum)
            fail("format %u: after handovers other bytes are written (%llu records and %llu bytes; %llu and %llu without)", format,
                 (unsigned long long)moves->records, (unsigned long long)moves->bytes, (unsigned long long)stays->records,
                 (unsigned long long)stays->bytes);
        sink_close(stays);
        sink_close(moves);
    }
    bring_down(one);
    bring_down(two);
}

/* MARK: Transforms and sources */

static transform_record *opened_transform(generation *g) {
    transform_record *t = transform_open(g);
    if (t->open) return t;
    fail("a transform with the settings %s could not be opened", judged.step_settings);
    end_case();
}

static void run_through(transform_record *t, unsigned groups, uint64_t *random) {
    int32_t status = transform_send(t, groups, 0, random);
    if (status == SLUICE_AGAIN) fail("AGAIN is answered for ever, though all that comes out is received");
    else if (status < 0) fail("send failed with status %d", status);
    status = transform_flush(t);
    if (status == SLUICE_E_TIMEOUT) fail("not all has come out two seconds after flush: answer SLUICE_TRANSFORM_END");
    else if (status < 0) fail("flush or receive failed with status %d", status);
}

void media_transform(void) {
    if (!offers(SLUICE_INTERFACE_TRANSFORM)) not_applicable("it transforms nothing");
    asked_about = BROKE_MEDIA | BROKE_CONTRACT;
    uint64_t random = judged.seed;
    generation *g = bring_up();
    transform_record *t = opened_transform(g);
    int32_t status = transform_negotiate(t, TRACKS_BOTH, 0);
    if (status == SLUICE_E_UNSUPPORTED) not_applicable("it does not take H.264 and AAC");
    if (status != SLUICE_OK) fail("negotiate failed with status %d", status);
    run_through(t, 4, &random);
    if (t->output_count == 0) fail("it named no outputs: set_outputs");
    if (t->frames_out == 0) fail("%llu frames went in, none came out", (unsigned long long)t->frames_in);
    transform_attributes(t);
    if (transform_negotiate(t, TRACKS_NEW_EPOCH, SLUICE_TRACKS_DISCONTINUITY) != SLUICE_OK) fail("a new epoch of tracks is refused");
    run_through(t, 2, &random);
    note("%llu frames in, %llu out on %u output(s)", (unsigned long long)t->frames_in, (unsigned long long)t->frames_out, t->output_count);
    transform_close(t);
    for (unsigned stage = 0; stage < 3; stage++) {
        t = opened_transform(g);
        if (stage > 0) transform_negotiate(t, TRACKS_BOTH, 0);
        if (stage > 1) transform_send(t, 1, 0, &random);
        transform_close(t);
    }
    run_for(50);
    bring_down(g);
    if (g->buffers > 0) fail("after close %ld frame buffer(s) are still retained", g->buffers);
}

void media_transform_hostile(void) {
    if (!offers(SLUICE_INTERFACE_TRANSFORM)) not_applicable("it transforms nothing");
    uint64_t random = judged.seed;
    generation *g = bring_up();
    for (unsigned round = 0; round < 30; round++) {
        at("round %u, seed %llu", round, (unsigned long long)random);
        transform_record *t = opened_transform(g);
        uint32_t which = (uint32_t)(next_random(&random) % (TRACKS_HOSTILE + 1));
        if (transform_negotiate(t, which, 0) == SLUICE_OK && transform_send(t, 1, 1, &random) >= 0) transform_flush(t);
        transform_close(t);
    }
    bring_down(g);
}

void media_source(void) {
    if (!offers(SLUICE_INTERFACE_SOURCE)) not_applicable("it generates nothing");
    asked_about = BROKE_MEDIA | BROKE_CONTRACT;
    generation *g = bring_up();
    for (unsigned round = 0; round < 3; round++) {
        source_record *s = source_open(g);
        if (!s->open) {
            fail("a source with the settings %s could not be opened", judged.source_settings);
            end_case();
        }
        uint64_t end = now_ns() + (round == 1 ? 0 : 10000000000u);
        while (now_ns() < end && !s->ended && !s->failed && source_timer(s)) run_until(NULL, NULL, 0);
        if (round != 1 && s->publication->frames == 0) fail("ten seconds of a source have no frame");
        if (round == 0) note("%llu frames in ten seconds", (unsigned long long)s->publication->frames);
        if (s->failed) fail("its timer failed");
        source_close(s);
    }
    bring_down(g);
    if (g->buffers > 0) fail("after close %ld buffer(s) are still retained", g->buffers);
}

/* MARK: Requests and commands */

static uint32_t route_flags(const generation *g, uint32_t index) {
    uint32_t stride = g->routes->route_stride ? g->routes->route_stride : (uint32_t)sizeof(sluice_route);
    return ((const sluice_route *)(const void *)((const char *)g->routes->routes + (size_t)index * stride))->flags;
}

static void request_all(generation *g, sink_record *sink, unsigned variant, uint64_t *random) {
    for (uint32_t i = 0; i < g->routes->route_count; i++) {
        int wants_sink = (route_flags(g, i) & SLUICE_ROUTE_SINK) != 0;
        if (wants_sink && !sink) continue;
        exchange *e = request_route(g, i, wants_sink ? sink : NULL, variant, random);
        if (!run_until(is_answered, e, 5000)) fail("a request of route %u was not answered in 5 s", i);
        if (variant == 1) note("route %u answers %u%s", i, e->status, e->parked && !e->responses ? " (it waits)" : "");
        if (variant != 2 && e->responses && e->status >= 500 && e->status != 503) fail("an ordinary request of route %u is answered with %u", i, e->status);
    }
}

static sink_record *running_sink(generation *g) {
    if (!g->sink) return NULL;
    uint64_t random = judged.seed;
    sink_record *s = opened(g, 0);
    sink_tracks(s, TRACKS_BOTH, 0);
    sink_frames(s, 4, 0, &random);
    return s;
}

void routes_answer(void) {
    if (!offers(SLUICE_INTERFACE_ROUTES)) not_applicable("it has no routes");
    asked_about = BROKE_RESPONSE;
    generation *g = bring_up();
    sink_record *sink = running_sink(g);
    request_all(g, sink, 0, NULL);
    request_all(g, sink, 1, NULL);
    if (sink) sink_close(sink);
    run_for(50);
    bring_down(g);
}

void routes_hostile(void) {
    if (!offers(SLUICE_INTERFACE_ROUTES)) not_applicable("it has no routes");
    asked_about = BROKE_RESPONSE;
    uint64_t random = judged.seed;
    generation *g = bring_up();
    sink_record *sink = running_sink(g);
    for (unsigned round = 0; round < 100; round++) {
        at("round %u, seed %llu", round, (unsigned long long)random);
        request_all(g, sink, 2, &random);
    }
    if (sink) sink_close(sink);
    run_for(50);
    bring_down(g);
}

void command_answers(void) {
    if (!offers(SLUICE_INTERFACE_COMMAND)) not_applicable("it has no commands");
    asked_about = BROKE_RESPONSE | BROKE_REASON;
    static const char *const lines[][3] = {{"help"}, {"no-such-command"}, {"--help"}, {"", ""}, {"say", "x", "\xff\xfe"}};
    static const unsigned counts[] = {1, 1, 1, 2, 3};
    generation *g = bring_up();
    command_call *nothing = run_command(g, 0, NULL);
    if (!run_until(is_replied, nothing, 30000)) fail("a command without words got no answer in 30 s");
    for (unsigned i = 0; i < 5; i++) {
        if (!run_until(is_replied, run_command(g, counts[i], lines[i]), 30000)) fail("the command '%s' got no answer in 30 s", lines[i][0]);
    }
    bring_down(g);
}
