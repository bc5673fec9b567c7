/* Auth: each question gets one answer, whatever becomes of who asked. */
#include "judge.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static void needs_auth(void) {
    if (!offers(SLUICE_INTERFACE_AUTH)) not_applicable("it answers no questions");
}

static const char *action_name(uint32_t action) {
    static const char *const names[] = {"?", "connect", "publish", "play", "admin"};
    return names[action < 5 ? action : 0];
}

void auth_answers(void) {
    needs_auth();
    asked_about = BROKE_CONTRACT;
    generation *g = bring_up();
    for (uint32_t action = SLUICE_ACTION_CONNECT; action <= SLUICE_ACTION_ADMIN; action++) {
        for (unsigned variant = 0; variant < 6; variant++) {
            question *q = ask(g, action, variant, 0);
            wait_settled(q, 8000);
            if (is_settled(q)) continue;
            fail("a %s question was not answered before its deadline (8 s): answer each, with SLUICE_VERDICT_FAILED if need be",
                 action_name(action));
            cancel_question(q);
            end_case();
        }
    }
    bring_down(g);
}

void auth_once(void) {
    needs_auth();
    asked_about = BROKE_ANSWERED_TWICE;
    generation *g = bring_up();
    exercise(g);
    run_for(300);
    bring_down(g);
}

void auth_late(void) {
    needs_auth();
    generation *g = bring_up();
    answers_stale_for = 1;
    for (unsigned i = 0; i < 20; i++) {
        question *q = ask(g, SLUICE_ACTION_PUBLISH, i, now_ns());
        wait_settled(q, 2000);
    }
    answers_stale_for = 0;
    question *q = ask(g, SLUICE_ACTION_PUBLISH, 1, 0);
    wait_settled(q, 5000);
    if (!is_settled(q)) fail("after answers that came too late (STALE) it answers no question any more");
    bring_down(g);
}

void auth_cancel(void) {
    needs_auth();
    uint64_t random = judged.seed;
    generation *g = bring_up();
    at("seed %llu", (unsigned long long)random);
    for (unsigned i = 0; i < 300; i++) {
        question *q = ask(g, i % 2 ? SLUICE_ACTION_PUBLISH : SLUICE_ACTION_PLAY, i, 0);
        uint64_t pause = next_random(&random) % 300;
        if (pause < 200) usleep((useconds_t)pause);
        cancel_question(q);
    }
    run_for(300);
    question *q = ask(g, SLUICE_ACTION_PUBLISH, 1, 0);
    wait_settled(q, 5000);
    if (!is_settled(q)) fail("after cancelled questions it answers no question any more");
    bring_down(g);
}

void auth_stop_pending(void) {
    needs_auth();
    for (unsigned round = 0; round < 10; round++) {
        generation *g = bring_up();
        question *list[100];
        for (unsigned i = 0; i < 100; i++) list[i] = ask(g, SLUICE_ACTION_PUBLISH, i, 0);
        for (unsigned i = 0; i < 100; i++) cancel_question(list[i]);
        bring_down(g);
    }
    run_for(300);
}

static void search_output(void) {
    char path[512], *text = malloc(1 << 20);
    snprintf(path, sizeof path, "%s/output", judged.folder);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = file >= 0 && text ? read(file, text, 1 << 20) : 0;
    if (size > 0 && memmem(text, (size_t)size, SECRET, strlen(SECRET)))
        fail("its standard output or error holds a secret of the question");
}

void auth_canary(void) {
    needs_auth();
    asked_about = BROKE_SECRET;
    generation *g = bring_up();
    exercise(g);
    run_for(100);
    bring_down(g);
    search_output();
}

typedef struct crowd {
    question **list;
    unsigned count, settled;
} crowd;

static int all_settled(void *pointer) {
    crowd *c = pointer;
    while (c->settled < c->count && is_settled(c->list[c->settled])) c->settled++;
    return c->settled == c->count;
}

void auth_many(void) {
    needs_auth();
    generation *g = bring_up();
    crowd c = {calloc(10000, sizeof(question *)), 10000, 0};
    uint64_t began = real_ns();
    for (unsigned i = 0; i < c.count; i++) c.list[i] = ask(g, SLUICE_ACTION_PUBLISH, i, now_ns() + 30000000000u);
    if (!run_until(all_settled, &c, 30000)) {
        unsigned open = 0;
        for (unsigned i = 0; i < c.count; i++) open += !is_settled(c.list[i]);
        fail("of 10,000 questions at once %u were not answered in 30 s", open);
        end_case();
    }
    note("10,000 questions at once were answered in %u ms", (unsigned)((real_ns() - began) / 1000000u));
    bring_down(g);
}

static sluice_text enemy_text(uint64_t *random, char *place, size_t room) {
    size_t size = next_random(random) % 8 ? next_random(random) % 256 : next_random(random) % room;
    unsigned how = (unsigned)(next_random(random) % 4);
    for (size_t i = 0; i < size; i++) {
        uint64_t byte = next_random(random);
        place[i] = (char)(how == 0 ? byte : how == 1 ? 'A' : how == 2 ? (uint8_t)"%&=?/#:.\0\xff\xc0\xed"[byte % 12] : 0x20 + byte % 95);
    }
    return (sluice_text){place, size};
}

void auth_hostile(void) {
    needs_auth();
    uint64_t random = judged.seed;
    generation *g = bring_up();
    static char places[8][4096];
    for (unsigned round = 0; round < 500; round++) {
        sluice_text texts[8];
        at("round %u, seed %llu", round, (unsigned long long)random);
        for (unsigned i = 0; i < 8; i++) texts[i] = enemy_text(&random, places[i], sizeof places[i]);
        question *q = ask_with(g, (uint32_t)(1 + next_random(&random) % 4), texts, 8, (uint32_t)(next_random(&random) % 65));
        wait_settled(q, 5000);
        if (is_settled(q)) continue;
        fail("a question of hostile texts was not answered");
        break;
    }
    bring_down(g);
}
