/* Service sluice.event/1: tell the operator and other plugins that something happened. */
#ifndef SLUICE_EVENT_H
#define SLUICE_EVENT_H
#include "core.h"
#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_SERVICE_EVENT "sluice.event/1"

typedef struct sluice_event_service {
    uint32_t struct_size;
    uint32_t reserved;
    /*
     * [any] Emits an event "ID.type" ([a-z0-9_.], at most 64 bytes) with a JSON object (at most 16 KiB, no secrets) to observers and the
     * API's event stream. Never blocks. SLUICE_E_LIMIT: more than 1,000 a second from this plugin; dropped and counted.
     */
    int32_t (*emit)(const sluice_host *host, sluice_text type, sluice_text json);
} sluice_event_service;

#ifdef __cplusplus
}
#endif
#endif
