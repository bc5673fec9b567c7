/* Service and interface sluice.command/1: the plugin's own command line, run in the live server or, with none running, in a Runner. */
#ifndef SLUICE_COMMAND_H
#define SLUICE_COMMAND_H
#include "core.h"
#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_SERVICE_COMMAND "sluice.command/1"
#define SLUICE_INTERFACE_COMMAND "sluice.command/1"

typedef struct sluice_command_service {
    uint32_t struct_size;
    uint32_t reserved;
    /* [any] Ends a command, once: what it prints, and its exit code (0 good, 1 failed, 2 wrong usage). SLUICE_E_STALE: nobody waits. */
    int32_t (*reply)(const sluice_host *host, sluice_handle call, int32_t exit_code, sluice_text standard_output,
                     sluice_text standard_error);
} sluice_command_service;

typedef struct sluice_command_interface {
    uint32_t struct_size;
    uint32_t reserved;
    /*
     * [control] Runs `sluice NAME argv…` (argv without the plugin's name; at most 256 arguments, 64 KiB). The instance is configured and,
     * in a live server, active. Answers by reply, now or later, within 30 s.
     */
    int32_t (*run)(sluice_instance *instance, sluice_handle call, const sluice_text *argv, uint32_t argc, sluice_error *error);
} sluice_command_interface;

#ifdef __cplusplus
}
#endif
#endif
