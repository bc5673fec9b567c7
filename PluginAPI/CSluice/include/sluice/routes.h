/* Interface sluice.routes/1: HTTP by pattern, on the media or the admin listener. Overlap between plugins is refused at load. */
#ifndef SLUICE_ROUTES_H
#define SLUICE_ROUTES_H
#include "core.h"
#include "exchange.h"
#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_INTERFACE_ROUTES "sluice.routes/1"

#define SLUICE_ROUTE_MEDIA 1u /* the public listener; pattern begins with "/{app}/{stream}" */
#define SLUICE_ROUTE_ADMIN 2u /* the admin listener, below /api/v1/plugins/ID/, behind the bearer token */

#define SLUICE_ROUTE_AUTH_PLAY 1u   /* media: the host asks the app's chain for `play` before the handler runs */
#define SLUICE_ROUTE_AUTH_TOKEN 2u  /* media: the viewer token of an earlier AUTH_PLAY answer (child_prefix) will do, else as AUTH_PLAY */
#define SLUICE_ROUTE_WEBSOCKET 4u   /* the route also takes WebSocket upgrades */
#define SLUICE_ROUTE_SINK 8u        /* runs on the stream's lane with this plugin's open sink; no such sink: 404 by the host */
#define SLUICE_ROUTE_OUTPUT 16u     /* only for apps whose outputs name the plugin; else 404 */

/* One route. Static. */
typedef struct sluice_route {
    uint32_t struct_size;
    uint32_t listener;   /* SLUICE_ROUTE_MEDIA or _ADMIN */
    sluice_text methods; /* "GET", "GET POST"; HEAD and OPTIONS are the host's */
    sluice_text pattern; /* "/{app}/{stream}.flv"; {name} matches inside one path part, with literal text before and behind */
    uint32_t flags;      /* SLUICE_ROUTE_* */
    uint32_t reserved;
} sluice_route;

/* A request, borrowed until handle returns. */
typedef struct sluice_request {
    uint32_t struct_size;
    uint32_t route; /* index into the interface's routes */
    sluice_handle exchange;
    sluice_text method;
    sluice_text path;  /* decoded, without a viewer token */
    sluice_text query; /* raw */
    const sluice_pair *parameters; /* of the pattern, decoded, validated as names where they are app and stream */
    uint32_t parameter_count;
    uint32_t query_count;
    const sluice_pair *query_pairs; /* decoded, in order */
    const sluice_pair *headers;     /* names in lower case; without authorization and cookie */
    uint32_t header_count;
    uint32_t tls;
    sluice_bytes body;
    sluice_text peer_address;
    sluice_text child_prefix; /* "~TOKEN/" to put before child addresses that play, or empty */
    uint32_t websocket;       /* 1: the client asks for an upgrade */
    uint32_t reserved;
    uint64_t now_ns;
} sluice_request;

typedef struct sluice_routes_interface {
    uint32_t struct_size;
    uint32_t route_stride;
    const sluice_route *routes;
    uint32_t route_count;
    uint32_t reserved;
    /*
     * [lane of the stream] with SLUICE_ROUTE_SINK, [control] for the admin listener, else [lane of the request]. Answers by
     * sluice.exchange, now or later, once. `sink` is what sluice.sink open gave for this stream, or NULL. A status other than SLUICE_OK:
     * the host answers 500 and logs the reason.
     */
    int32_t (*handle)(sluice_instance *instance, const sluice_request *request, void *sink, sluice_error *error);
} sluice_routes_interface;

#ifdef __cplusplus
}
#endif
#endif
