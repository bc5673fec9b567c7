/* The child: reads its arguments, runs one case or describes the library. */
#include "judge.h"

#include <ftw.h>
#include <stdio.h>
#include <unistd.h>

judged_library judged;
hostility hostile;

int fails_now(void) {
    static unsigned calls;
    return hostile.fail_every && __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED) % (unsigned)hostile.fail_every == 0;
}

static void read_capture(const char *path) {
    FILE *file = fopen(path, "rb");
    judged.capture = malloc(16 << 20);
    if (file && judged.capture) judged.capture_size = fread(judged.capture, 1, 16 << 20, file);
    if (file) fclose(file);
}

static void add(const char **list, int *count, const char *value) {
    if (*count < MOST_WORDS) list[(*count)++] = value;
}

static const char *after(const char *argument, const char *key) {
    size_t size = strlen(key);
    return strncmp(argument, key, size) == 0 && argument[size] == '=' ? argument + size + 1 : NULL;
}

static void read_argument(const char *argument) {
    const char *value;
    if ((value = after(argument, "library"))) judged.library = value;
    else if ((value = after(argument, "folder"))) judged.folder = value;
    else if ((value = after(argument, "case"))) judged.case_name = value;
    else if ((value = after(argument, "config"))) judged.config = value;
    else if ((value = after(argument, "app-config"))) judged.app_config = value;
    else if ((value = after(argument, "step-settings"))) judged.step_settings = value;
    else if ((value = after(argument, "source-settings"))) judged.source_settings = value;
    else if ((value = after(argument, "id"))) judged.id = value;
    else if ((value = after(argument, "version"))) judged.version = value;
    else if ((value = after(argument, "manifest"))) judged.has_manifest = *value == '1';
    else if ((value = after(argument, "reloads"))) judged.reloads = atoi(value);
    else if ((value = after(argument, "seed"))) judged.seed = strtoull(value, NULL, 10);
    else if ((value = after(argument, "capture"))) read_capture(value);
    else if ((value = after(argument, "interface"))) add(judged.interfaces, &judged.interface_count, value);
    else if ((value = after(argument, "service"))) add(judged.services, &judged.service_count, value);
    else if ((value = after(argument, "bad-config"))) add(judged.bad_configs, &judged.bad_config_count, value);
}

static void describe_text(const char *kind, sluice_text text) {
    dprintf(3, "%s\t", kind);
    for (uint64_t i = 0; i < text.size; i++) dprintf(3, "%02x", (unsigned char)text.data[i]);
    dprintf(3, "\n");
}

/* What the parent has to know before it can run cases; hexadecimal, since schemas have lines. */
static void describe(void) {
    const sluice_module *m = generation_open(judged.library)->module;
    describe_text("id", m->id);
    describe_text("version", m->version);
    describe_text("config-schema", m->config_schema);
    describe_text("app-config-schema", m->app_config_schema);
    if (m->struct_size >= offsetof(sluice_module, source_schema) + sizeof m->source_schema) {
        describe_text("step-schema", m->step_schema);
        describe_text("source-schema", m->source_schema);
    }
    for (uint32_t i = 0; i < m->interface_count && i < MOST_WORDS; i++) {
        if (m->interfaces && m->interfaces[i]) describe_text("interface", (sluice_text){m->interfaces[i], strlen(m->interfaces[i])});
    }
    end_case();
}

int conform_child(int count, char *const *arguments) {
    closefrom(4); /* what the caller has open is not the plugin's */
    judged.config = judged.app_config = judged.step_settings = judged.source_settings = "{}";
    judged.folder = ".";
    for (int i = 0; i < count; i++) read_argument(arguments[i]);
    if (!judged.library || !judged.case_name) return 2;
    watch_signals(0);
    left(entering("nothing")); /* opens what it keeps open */
    if (strcmp(judged.case_name, "describe") == 0) {
        watch_signals(20);
        describe();
    }
    for (uint32_t i = 0; i < conform_case_count(); i++) {
        const conform_case *c = conform_case_at(i);
        if (strcmp(c->name, judged.case_name) != 0) continue;
        watch_signals(c->seconds);
        c->run();
        end_case();
    }
    return 2;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place) {
    (void)status;
    (void)kind;
    (void)place;
    return remove(path);
}

void conform_remove_folder(const char *path) { nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS); }
