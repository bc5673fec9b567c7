/* Threads: [control] and lanes are not OS threads, and their rules hold in both directions. */
#include "judge.h"

#include <stdio.h>

void threads_hop(void) {
    hostile.hops = 1;
    generation *g = bring_up();
    exercise(g);
    if (g->auth) {
        question *q = ask(g, SLUICE_ACTION_PUBLISH, 1, 0);
        wait_settled(q, 5000);
        if (!is_settled(q)) fail("a question gets no answer when [control] is on another thread at each call");
    }
    bring_down(g);
}

void threads_lanes(void) {
    if (!offers(SLUICE_INTERFACE_PROTOCOL) && !offers(SLUICE_INTERFACE_SINK)) not_applicable("nothing of it runs on a lane");
    asked_about = BROKE_LANE;
    generation *g = bring_up();
    exercise(g);
    run_for(100);
    bring_down(g);
}

void threads_control(void) {
    asked_about = BROKE_CONTROL;
    generation *g = bring_up();
    exercise(g);
    run_for(100);
    bring_down(g);
}

void threads_blocking(void) {
    asked_about = BROKE_BLOCKED;
    generation *g = bring_up();
    exercise(g);
    slow_calls = 0;
    slowest_ns = 0;
    exercise(g);
    bring_down(g);
    if (slow_calls) {
        note("%u call(s) took longer than 2 ms, the longest %s with %u.%u ms", slow_calls, slowest_call,
             (unsigned)(slowest_ns / 1000000u), (unsigned)(slowest_ns / 100000u % 10u));
    }
}
