/*
 * Another plugin of ours as it would be without sluice.handover/1: REAL names its library. Everything is the real one's, but for what it
 * says it can do.
 */
#include <dlfcn.h>
#include <sluice/sluice.h>
#include <string.h>

typedef const sluice_module *entry(const sluice_hello *, sluice_error *);

static sluice_module module;
static const char *interfaces[16];
static const sluice_module *real;

static const void *get_interface(sluice_instance *instance, const char *id) {
    return strcmp(id, SLUICE_INTERFACE_HANDOVER) == 0 ? NULL : real->get_interface(instance, id);
}

SLUICE_EXPORT const sluice_module *sluice_module_v1(const sluice_hello *hello, sluice_error *error) {
    void *library = dlopen(REAL, RTLD_NOW | RTLD_LOCAL);
    void *symbol = library ? dlsym(library, SLUICE_ENTRY) : NULL;
    entry *enter;
    memcpy(&enter, &symbol, sizeof enter);
    real = enter ? enter(hello, error) : NULL;
    if (!real || real->interface_count > 16) return NULL;
    module = *real;
    module.interfaces = interfaces;
    module.interface_count = 0;
    module.get_interface = get_interface;
    for (uint32_t i = 0; i < real->interface_count; i++)
        if (strcmp(real->interfaces[i], SLUICE_INTERFACE_HANDOVER) != 0) interfaces[module.interface_count++] = real->interfaces[i];
    return &module;
}
