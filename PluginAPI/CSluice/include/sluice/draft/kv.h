/*
 * Service sluice.kv/0: a little state that outlives the plugin and the process, in the plugin's own folder.
 * Draft: this header may change with any release; the host says so in its log when a plugin asks for a draft id.
 */
#ifndef SLUICE_DRAFT_KV_H
#define SLUICE_DRAFT_KV_H
#include "../core.h"
#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_SERVICE_KV "sluice.kv/0"

/* Receives a key and its value, both borrowed. */
typedef void (*sluice_kv_receiver)(void *context, sluice_text key, sluice_bytes value);

/* Keys at most 256 bytes, values 64 KiB, 4,096 keys and 4 MiB in all per plugin. Writes are durable when the call returns. */
typedef struct sluice_kv_service {
    uint32_t struct_size;
    uint32_t reserved;
    /* [worker] or [control] Calls `receive` once before returning. SLUICE_E_NOT_FOUND: no such key. */
    int32_t (*get)(const sluice_host *host, sluice_text key, sluice_kv_receiver receive, void *context);
    /* [worker] or [control] SLUICE_E_LIMIT: over a bound; SLUICE_E_FAILED with the reason: the disk. */
    int32_t (*put)(const sluice_host *host, sluice_text key, sluice_bytes value, sluice_error *error);
    /* [worker] or [control] Removing what is not there is a success. */
    int32_t (*remove)(const sluice_host *host, sluice_text key, sluice_error *error);
    /* [worker] or [control] Calls `receive` for each key with this prefix, in order, before returning. */
    int32_t (*each)(const sluice_host *host, sluice_text prefix, sluice_kv_receiver receive, void *context);
} sluice_kv_service;

#ifdef __cplusplus
}
#endif
#endif
