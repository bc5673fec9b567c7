/*
 * Service sluice.fetch/1: the host's HTTP client, for the origins in the manifest's [permissions] egress.
 *
 * Connections, TLS (the system's certificate authorities; names are checked) and their reuse are the host's. It follows no redirect,
 * keeps no cookie, decompresses nothing: an answer is handed over as it came, whatever its status.
 */
#ifndef SLUICE_FETCH_H
#define SLUICE_FETCH_H
#include "core.h"
#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_SERVICE_FETCH "sluice.fetch/1"

/* What is asked of a server, borrowed until start returns. */
typedef struct sluice_fetch_request {
    uint32_t struct_size;
    uint32_t reserved;
    sluice_text method; /* empty: "GET" */
    sluice_text url;    /* http or https, at most 8 KiB, without user information */
    const sluice_pair *headers; /* at most 64; host, content-length, transfer-encoding, connection and upgrade are the host's */
    uint32_t header_count;
    uint32_t reserved2;
    sluice_bytes body;       /* at most 16 MiB; in a process of its own 960 KiB */
    uint64_t deadline_ns;    /* monotonic, of the whole call; 0: 8 s from now */
    uint64_t response_limit; /* bytes of the answer's body; 0: 1 MiB; at most 64 MiB, in a process of its own 960 KiB */
} sluice_fetch_request;

/* What came back, or why nothing did. Borrowed until the callback returns. */
typedef struct sluice_fetch_answer {
    uint32_t struct_size;
    /* SLUICE_OK, or why there is no answer: SLUICE_E_BACKEND (no connection, TLS, garbage), _TIMEOUT, _LIMIT (larger than response_limit),
       _CANCELLED */
    int32_t failure;
    uint32_t status; /* HTTP status */
    uint32_t header_count;
    const sluice_pair *headers; /* names in lower case; at most 64 */
    sluice_bytes body;
    sluice_text reason; /* of the failure; without path, query and headers, which may be secret */
} sluice_fetch_answer;

/* [control] The end of a fetch, once. */
typedef void (*sluice_fetch_done)(void *context, const sluice_fetch_answer *answer);

typedef struct sluice_fetch_service {
    uint32_t struct_size;
    uint32_t reserved;
    /*
     * [any] Everything in the request is borrowed until this returns. `done` is called once, later, on [control], unless this fails
     * (SLUICE_E_DENIED: egress; SLUICE_E_LIMIT: 1,000 are under way; SLUICE_E_INVALID) or the plugin is destroyed first. The context is
     * the plugin's.
     */
    int32_t (*start)(const sluice_host *host, const sluice_fetch_request *request, sluice_fetch_done done, void *context,
                     sluice_handle *operation, sluice_error *error);
    /* [any] `done` is called with SLUICE_E_CANCELLED if an answer was not first. SLUICE_E_STALE: over already. */
    int32_t (*cancel)(const sluice_host *host, sluice_handle operation);
} sluice_fetch_service;

#ifdef __cplusplus
}
#endif
#endif
