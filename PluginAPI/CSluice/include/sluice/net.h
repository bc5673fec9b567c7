/*
 * Service sluice.net/1: the connections of sluice.protocol sessions. The host owns the socket, TLS and the send queue.
 * A connection's lane is the event loop that it was accepted on.
 */
#ifndef SLUICE_NET_H
#define SLUICE_NET_H
#include "core.h"
#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_SERVICE_NET "sluice.net/1"

/* Who connected, borrowed until session_open returns. */
typedef struct sluice_connection_info {
    uint32_t struct_size;
    uint32_t tls;          /* 1: the bytes came through TLS */
    sluice_handle connection;
    sluice_text listener;  /* the manifest's [[listen]] name */
    sluice_text transport; /* "tcp" */
    sluice_text peer_address; /* "192.0.2.7", "2001:db8::7" */
    sluice_text local_address;
    uint32_t peer_port;
    uint32_t local_port;
    uint64_t unparsed_limit;        /* bytes a session may hold unparsed once authenticated (4 MiB) */
    uint64_t unparsed_limit_before; /* and before (256 KiB) */
    uint64_t message_limit;         /* bytes of one message (8 MiB) */
    uint64_t handshake_ns;          /* time for handshake or request head in all (10 s) */
    uint64_t publisher_silent_ns;   /* a publisher that sends nothing for so long is ended (30 s) */
} sluice_connection_info;

#define SLUICE_CLOSE_NOW 0u
#define SLUICE_CLOSE_AFTER_FLUSH 1u

typedef struct sluice_net_service {
    uint32_t struct_size;
    uint32_t reserved;
    /*
     * [lane] Queues bytes; they leave at the end of the turn. While attached to a log (sluice.broadcast) they go to a bounded queue
     * (64 KiB) that is written at record boundaries. SLUICE_E_LIMIT: the peer does not read; the host closes the connection.
     */
    int32_t (*send)(const sluice_host *host, sluice_handle connection, sluice_bytes bytes);
    /* [lane] Bytes queued and not yet taken by the kernel. 0 also when stale. */
    uint64_t (*pending)(const sluice_host *host, sluice_handle connection);
    /*
     * [any] Ends the connection, once; the reason goes to the log and to the session's close. AFTER_FLUSH lets queued bytes out first,
     * for at most 5 s.
     */
    int32_t (*close)(const sluice_host *host, sluice_handle connection, uint32_t how, sluice_text reason);
    /* [lane] The session's one timer: sluice.protocol timer is called at or after this monotonic time. 0 disarms. */
    int32_t (*set_timer)(const sluice_host *host, sluice_handle connection, uint64_t deadline_ns);
    /* [lane] Stops or resumes reading from the socket. */
    int32_t (*pause)(const sluice_host *host, sluice_handle connection, uint32_t paused);
    /*
     * [any] Words for listings: what the session is about ("client" → "ffmpeg"). At most 16 keys; never secrets. "plays" → "avc1 hvc1 mp4a":
     * the codecs that its peer plays, where these are others than the manifest's `plays`; who can't play what it asked for gets a rendition.
     */
    int32_t (*describe)(const sluice_host *host, sluice_handle connection, const sluice_pair *pairs, uint32_t count);
} sluice_net_service;

#ifdef __cplusplus
}
#endif
#endif
