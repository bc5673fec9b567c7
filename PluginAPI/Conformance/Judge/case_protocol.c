/* Protocol: the same bytes give the same media however they come; what is no protocol ends in a close, not in a death. */
#include "media.h"

#include <stdio.h>

static void needs_protocol(void) {
    if (!offers(SLUICE_INTERFACE_PROTOCOL)) not_applicable("it serves no protocol");
}

static void needs_capture(void) {
    needs_protocol();
    if (!judged.capture_size) not_applicable("no client's bytes were given: --capture FILE");
}

/* What a session came to. Bytes sent differ in random parts and in when they acknowledge: media does not. */
typedef struct outcome {
    uint64_t frames, media, track_sets, fed;
    unsigned questions, publishes, attaches;
    int closing;
    char reason[256];
} outcome;

static outcome outcome_of(connection *c, unsigned settling_ms) {
    run_for(settling_ms);
    outcome o = {0};
    o.closing = c->closing;
    o.fed = c->fed;
    snprintf(o.reason, sizeof o.reason, "%s", c->reason);
    session_close(c, "the peer went away");
    o.frames = c->frames;
    o.media = c->media_sum;
    o.track_sets = c->track_sets;
    o.questions = c->questions;
    o.publishes = c->publishes;
    o.attaches = c->attaches;
    return o;
}

typedef size_t (*cutter)(uint64_t *random, size_t left_over);
static size_t whole(uint64_t *random, size_t left_over) { return (void)random, left_over < 65536 ? left_over : 65536; }
static size_t single(uint64_t *random, size_t left_over) { return (void)random, (void)left_over, 1; }
static size_t any(uint64_t *random, size_t left_over) {
    size_t size = 1 + next_random(random) % (next_random(random) % 4 ? 200 : 20000);
    return size < left_over ? size : left_over;
}

static outcome feed_for(generation *g, const uint8_t *bytes, size_t size, cutter cut, uint64_t *random, unsigned settling_ms) {
    connection *c = session_open(g, SLUICE_VERDICT_ALLOW);
    for (size_t at = 0; at < size;) {
        size_t piece = cut(random, size - at);
        if (!session_feed(c, bytes + at, piece)) break;
        at += piece;
    }
    return outcome_of(c, settling_ms);
}

static outcome feed(generation *g, const uint8_t *bytes, size_t size, cutter cut, uint64_t *random) {
    return feed_for(g, bytes, size, cut, random, 20);
}

static void compare(const char *how, const outcome *a, const outcome *b) {
    if (a->frames == b->frames && a->media == b->media && a->track_sets == b->track_sets && a->questions == b->questions &&
        a->publishes == b->publishes && a->attaches == b->attaches && a->closing == b->closing)
        return;
    fail("%s gives another result: %llu frames, %u questions, %u publications, %s(%s), not %llu, %u, %u, %s(%s)%s", how,
         (unsigned long long)b->frames, b->questions, b->publishes, b->closing ? "closed" : "open", b->reason,
         (unsigned long long)a->frames, a->questions, a->publishes, a->closing ? "closed" : "open", a->reason,
         a->frames == b->frames && a->media != b->media ? "; the frames' bytes or times differ" : "");
}

void protocol_opens(void) {
    needs_protocol();
    generation *g = bring_up();
    for (int i = 0; i < 100; i++) {
        connection *c = session_open(g, SLUICE_VERDICT_ALLOW);
        if (!c->open) {
            fail("session_open failed: %s", c->reason[0] ? c->reason : "it gave no reason");
            end_case();
        }
        if (i % 2) session_stop(c);
        session_close(c, "the peer went away");
    }
    bring_down(g);
}

void protocol_golden(void) {
    needs_capture();
    uint64_t random = judged.seed;
    generation *g = bring_up();
    outcome together = feed(g, judged.capture, judged.capture_size, whole, &random);
    if (together.fed == 0) fail("the session ended at the first bytes: %s", together.reason);
    outcome bytes = feed(g, judged.capture, judged.capture_size, single, &random);
    compare("byte by byte", &together, &bytes);
    for (int i = 0; i < 10; i++) {
        uint64_t seed = random;
        char how[64];
        snprintf(how, sizeof how, "cut at random (seed %llu)", (unsigned long long)seed);
        outcome some = feed(g, judged.capture, judged.capture_size, any, &random);
        compare(how, &together, &some);
    }
    note("%llu bytes gave %u question(s), %u publication(s) and %llu frames", (unsigned long long)together.fed, together.questions,
         together.publishes, (unsigned long long)together.frames);
    bring_down(g);
}

void protocol_timers(void) {
    needs_protocol();
    generation *g = bring_up();
    connection *c = session_open(g, SLUICE_VERDICT_ALLOW);
    uint64_t began = now_ns();
    for (int i = 0; i < 100 && !c->closing && session_timer(c); i++) run_for(1);
    uint64_t taken = now_ns() - began;
    if (!c->closing) fail("a peer that says nothing is never closed: set the session's timer to handshake_ns");
    else if (taken > 11000000000u) fail("a peer that says nothing is closed after %u s: handshake_ns is 10 s", (unsigned)(taken / 1000000000u));
    session_close(c, "the peer went away");
    bring_down(g);
}

