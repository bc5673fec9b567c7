/*
 * Plugins that are broken on purpose, one kind per build: cc -DKIND=…
 *
 * 1 no entry symbol · 2 another major · 3 the entry refuses · 4 another id than the manifest's · 5 an interface of the manifest is not
 * offered · 6 an interface is offered that has no table · 7 create fails · 8 the self-test fails · 9 configure fails · 10 activate fails ·
 * 11 a greater minor · 12 no create · 13 create succeeds without an instance · 14 a small descriptor · 15 the entry never returns ·
 * 16 the entry traps · 17 the entry ends the process · 18 calls itself gate · 0 nothing: it is well
 */
#include <sluice/sluice.h>
#include <stdlib.h>
#include <string.h>

#ifndef KIND
#define KIND 0
#endif

struct sluice_instance {
    int unused;
};
static struct sluice_instance only;

#if KIND != 1
static int32_t refuse(sluice_error *error, const char *reason, int32_t code) {
    if (error) strncpy(error->text, reason, sizeof error->text - 1);
    return code;
}

static int32_t create(const sluice_host *host, sluice_instance **out, sluice_error *error) {
    (void)host;
    if (KIND == 7) return refuse(error, "there is no table\nfor me", SLUICE_E_BACKEND);
    if (KIND != 13) *out = &only;
    return SLUICE_OK;
}

static int32_t test(sluice_instance *instance, sluice_error *error) {
    (void)instance;
    return KIND == 8 ? refuse(error, "two and two are five", SLUICE_E_FAILED) : SLUICE_OK;
}

static void event(sluice_instance *instance, sluice_text type, sluice_text json) {
    (void)instance;
    (void)type;
    (void)json;
}

static const sluice_selftest_interface selftest_table = {sizeof selftest_table, 0, test};
static const sluice_observer_interface observer_table = {sizeof observer_table, 0, event};

static const void *get_interface(sluice_instance *instance, const char *id) {
    (void)instance;
    if (strcmp(id, SLUICE_INTERFACE_SELFTEST) == 0) return &selftest_table;
    if (strcmp(id, SLUICE_INTERFACE_OBSERVER) == 0 && KIND != 6) return &observer_table;
    return NULL;
}

static int32_t configure(sluice_instance *instance, sluice_text json, sluice_error *error) {
    (void)instance;
    (void)json;
    return KIND == 9 ? refuse(error, "not with this", SLUICE_E_INVALID) : SLUICE_OK;
}

static int32_t activate(sluice_instance *instance, sluice_error *error) {
    (void)instance;
    return KIND == 10 ? refuse(error, "too tired", SLUICE_E_FAILED) : SLUICE_OK;
}

static void destroy(sluice_instance *instance) { (void)instance; }

static const char *const interfaces[] = {SLUICE_INTERFACE_SELFTEST, SLUICE_INTERFACE_OBSERVER};

static const sluice_module module = {
    .struct_size = KIND == 14 ? 64 : sizeof(sluice_module),
    .abi_major = KIND == 2 ? 2 : SLUICE_ABI_MAJOR,
    .abi_minor = KIND == 11 ? 99 : SLUICE_ABI_MINOR,
    .id = {KIND == 4 ? "other" : KIND == 18 ? "gate" : "broken", KIND == 4 ? 5 : KIND == 18 ? 4 : 6},
    .version = {"1.0.0", 5},
    .interfaces = interfaces,
    .interface_count = KIND == 5 ? 1 : 2,
    .create = KIND == 12 ? NULL : create,
    .get_interface = get_interface,
    .configure = configure,
    .activate = activate,
    .destroy = destroy,
};

SLUICE_EXPORT const sluice_module *sluice_module_v1(const sluice_hello *hello, sluice_error *error) {
    (void)hello;
    for (volatile int forever = 1; KIND == 15 && forever;) {}
    if (KIND == 16) __builtin_trap();
    if (KIND == 17) exit(0);
    if (KIND == 3) {
        refuse(error, "this host is too old for me", SLUICE_E_UNSUPPORTED);
        return NULL;
    }
    return &module;
}
#else
SLUICE_EXPORT int something_else(void);
int something_else(void) { return only.unused; }
#endif
