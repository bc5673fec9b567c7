/* Service sluice.task/1: work that may block, on the host's threads. */
#ifndef SLUICE_TASK_H
#define SLUICE_TASK_H
#include "core.h"
#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_SERVICE_TASK "sluice.task/1"

/* Work of the plugin's; run and post say on which thread. */
typedef void (*sluice_task_work)(void *context);

typedef struct sluice_task_service {
    uint32_t struct_size;
    uint32_t reserved;
    /*
     * [any] Calls `work` on a [worker] thread, then `done` (may be NULL) on the plugin's [control] thread, each once. The context is the
     * plugin's. Tasks of one plugin may run at the same time. SLUICE_E_LIMIT: 10,000 wait already; nothing is called.
     */
    int32_t (*run)(const sluice_host *host, sluice_task_work work, sluice_task_work done, void *context);
    /* [any] Calls `work` on the plugin's [control] thread, later. SLUICE_E_LIMIT as above. */
    int32_t (*post)(const sluice_host *host, sluice_task_work work, void *context);
} sluice_task_service;

#ifdef __cplusplus
}
#endif
#endif
