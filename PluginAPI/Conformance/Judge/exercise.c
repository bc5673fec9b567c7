/* Ordinary use of all that a plugin offers. Cases change how hostile the host is meanwhile, and judge what came of it. */
#include "judge.h"

#include <stdio.h>

unsigned patience_ms = 2000;

static void exercise_auth(generation *g) {
    question *list[12];
    unsigned count = 0;
    for (unsigned i = 0; i < 6; i++) list[count++] = ask(g, SLUICE_ACTION_PUBLISH, i, 0);
    for (unsigned i = 0; i < 4; i++) list[count++] = ask(g, SLUICE_ACTION_PLAY, i, 0);
    list[count++] = ask(g, SLUICE_ACTION_CONNECT, 1, 0);
    list[count++] = ask(g, SLUICE_ACTION_ADMIN, 1, 0);
    for (unsigned i = 0; i < count; i++) {
        wait_settled(list[i], patience_ms);
        cancel_question(list[i]);
    }
}

static void feed_some(connection *c) {
    static const char request[] = "GET / HTTP/1.1\r\nHost: media.example\r\n\r\n";
    if (!judged.capture_size) {
        session_feed(c, request, sizeof request - 1);
        return;
    }
    size_t size = judged.capture_size < 48 << 10 ? judged.capture_size : 48 << 10;
    for (size_t at = 0; at < size;) {
        size_t piece = size - at < 4096 ? size - at : 4096;
        if (!session_feed(c, judged.capture + at, piece)) break;
        at += piece;
    }
}

static void exercise_protocol(generation *g) {
    static const uint32_t verdicts[] = {SLUICE_VERDICT_ALLOW, SLUICE_VERDICT_DENY};
    for (unsigned i = 0; i < 2; i++) {
        connection *c = session_open(g, verdicts[i]);
        if (!c->open) continue;
        feed_some(c);
        run_for(5);
        session_drain(c);
        if (i == 1) session_stop(c);
        session_close(c, "the peer went away");
    }
    run_for(5);
}

static void exercise_routes(generation *g, sink_record *sink) {
    exchange *list[64];
    uint32_t count = g->routes->route_count < 32 ? g->routes->route_count : 32, made = 0;
    for (uint32_t i = 0; i < count; i++) {
        const char *at = (const char *)g->routes->routes + (size_t)i * (g->routes->route_stride ? g->routes->route_stride : sizeof(sluice_route));
        int wants_sink = (((const sluice_route *)(const void *)at)->flags & SLUICE_ROUTE_SINK) != 0;
        if (wants_sink && !sink) continue;
        list[made++] = request_route(g, i, wants_sink ? sink : NULL, 0, NULL);
        list[made++] = request_route(g, i, wants_sink ? sink : NULL, 1, NULL);
    }
    for (uint32_t i = 0; i < made; i++) run_until(is_answered, list[i], patience_ms);
}

static void exercise_sinks(generation *g, unsigned groups) {
    uint64_t random = judged.seed;
    uint32_t formats = g->sink->format_count ? g->sink->format_count : 1;
    for (uint32_t format = 0; format < formats && format < 8; format++) {
        sink_record *s = sink_open(g, format, "cam");
        if (!s->open) continue;
        sink_tracks(s, TRACKS_BOTH, 0);
        sink_frames(s, groups, 0, &random);
        if (g->routes) exercise_routes(g, s);
        sink_attributes(s);
        sink_publisher(s, SLUICE_SINK_PUBLISHER_LOST);
        sink_publisher(s, SLUICE_SINK_PUBLISHER_BACK);
        sink_tracks(s, TRACKS_NEW_EPOCH, SLUICE_TRACKS_DISCONTINUITY);
        sink_frames(s, 1, 0, &random);
        sink_close(s);
    }
}

static void exercise_transform(generation *g, unsigned groups) {
    uint64_t random = judged.seed;
    transform_record *t = transform_open(g);
    if (!t->open) return;
    if (transform_negotiate(t, TRACKS_BOTH, 0) == SLUICE_OK && transform_send(t, groups, 0, &random) >= 0) transform_flush(t);
    transform_close(t);
}

static void exercise_source(generation *g, unsigned times) {
    source_record *s = source_open(g);
    for (unsigned i = 0; i < times && s->open && !s->ended && !s->failed && source_timer(s); i++) run_until(NULL, NULL, 0);
    source_close(s);
}

void exercise(generation *g) {
    static const char *const help[] = {"help"};
    if (g->auth) exercise_auth(g);
    if (g->protocol) exercise_protocol(g);
    if (g->sink) exercise_sinks(g, 3);
    else if (g->routes) exercise_routes(g, NULL);
    if (g->transform) exercise_transform(g, 2);
    if (g->source) exercise_source(g, 50);
    if (g->command) run_until(is_replied, run_command(g, 1, help), patience_ms);
    if (g->observer) {
        tell_event(g, "stream.live", "{\"app\":\"live\",\"stream\":\"cam\"}");
        tell_event(g, "stream.ended", "{\"app\":\"live\",\"stream\":\"cam\"}");
    }
}

void exercise_briefly(generation *g) {
    if (g->auth) {
        question *q = ask(g, SLUICE_ACTION_PUBLISH, 1, 0);
        wait_settled(q, patience_ms);
        cancel_question(q);
        handle_take(KIND_QUESTION, q->handle);
    }
    if (g->protocol) {
        connection *c = session_open(g, SLUICE_VERDICT_ALLOW);
        session_feed(c, judged.capture, judged.capture_size < 2048 ? judged.capture_size : 2048);
        session_close(c, "the peer went away");
    }
    if (g->transform) exercise_transform(g, 1);
    if (g->source) exercise_source(g, 5);
    if (g->sink) {
        uint64_t random = judged.seed;
        sink_record *s = sink_open(g, 0, "cam");
        sink_tracks(s, TRACKS_BOTH, 0);
        sink_frames(s, 1, 0, &random);
        sink_close(s);
    }
}