void protocol_ends_anywhere(void) {
    needs_protocol();
    static const uint8_t plain[] = "GET / HTTP/1.1\r\nHost: media.example\r\n\r\n";
    const uint8_t *bytes = judged.capture_size ? judged.capture : plain;
    size_t size = judged.capture_size ? judged.capture_size : sizeof plain - 1;
    if (size > 64 << 10) size = 64 << 10;
    generation *g = bring_up();
    for (unsigned i = 0; i < 300; i++) {
        connection *c = session_open(g, i % 3 ? SLUICE_VERDICT_ALLOW : SLUICE_VERDICT_DENY);
        size_t end = i < 50 ? i : size * i / 300;
        for (size_t at = 0; at < end && session_feed(c, bytes + at, end - at < 4096 ? end - at : 4096);) at += 4096;
        if (i % 5 == 0) session_stop(c);
        if (i % 7 == 0) session_timer(c);
        session_close(c, "the peer went away");
    }
    run_for(50);
    bring_down(g);
    if (g->buffers > 0) fail("%ld buffer reference(s) are left after sessions that ended early", g->buffers);
}

void protocol_noise(void) {
    needs_protocol();
    uint64_t random = judged.seed;
    generation *g = bring_up();
    static uint8_t bytes[64 << 10];
    static const char *const others[] = {"GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc", "SSH-2.0-x\r\n", "\x03", "\x00"};
    for (unsigned round = 0; round < 200; round++) {
        uint64_t seed = random;
        size_t size = 1 + next_random(&random) % sizeof bytes;
        for (size_t i = 0; i < size; i++) bytes[i] = (uint8_t)next_random(&random);
        const char *start = others[next_random(&random) % 5];
        memcpy(bytes, start, strlen(start) < size ? strlen(start) : size);
        at("round %u, seed %llu", round, (unsigned long long)seed);
        feed_for(g, bytes, size, any, &random, 0);
    }
    bring_down(g);
}

void protocol_bit_flips(void) {
    needs_capture();
    uint64_t random = judged.seed;
    generation *g = bring_up();
    size_t size = judged.capture_size < 128 << 10 ? judged.capture_size : 128 << 10;
    uint8_t *bytes = malloc(size);
    for (unsigned round = 0; round < 300 && bytes; round++) {
        at("round %u, seed %llu", round, (unsigned long long)random);
        memcpy(bytes, judged.capture, size);
        for (uint64_t flips = 1 + next_random(&random) % 16; flips > 0; flips--) {
            /* Half of them in the first part, where the protocol is negotiated. */
            size_t at = next_random(&random) % (next_random(&random) % 2 && size > 8192 ? 8192 : size);
            bytes[at] ^= (uint8_t)(1u << (next_random(&random) % 8));
        }
        feed_for(g, bytes, size, any, &random, 0);
    }
    free(bytes);
    bring_down(g);
}

void protocol_handover(void) {
    needs_capture();
    if (!offers(SLUICE_INTERFACE_HANDOVER)) not_applicable("it hands no sessions over");
    uint64_t random = judged.seed;
    generation *one = bring_up_from(library_copy()), *two = bring_up_from(library_copy());
    if (!one->handover->export_session || !one->handover->import_session) not_applicable("it hands no sessions over");
    outcome stays = feed(one, judged.capture, judged.capture_size, whole, &random);
    connection *c = session_open(one, SLUICE_VERDICT_ALLOW);
    unsigned moved = 0, refused = 0;
    char reason[SLUICE_ERROR_TEXT_SIZE] = "";
    for (size_t at = 0; at < judged.capture_size;) {
        size_t piece = any(&random, judged.capture_size - at);
        if (!session_feed(c, judged.capture + at, piece)) break;
        at += piece;
        run_until(NULL, NULL, 0);
        if (c->closing) break;
        int result = session_hand_over(c, c->generation == one ? two : one, reason, sizeof reason);
        moved += result == SLUICE_OK;
        refused += result < 0;
    }
    outcome moves = outcome_of(c, 20);
    compare("handed there and back", &stays, &moves);
    if (!moved) fail("not one handover succeeded%s%s", reason[0] ? ": " : "", reason);
    note("%u handovers, %u refusals%s%s", moved, refused, reason[0] ? ": " : "", reason);
    bring_down(one);
    bring_down(two);
}

void media_publisher(void) {
    needs_capture();
    asked_about = BROKE_MEDIA;
    uint64_t random = judged.seed;
    generation *g = bring_up();
    outcome o = feed(g, judged.capture, judged.capture_size, whole, &random);
    if (o.publishes == 0) not_applicable("the capture publishes nothing");
    if (o.frames == 0) fail("the capture publishes, and no frame was pushed");
    bring_down(g);
}
