/* Service sluice.metrics/1: counters, gauges and histograms, exported by the host at /metrics. */
#ifndef SLUICE_METRICS_H
#define SLUICE_METRICS_H
#include "core.h"
#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_SERVICE_METRICS "sluice.metrics/1"

#define SLUICE_METRIC_COUNTER 1u
#define SLUICE_METRIC_GAUGE 2u
#define SLUICE_METRIC_HISTOGRAM 3u /* of seconds: 1 ms to 30 s */

typedef struct sluice_metrics_service {
    uint32_t struct_size;
    uint32_t reserved;
    /*
     * [control] Defines one time series; the host puts "sluice_ID_" in front of the name ([a-z0-9_], ends in _total, _seconds, _bytes …)
     * and adds the labels. Equal calls give the same metric. At most 256 per plugin: SLUICE_E_LIMIT.
     */
    int32_t (*define)(const sluice_host *host, uint32_t kind, sluice_text name, sluice_text help, const sluice_pair *labels,
                      uint32_t label_count, sluice_handle *metric);
    /* [any] Counter: adds (negative is ignored). Gauge: sets. Histogram: observes. No lock is held for long. */
    void (*record)(const sluice_host *host, sluice_handle metric, double value);
} sluice_metrics_service;

#ifdef __cplusplus
}
#endif
#endif
