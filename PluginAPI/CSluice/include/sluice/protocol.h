/*
 * Interface sluice.protocol/1: a server protocol without I/O. The host accepts on the manifest's listeners and makes a session per
 * connection; all calls of one session come on the lane of its connection, one after the other.
 */
#ifndef SLUICE_PROTOCOL_H
#define SLUICE_PROTOCOL_H
#include "core.h"
#include "net.h"
#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_INTERFACE_PROTOCOL "sluice.protocol/1"

#define SLUICE_ATTACHMENT_WAITING 1u  /* the stream is not on air yet */
#define SLUICE_ATTACHMENT_ATTACHED 2u /* plays */
#define SLUICE_ATTACHMENT_ENDED 3u    /* it will not play (any more); see the reason. The session is detached */
#define SLUICE_ATTACHMENT_DETACHED 4u /* as asked */

#define SLUICE_PUBLICATION_ENDED 1u /* taken over, kicked or refused by a limit; the stream handle is stale */

typedef struct sluice_protocol_interface {
    uint32_t struct_size;
    uint32_t reserved;
    /* [lane] A connection. The session pointer is the plugin's. A failure closes the connection with the reason. */
    int32_t (*session_open)(sluice_instance *instance, const sluice_connection_info *info, void **session, sluice_error *error);
    /*
     * [lane] Bytes as they came, borrowed. A status other than SLUICE_OK closes the connection (after flush) with the error's text:
     * the session's close follows.
     */
    int32_t (*bytes)(void *session, sluice_bytes data, uint64_t now_ns, sluice_error *error);
    /* [lane] The time set by sluice.net set_timer has come; it is disarmed. */
    int32_t (*timer)(void *session, uint64_t now_ns, sluice_error *error);
    /* [lane] All queued bytes have left after `pending` was above 256 KiB. May be NULL. */
    void (*writable)(void *session, uint64_t now_ns);
    /* [lane] What became of an attach: SLUICE_ATTACHMENT_*. May be NULL when the plugin never attaches. */
    void (*attachment)(void *session, uint32_t state, sluice_text reason);
    /* [lane] What became of a publication from outside: SLUICE_PUBLICATION_*. May be NULL when the plugin never publishes. */
    void (*publication)(void *session, sluice_handle stream, uint32_t state, sluice_text reason);
    /* [lane] The operator ends the session: say goodbye in the protocol's words, then close. NULL: the host closes. */
    void (*stop)(void *session, sluice_text reason);
    /* [lane] The connection is gone; the last call. The session frees itself. Its publications have ended, its questions are cancelled. */
    void (*close)(void *session, sluice_text reason);
    /*
     * [lane] The host drains: nothing new is taken from now on, in any session, and this one is stopped in `limit_ns` at the latest,
     * earlier when nobody publishes any more. At most once in a session's life, also over a handover. The session goes on; a protocol
     * that has words for it asks the peer to connect anew. May be NULL.
     */
    void (*drain)(void *session, sluice_text reason, uint64_t limit_ns);
} sluice_protocol_interface;

#ifdef __cplusplus
}
#endif
#endif
