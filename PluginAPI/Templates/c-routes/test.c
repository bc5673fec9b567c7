/* Tests of the plugin's own logic: no server, no sockets. Run by ./test. */
#include "plugin.c"

static int failures;

static void expect(size_t size, const char *greeting, const char *stream, const char *wanted) {
    char found[64];
    write_greeting(found, size, greeting, "live", stream);
    int good = strcmp(found, wanted) == 0;
    if (!good) failures++;
    printf("%s  %s", good ? "ok  " : "FAIL", found);
}

int main(void) {
    expect(64, "welcome", "one", "welcome, live/one\n");
    expect(64, NULL, NULL, "hello, live/?\n");
    expect(8, "welcome", "one", "welcome");
    printf("\n%d failed\n", failures);
    return failures != 0;
}
