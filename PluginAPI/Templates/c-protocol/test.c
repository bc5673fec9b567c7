/* Tests of the plugin's own logic: no server, no sockets. Run by ./test. */
#include "plugin.c"
#include <stdio.h>

static int failures;

/* The lines that come out, '|' behind each, when the text goes in by pieces of so many bytes. */
static void expect(const char *text, size_t piece, const char *wanted) {
    static lines l;
    char found[4096] = "";
    memset(&l, 0, sizeof l);
    for (size_t start = 0; start < strlen(text); start += piece) {
        size_t count = strlen(text) - start < piece ? strlen(text) - start : piece;
        uint64_t at = 0;
        int status;
        while ((status = take(&l, (const uint8_t *)text + start, count, &at)) == 1) {
            strncat(found, l.line, l.used);
            strcat(found, "|");
            l.used = 0;
        }
        if (status < 0) {
            strcat(found, "too long");
            break;
        }
    }
    int good = strcmp(found, wanted) == 0;
    if (!good) failures++;
    printf("%s  by %zu: %.60s\n", good ? "ok  " : "FAIL", piece, found);
}

int main(void) {
    char longest[LINE_LIMIT + 8];
    for (size_t piece = 1; piece < 20; piece += 3) expect("one\r\ntwo\n\nthree", piece, "one|two||");
    memset(longest, 'x', sizeof longest);
    strcpy(longest + LINE_LIMIT + 1, "\n");
    expect(longest, 7, "too long");
    printf("%d failed\n", failures);
    return failures != 0;
}
