/* Service sluice.time/1: clocks and timers. */
#ifndef SLUICE_TIME_H
#define SLUICE_TIME_H
#include "core.h"
#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_SERVICE_TIME "sluice.time/1"

/* [control] The timer's time has come; monotonic nanoseconds. */
typedef void (*sluice_timer_fired)(void *context, uint64_t now_ns);

typedef struct sluice_time_service {
    uint32_t struct_size;
    uint32_t reserved;
    /* [any] Nanoseconds of a clock that never goes back; its zero has no meaning. */
    uint64_t (*monotonic_ns)(const sluice_host *host);
    /* [any] Microseconds since 1970-01-01 UTC. May jump. */
    int64_t (*wall_us)(const sluice_host *host);
    /*
     * [any] Calls `fired` on the plugin's [control] thread after delay_ns, then every period_ns (0: once). At most 1,000 per plugin:
     * SLUICE_E_LIMIT. The context is the plugin's; a cancelled timer is not called again once cancel has returned on [control].
     * Sessions have a timer of their own: sluice.net set_timer.
     */
    int32_t (*start)(const sluice_host *host, uint64_t delay_ns, uint64_t period_ns, sluice_timer_fired fired, void *context,
                     sluice_handle *timer);
    /* [any] SLUICE_E_STALE: it has fired for the last time or was cancelled before. */
    int32_t (*cancel)(const sluice_host *host, sluice_handle timer);
} sluice_time_service;

#ifdef __cplusplus
}
#endif
#endif
