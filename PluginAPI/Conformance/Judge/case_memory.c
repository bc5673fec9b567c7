/* Memory: what is lent is taken away again, what is shared cannot be written, what is counted comes back. */
#include "judge.h"

#include <stdio.h>

void memory_frames_read_only(void) {
    if (!offers(SLUICE_INTERFACE_SINK)) not_applicable("it takes no frames");
    hostile.frames_read_only = 1;
    generation *g = bring_up();
    exercise(g);
    bring_down(g);
}

void memory_borrowed(void) {
    hostile.unmap_borrowed = 1;
    generation *g = bring_up();
    exercise(g);
    run_for(200);
    exercise(g);
    bring_down(g);
}

void memory_released(void) {
    asked_about = BROKE_BUFFER;
    hostile.unmap_released = 1;
    generation *g = bring_up();
    exercise(g);
    run_for(200);
    bring_down(g);
}

void memory_leases(void) {
    generation *g = bring_up();
    exercise(g);
    exercise(g);
    bring_down(g);
    run_for(200);
    if (g->buffers > 0) fail("%ld buffer reference(s) are left after destroy: release what you allocate and retain", g->buffers);
    if (g->buffers < 0) fail("%ld buffer reference(s) more were released than taken", -g->buffers);
    if (g->timers > 0) fail("%ld timer(s) are left after destroy: cancel them in deactivate", g->timers);
    if (g->tasks > 0) fail("%ld task(s) are left after destroy", g->tasks);
}

void memory_failing(void) {
    static const int every[] = {1, 2, 3, 5, 7, 11, 17};
    for (size_t i = 0; i < sizeof every / sizeof *every; i++) {
        int silent;
        hostile.fail_every = every[i];
        generation *g = try_bring_up(&silent);
        if (!g && silent) fail("when every %d. allocation or start fails it refuses, and gives no reason", every[i]);
        if (!g) continue;
        exercise(g);
        hostile.fail_every = 0;
        question *q = g->auth ? ask(g, SLUICE_ACTION_PUBLISH, 1, 0) : NULL;
        if (q) wait_settled(q, 5000);
        if (q && !is_settled(q)) fail("after failures of the host's services it answers no question any more");
        bring_down(g);
    }
}
