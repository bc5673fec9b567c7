/* Service sluice.log/1: structured log lines. */
#ifndef SLUICE_LOG_H
#define SLUICE_LOG_H
#include "core.h"
#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_SERVICE_LOG "sluice.log/1"

#define SLUICE_LOG_TRACE 0
#define SLUICE_LOG_DEBUG 1
#define SLUICE_LOG_INFO 2
#define SLUICE_LOG_NOTICE 3
#define SLUICE_LOG_WARNING 4
#define SLUICE_LOG_ERROR 5

typedef struct sluice_log_service {
    uint32_t struct_size;
    uint32_t reserved;
    /* [any] 1 when a line of this level would be written, else 0. */
    int32_t (*enabled)(const sluice_host *host, int32_t level);
    /*
     * [any] Writes one line: a lower-case message and fields. The host adds time, plugin and generation, bounds the length (4 KiB)
     * and replaces control characters. Never put a token, password or session into it. Never blocks; lines beyond 1,000 a second
     * per plugin are dropped and counted.
     */
    void (*write)(const sluice_host *host, int32_t level, sluice_text message, const sluice_pair *fields, uint32_t count);
} sluice_log_service;

#ifdef __cplusplus
}
#endif
#endif
