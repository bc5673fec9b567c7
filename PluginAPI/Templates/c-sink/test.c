/* Tests of the plugin's own logic: no server, no media. Run by ./test. */
#include "plugin.c"

int main(void) {
    char found[128];
    tally sum = {0};
    count(&sum, SLUICE_FRAME_KEY, 1000);
    count(&sum, 0, 10);
    count(&sum, SLUICE_FRAME_DROPPABLE, 1);
    write_tally(&sum, found, sizeof found);
    int good = strcmp(found, "3 frames, 1 of them key frames, 1011 bytes") == 0;
    printf("%s  a tally: %s\n", good ? "ok  " : "FAIL", found);
    return !good;
}
