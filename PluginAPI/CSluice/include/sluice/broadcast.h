/*
 * Service sluice.broadcast/1: mux once, then everyone is a cursor.
 *
 * A log is keyed (stream, format, variant). Its sink appends to it what a player of that format shall read; a player is a socket and an
 * offset in that log. A flush is one gather-write per player from shared memory, and the plugin is not in the loop while bytes flow.
 *
 * The contract. The writer appends whole *records*; a record boundary is the only place where anything else may come between, and no
 * record depends on the one before it. A *join point* carries a prefix (metadata, current configuration) sent to who arrives from
 * elsewhere, skipped by who reads on. `attach(connection, log, head, pace)`: afterwards the peer's bytes still reach the plugin, and
 * what the plugin sends is a bounded control queue that the host writes at a record boundary. `detach` completes at a boundary (pause,
 * stop, deleteStream). When a new generation writes other bytes, the host moves players to its log at a boundary (sluice.handover). The
 * log's memory is never writable by a process-mode plugin: its appends are copied in by the host.
 *
 * A slow player owns no memory: it falls behind in the shared log, then jumps to the next join point, then is cut.
 */
#ifndef SLUICE_BROADCAST_H
#define SLUICE_BROADCAST_H
#include "core.h"
#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_SERVICE_BROADCAST "sluice.broadcast/1"

#define SLUICE_RECORD_JOIN 1u  /* a player may begin here (after the prefix) */
#define SLUICE_RECORD_VIDEO 2u /* in low latency mode its arrival flushes; without video the host flushes within 33 ms */

#define SLUICE_PACE_APP 0u   /* the app's latency mode */
#define SLUICE_PACE_LOW 1u   /* one flush per video frame */
#define SLUICE_PACE_DENSE 2u /* one flush per 100 ms */

/* Who is to play what. */
typedef struct sluice_attach {
    uint32_t struct_size;
    uint32_t pace;       /* SLUICE_PACE_* */
    sluice_handle grant; /* from the allowing verdict of a play question: names app and stream. 0 only for exchanges, whose route asked */
    sluice_text format;  /* as some sink offers: "rtmp", "flv" */
    sluice_text variant; /* "" or as the sink offers */
    sluice_bytes head;   /* sent before the prefix; at most 64 KiB */
    uint64_t wait_ns;    /* how long to wait for a stream that is not on air; 0: the app's wait_s */
} sluice_attach;

typedef struct sluice_broadcast_service {
    uint32_t struct_size;
    uint32_t reserved;
    /*
     * [lane of the stream] Appends one whole record made of two pieces (either may be empty), copied. SLUICE_E_STALE: the log is closed.
     * SLUICE_E_LIMIT: the record is larger than 16 MiB.
     */
    int32_t (*append)(const sluice_host *host, sluice_handle log, sluice_bytes first, sluice_bytes second, uint32_t flags);
    /* [lane of the stream] The prefix of the join points appended from now on, copied; at most 1 MiB. */
    int32_t (*set_prefix)(const sluice_host *host, sluice_handle log, sluice_bytes prefix);
    /*
     * [lane of the connection] The session becomes a player. The answer comes by sluice.protocol attachment: WAITING (not on air yet),
     * ATTACHED (the head has been queued), ENDED (stream over, wait over, or refused, with a reason), DETACHED.
     * SLUICE_E_STATE: attached already. SLUICE_E_DENIED: the grant. SLUICE_E_UNSUPPORTED: no sink of the app offers the format.
     */
    int32_t (*attach)(const sluice_host *host, sluice_handle connection, const sluice_attach *request, sluice_error *error);
    /* [lane of the connection] Leaves the log at the next record boundary; attachment DETACHED follows, then sends are direct again. */
    int32_t (*detach)(const sluice_host *host, sluice_handle connection);
} sluice_broadcast_service;

#ifdef __cplusplus
}
#endif
#endif
