/* Tests of the plugin's own logic: no server, no media. Run by ./test. */
#include "plugin.c"
#include <stdio.h>

static int failures;

static void expect(const char *what, long found, long wanted) {
    if (found != wanted) failures++;
    printf("%s  %s: %ld\n", found == wanted ? "ok  " : "FAIL", what, found);
}

int main(void) {
    static queue q;
    sluice_frame frame = {.struct_size = sizeof frame, .track = 2, .flags = SLUICE_FRAME_KEY}, out;
    expect("a key frame of video passes", passes(1 << 2, &frame), 1);
    expect("audio does not", passes(1 << 1, &frame), 0);
    frame.flags = SLUICE_FRAME_DROPPABLE;
    expect("nor does another frame", passes(1 << 2, &frame), 0);
    for (int round = 0; round < 3; round++) {
        long taken = 0, in_order = 0;
        for (frame.pts = 0; put(&q, &frame); frame.pts++) taken++;
        expect("room", taken, ROOM);
        for (long i = 0; get(&q, &out); i++) in_order += out.pts == i;
        expect("in order", in_order, ROOM);
        put(&q, &frame), get(&q, &out); /* begins elsewhere the next time */
    }
    printf("%d failed\n", failures);
    return failures != 0;
}
