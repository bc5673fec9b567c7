/*
 * Interface and service sluice.handover/1: what lets sessions outlive the code that serves them.
 *
 * The interface: a generation gives its sessions and sinks to the one that replaces it, while connections stay open.
 *
 * For each session the host calls, on the session's lane and in one turn: export_session of the old generation, import_session of the
 * new one, and on success forget_session of the old one; no other call of that session comes between. The same for sinks. What the
 * host owns goes on untouched, and its handles keep their meaning when they stand in a blob: the connection, its timer, what was sent
 * and not yet written, its attachment, publications, the sink's log, requests parked on the sink. A blob is bytes: it may cross to
 * another process, so it holds no pointer and no reference to a buffer.
 *
 * A blob begins with whatever version its writers agree on: an importer that does not know it refuses with a reason. A refusal on
 * either side changes nothing: the session stays with the old generation until it ends or the drain time is over. An importer in a process
 * of its own answers in a later turn: until then, for at most 3 s, no call of that session or sink is made; what came meanwhile follows.
 *
 * The service: a plugin in a process of its own says from time to time what its sessions are, so that they outlive its death.
 */
#ifndef SLUICE_HANDOVER_H
#define SLUICE_HANDOVER_H
#include "core.h"
#include "net.h"
#include "sink.h"
#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_INTERFACE_HANDOVER "sluice.handover/1"

/* Receives a blob, borrowed for the call; at most 64 MiB. */
typedef void (*sluice_blob_receiver)(void *context, sluice_bytes blob);

typedef struct sluice_handover_interface {
    uint32_t struct_size;
    uint32_t reserved;
    /*
     * [lane of the connection] Says all that the session is, half-read messages included, by one call of `receive` before returning.
     * The session stays as it is, and is called again if no import succeeds. SLUICE_AGAIN: not now (a question of it is open): the host
     * tries again in a later turn. Another status refuses, with the reason. NULL: sessions stay with their generation.
     */
    int32_t (*export_session)(void *session, sluice_blob_receiver receive, void *context, sluice_error *error);
    /* [lane of the connection] Makes the session that the blob describes, for the connection in `info`, open since long. Calls no service. */
    int32_t (*import_session)(sluice_instance *instance, const sluice_connection_info *info, sluice_bytes blob, void **session,
                              sluice_error *error);
    /* [lane of the connection] The session lives on elsewhere: frees it, without a word to the host or the peer. The last call. */
    void (*forget_session)(void *session);
    /*
     * [lane of the stream] As for sessions. Tracks and frames go on where they were: the importer gets no `tracks` for what the
     * exporter has been told.
     *
     * A sink that writes a log and is not handed over is replaced at the stream's next key frame (at once while nobody publishes): a new
     * one is opened and told the tracks, the old one has got all before that key frame and is closed, the new one gets it first. Players
     * read the old log to its end, get the new log's prefix, and go on at its first record. A sink without a log, or one whose old or new
     * code runs in a process of its own, stays with the old generation until its stream ends or the drain time is over; then it is closed
     * and a new one is opened as if its stream began.
     */
    int32_t (*export_sink)(void *sink, sluice_blob_receiver receive, void *context, sluice_error *error);
    /* [lane of the stream] Makes the sink that the blob describes, for what `request` names. */
    int32_t (*import_sink)(sluice_instance *instance, const sluice_sink_open *request, sluice_bytes blob, void **sink,
                           sluice_error *error);
    /* [lane of the stream] The sink lives on elsewhere: frees it, without a word to the host. The last call. */
    void (*forget_sink)(void *sink);
} sluice_handover_interface;

#define SLUICE_SERVICE_HANDOVER "sluice.handover/1"

/*
 * Every plugin has it. After the death of a plugin's process the host gives each session's last checkpoint to import_session of the next
 * process, and then, in the same order, all that the session was told since: bytes, timers, answers. What it does while it is told this
 * once more the host takes as done already, as far as the dead process did it: bytes sent, frames pushed, questions asked. A session has
 * to do the same again when it is told the same. Without a checkpoint, without sluice.handover among the plugin's interfaces, or with
 * more than 256 KiB of bytes since the last one, the connection is closed.
 */
typedef struct sluice_handover_service {
    uint32_t struct_size;
    uint32_t reserved;
    /*
     * So many bytes after a checkpoint the host wants the next one, and one when a session opens. Constant. 0: nothing is kept (the
     * plugin runs in the host's process); spare yourself the work.
     */
    uint64_t checkpoint_every;
    /*
     * [lane of the connection] All that the session is, as export_session would say it: copied. It counts as the session's state at the
     * end of the call of the protocol interface that it is made from, so nothing of the session may change afterwards in that call; of
     * several the last one counts. Not while a question is open. At most 4 MiB, else SLUICE_E_LIMIT: the one before stays in force.
     */
    int32_t (*checkpoint)(const sluice_host *host, sluice_handle connection, sluice_bytes blob);
} sluice_handover_service;

#ifdef __cplusplus
}
#endif
#endif
