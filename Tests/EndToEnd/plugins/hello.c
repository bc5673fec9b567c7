/* The smallest plugin that becomes ACTIVE: it checks itself and does nothing else. */
#include <stdlib.h>
#include <string.h>

#include "sluice/core.h"
#include "sluice/selftest.h"

#define TEXT(literal) { literal, sizeof(literal) - 1 }

static int32_t run(sluice_instance *instance, sluice_error *error) {
    (void)instance;
    (void)error;
    return SLUICE_OK;
}

static int32_t create(const sluice_host *host, sluice_instance **instance, sluice_error *error) {
    (void)host;
    (void)error;
    *instance = calloc(1, 1);
    return *instance ? SLUICE_OK : SLUICE_E_LIMIT;
}

static void destroy(sluice_instance *instance) { free(instance); }

static const sluice_selftest_interface selftest = { sizeof(selftest), 0, run };

static const void *get_interface(sluice_instance *instance, const char *id) {
    (void)instance;
    return strcmp(id, SLUICE_INTERFACE_SELFTEST) == 0 ? &selftest : NULL;
}

static const char *const interfaces[] = { SLUICE_INTERFACE_SELFTEST };

static const sluice_module module = {
    .struct_size = sizeof(module),
    .abi_major = SLUICE_ABI_MAJOR,
    .id = TEXT("hello"),
    .version = TEXT("1.0.0"),
    .description = TEXT("does nothing, correctly"),
    .interfaces = interfaces,
    .interface_count = 1,
    .create = create,
    .get_interface = get_interface,
    .destroy = destroy,
};

const sluice_module *sluice_module_v1(const sluice_hello *hello, sluice_error *error) {
    (void)hello;
    (void)error;
    return &module;
}
