/* Tests of the plugin's own logic: no server, no sockets. Run by ./test. */
#include "plugin.c"
#include <stdio.h>

static int failures;

static void expect(const char *what, const char *found, const char *wanted) {
    int good = found && wanted ? strcmp(found, wanted) == 0 : found == wanted;
    if (!good) failures++;
    printf("%s  %s: %s\n", good ? "ok  " : "FAIL", what, found ? found : "allowed");
}

int main(void) {
    sluice_text users = kit_json_get(kit_text("{\"users\": {\"b\\\"ob\": \"x\", \"ann\": \"k\\u00e9y, {1}\"}}"), kit_text("users"));
    char *key = kit_json_string(kit_json_get(users, kit_text("ann")));
    char *nobody = kit_json_string(kit_json_get(users, kit_text("carl")));
    expect("the key of a user", key, "k\xC3\xA9y, {1}");
    expect("the right key", judge("ann", "k\xC3\xA9y, {1}", key), NULL);
    expect("another key", judge("ann", "other", key), "BAD_KEY");
    expect("nobody of that name", judge("carl", "key", nobody), "BAD_KEY");
    expect("no key", judge("ann", "", key), "NO_CREDENTIALS");
    expect("nothing at all", judge(NULL, NULL, NULL), "NO_CREDENTIALS");
    free(key), free(nobody);
    printf("%d failed\n", failures);
    return failures != 0;
}
