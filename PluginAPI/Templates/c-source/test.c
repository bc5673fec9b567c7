/* Tests of the plugin's own logic: no server, no media. Run by ./test. */
#include "plugin.c"
#include <stdio.h>

static int failures;

static void expect(uint64_t milliseconds, uint64_t wanted) {
    uint64_t found = due(milliseconds * 1000000);
    if (found != wanted) failures++;
    printf("%s  after %llu ms: %llu frames\n", found == wanted ? "ok  " : "FAIL", (unsigned long long)milliseconds, (unsigned long long)found);
}

int main(void) {
    expect(0, 1);
    expect(21, 1);
    expect(22, 2);
    expect(1000, 47);
    expect(3600000, 168751);
    expect(1000ull * 3600 * 24 * 365, 1478250001);
    printf("%d failed\n", failures);
    return failures != 0;
}
