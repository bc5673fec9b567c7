/* Service sluice.fetch/0: the HTTP client, within the manifest's egress list. Draft: hosts of this release answer NULL for it. */
#ifndef SLUICE_FETCH_H
#define SLUICE_FETCH_H
#include "core.h"
#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_SERVICE_FETCH "sluice.fetch/0"

typedef struct sluice_fetch_request {
    uint32_t struct_size;
    uint32_t reserved;
    sluice_text method;
    sluice_text url; /* http or https */
    const sluice_pair *headers;
    uint32_t header_count;
    uint32_t reserved2;
    sluice_bytes body;
    uint64_t deadline_ns;    /* monotonic, of the whole call; 0: 8 s from now */
    uint64_t response_limit; /* bytes of the answer's body; 0: 1 MiB */
} sluice_fetch_request;

/* Borrowed until the callback returns. */
typedef struct sluice_fetch_answer {
    uint32_t struct_size;
    int32_t failure; /* SLUICE_OK, or why there is no answer */
    uint32_t status; /* HTTP status */
    uint32_t header_count;
    const sluice_pair *headers;
    sluice_bytes body;
    sluice_text reason; /* of the failure */
} sluice_fetch_answer;

typedef void (*sluice_fetch_done)(void *context, const sluice_fetch_answer *answer);

typedef struct sluice_fetch_service {
    uint32_t struct_size;
    uint32_t reserved;
    /* [any] `done` is called once, on [control], unless this fails: SLUICE_E_DENIED (egress), SLUICE_E_LIMIT, SLUICE_E_INVALID. */
    int32_t (*start)(const sluice_host *host, const sluice_fetch_request *request, sluice_fetch_done done, void *context,
                     sluice_handle *operation, sluice_error *error);
    /* [any] `done` is called with SLUICE_E_CANCELLED if it was not yet. */
    int32_t (*cancel)(const sluice_host *host, sluice_handle operation);
} sluice_fetch_service;

#ifdef __cplusplus
}
#endif
#endif
