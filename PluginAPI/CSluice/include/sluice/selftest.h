/* Interface sluice.selftest/1: the plugin checks itself. */
#ifndef SLUICE_SELFTEST_H
#define SLUICE_SELFTEST_H
#include "core.h"
#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_INTERFACE_SELFTEST "sluice.selftest/1"

typedef struct sluice_selftest_interface {
    uint32_t struct_size;
    uint32_t reserved;
    /*
     * [control] After configure, before activate: quick (100 ms), without effects outside. A failure keeps the plugin from becoming
     * active, with the reason.
     */
    int32_t (*run)(sluice_instance *instance, sluice_error *error);
} sluice_selftest_interface;

#ifdef __cplusplus
}
#endif
#endif
