/*
 * Interface sluice.source/0: a publisher without a peer: generates a stream, or replays one ([[app.NAME.source]] in the configuration).
 * Draft: this header may change with any release; the host says so in its log when a plugin asks for a draft id.
 *
 * The host publishes the stream before it opens the source: tracks and frames go by sluice.stream set_tracks and push, on the handle
 * that open brings. All calls of one source come on one lane, and only within them may it push. It does no I/O of its own: a source that
 * pulls from elsewhere needs the host's outbound connections, which come in a later version.
 */
#ifndef SLUICE_DRAFT_SOURCE_H
#define SLUICE_DRAFT_SOURCE_H
#include "../core.h"
#include "../stream.h"
#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_INTERFACE_SOURCE "sluice.source/0"
#define SLUICE_SERVICE_SOURCE "sluice.source/0"

/* What a source is opened for, borrowed until open returns. */
typedef struct sluice_source_open {
    uint32_t struct_size;
    uint32_t reserved;
    sluice_handle source; /* names it in the service sluice.source */
    sluice_handle stream; /* what it publishes, for sluice.stream: set_tracks, push, set_attribute */
    sluice_text app;
    sluice_text name;          /* of the stream */
    sluice_text settings_json; /* `settings` of the configuration, checked against source_schema, defaults filled in */
    uint64_t now_ns;           /* monotonic */
} sluice_source_open;

typedef struct sluice_source_interface {
    uint32_t struct_size;
    uint32_t reserved;
    /*
     * [lane] The stream is published and has no tracks yet. A refusal is told with its reason and tried again later. When the source
     * replaces one of the generation before, the stream goes on: its media begins anew, with one discontinuity.
     */
    int32_t (*open)(sluice_instance *instance, const sluice_source_open *request, void **source, sluice_error *error);
    /* [lane] The time set by the service has come; it is disarmed. A failure closes the source; it is opened again later. */
    int32_t (*timer)(void *source, uint64_t now_ns, sluice_error *error);
    /* [lane] Publishing is over: it ended itself, was kicked, taken over, replaced or is not configured any more. The last call: the
       source frees itself. */
    void (*close)(void *source, sluice_text reason);
} sluice_source_interface;

typedef struct sluice_source_service {
    uint32_t struct_size;
    uint32_t reserved;
    /* [lane] When `timer` is to be called, monotonic nanoseconds; 0 disarms. One timer per source. */
    int32_t (*set_timer)(const sluice_host *host, sluice_handle source, uint64_t deadline_ns);
    /*
     * [lane] There is no more: the source is closed after this call and its stream lingers. It is not opened again before its
     * configuration or its plugin changes. Whoever cannot go on answers `timer` with a failure instead.
     */
    int32_t (*end)(const sluice_host *host, sluice_handle source, sluice_text reason);
} sluice_source_service;

#ifdef __cplusplus
}
#endif
#endif
