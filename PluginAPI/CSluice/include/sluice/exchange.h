/*
 * Service sluice.exchange/1: answer HTTP requests (they come in by sluice.routes).
 *
 * A request is an exchange handle, the host's. Parked requests outlive the plugin's code: they are released by key with one shared
 * buffer for all who wait.
 */
#ifndef SLUICE_EXCHANGE_H
#define SLUICE_EXCHANGE_H
#include "broadcast.h"
#include "core.h"
#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_SERVICE_EXCHANGE "sluice.exchange/1"

#define SLUICE_RESPONSE_COMPRESS 1u /* gzip it, once, for the clients that accept it */

/* A whole answer. Borrowed; the host copies the body once and shares it. Date, Content-Length, CORS and Vary are the host's. */
typedef struct sluice_response {
    uint32_t struct_size;
    uint32_t status; /* 200 … 599 */
    const sluice_pair *headers;
    uint32_t header_count;
    uint32_t flags; /* SLUICE_RESPONSE_* */
    sluice_bytes body;
} sluice_response;

typedef struct sluice_exchange_service {
    uint32_t struct_size;
    uint32_t reserved;
    /* [any] Answers, once. A HEAD request gets the headers only; a single Range of a 200 is cut out by the host. SLUICE_E_STALE: over. */
    int32_t (*respond)(const sluice_host *host, sluice_handle exchange, const sluice_response *response);
    /* [any] Begins an answer whose body follows (body is ignored). */
    int32_t (*begin)(const sluice_host *host, sluice_handle exchange, const sluice_response *response);
    /* [any] A piece of that body, copied. SLUICE_AGAIN: taken, but the client is slow. SLUICE_E_LIMIT: over 4 MiB wait; not taken. */
    int32_t (*write)(const sluice_host *host, sluice_handle exchange, sluice_bytes bytes);
    /* [any] The end of that body. */
    int32_t (*end)(const sluice_host *host, sluice_handle exchange);
    /*
     * [lane of the route's stream] Holds the request until `key` (at most 128 bytes; private to this plugin and stream) is released, or
     * until deadline_ns (monotonic; 0: the host's limit) → 503. SLUICE_E_LIMIT: too many are held; the request was answered with 503.
     * Either way the handle is stale afterwards: a parked request is answered by release only.
     */
    int32_t (*park)(const sluice_host *host, sluice_handle exchange, sluice_text key, uint64_t deadline_ns);
    /*
     * [lane of the stream] Answers all requests of this plugin parked under `key` on this stream's sink with one shared body.
     * `sink` is the handle given to sluice.sink open. Returns how many were waiting, or a negative status.
     */
    int64_t (*release)(const sluice_host *host, sluice_handle sink, sluice_text key, const sluice_response *response);
    /*
     * [lane of the route's stream, or any] The client becomes a player of a log: `headers` (status 200), then request->head, then the
     * log, until the client goes or the stream ends. Content-Length and chunking are not used; the connection closes behind it.
     * With `websocket` 1 the host does the RFC 6455 handshake first; the log has to consist of WebSocket frames.
     */
    int32_t (*attach)(const sluice_host *host, sluice_handle exchange, const sluice_attach *request, const sluice_response *response,
                      uint32_t websocket, sluice_error *error);
} sluice_exchange_service;

#ifdef __cplusplus
}
#endif
#endif
