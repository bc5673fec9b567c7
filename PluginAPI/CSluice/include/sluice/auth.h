/*
 * Service and interface sluice.auth/1: one asynchronous decision for every protocol and action.
 *
 * Protocol plugins ask the host; the host asks the app's chain, one plugin after the other; an auth plugin answers by handle, once,
 * from any thread, before the deadline that the host enforces. First definitive answer wins, abstain passes on, nothing definitive is
 * a denial. The host coalesces identical questions and keeps verdicts for their ttl under a key that holds a hash of all credentials.
 */
#ifndef SLUICE_AUTH_H
#define SLUICE_AUTH_H
#include "core.h"
#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_SERVICE_AUTH "sluice.auth/1"
#define SLUICE_INTERFACE_AUTH "sluice.auth/1"

#define SLUICE_ACTION_CONNECT 1u
#define SLUICE_ACTION_PUBLISH 2u
#define SLUICE_ACTION_PLAY 3u
#define SLUICE_ACTION_ADMIN 4u

/* The question. All texts are as the peer sent them, bounded (address 4 KiB, 64 query pairs) but not trusted. */
typedef struct sluice_auth_request {
    uint32_t struct_size;
    uint32_t action;          /* SLUICE_ACTION_* */
    sluice_handle connection; /* 0 for HTTP exchanges */
    sluice_text protocol;     /* "rtmp", "http" */
    sluice_text scheme;       /* "rtmp", "rtmps", "http", "https" */
    sluice_text host_name;    /* of the address that the peer used, lower case, without port; may be empty */
    sluice_text app;          /* parsed: one valid name */
    sluice_text path;         /* what follows the app in the address, without leading slash: "p/102/e/0_ab" */
    sluice_text stream;       /* parsed: one valid name; empty at connect */
    sluice_text url;          /* the raw address (RTMP tcUrl) */
    sluice_text raw_app;      /* RTMP: the raw `app` value */
    sluice_text raw_stream;   /* RTMP: the raw stream text with its query */
    const sluice_pair *query; /* decoded pairs of the address, then of the stream text, in order */
    uint32_t query_count;
    uint32_t port;            /* of the address; 0 = not said */
    const sluice_pair *credentials; /* "user", "password", "bearer", "client_certificate" … as the protocol has them */
    uint32_t credential_count;
    uint32_t tls;
    sluice_text peer_address;
    uint32_t peer_port;
    uint32_t reserved;
    sluice_text context;      /* what the connect verdict of this connection left behind */
    uint64_t deadline_ns;     /* monotonic: answer before */
} sluice_auth_request;

#define SLUICE_VERDICT_ABSTAIN 0u
#define SLUICE_VERDICT_ALLOW 1u
#define SLUICE_VERDICT_DENY 2u
/* The plugin could not find out (its back end is away): the chain's failure policy for it decides. */
#define SLUICE_VERDICT_FAILED 3u
/* Connect only: there are no credentials yet; the connection goes on and is decided at publish or play. */
#define SLUICE_VERDICT_LATER 4u

/* The answer, borrowed until `answer` returns; every field may be left zero. */
typedef struct sluice_verdict {
    uint32_t struct_size;
    uint32_t decision;   /* SLUICE_VERDICT_* */
    sluice_text reason;  /* code for logs, listings and metrics: "BAD_TOKEN" */
    sluice_text message; /* safe to show to the client: what to do about it */
    sluice_text detail;  /* for the log only; no secrets */
    sluice_text status;  /* protocol status to answer with: RTMP "NetStream.Publish.BadName"; empty: the protocol's default */
    uint32_t http_status; /* the same for HTTP; 0: 403 */
    uint32_t flags;       /* SLUICE_VERDICT_FLAG_* */
    sluice_text principal; /* who this is, for listings */
    sluice_text stream;    /* play or publish under this name instead; one valid name */
    sluice_text context;   /* connect: handed to the later questions of the connection; may hold secrets, at most 4 KiB */
    uint64_t ttl_ms;       /* how long the verdict may answer the same question; 0: not at all (coalescing still applies) */
    uint64_t recheck_ms;   /* ask again after so long while the session lives; 0: never */
    int64_t not_after_wall_us; /* the session is cut then; 0: never */
    uint64_t max_bitrate;  /* bit/s a publisher may send; 0: no limit */
    uint64_t max_viewers;  /* of the published stream; 0: no limit */
    /*
     * Of the stream: "group", "duplicate", "linger_s", "stall_s", "hls.segment_ms", … Cut at 4096 bytes. What a recheck's answer says
     * otherwise than the one before is set while the stream is on air; an empty value removes, what it does not say stays.
     */
    const sluice_pair *attributes;
    uint32_t attribute_count;
    uint32_t reserved;
} sluice_verdict;

/* RTMP: also send NetStream.Play.Failed with a refusal, for old encoder scripts. */
#define SLUICE_VERDICT_FLAG_LEGACY_PLAY_FAILED 1u

/* What the chain decided, as the asking protocol plugin sees it; borrowed until the callback returns. */
typedef struct sluice_auth_answer {
    uint32_t struct_size;
    uint32_t decision;    /* ALLOW, DENY or LATER */
    sluice_handle grant;  /* ALLOW of publish or play: pass it on to publish or attach within 10 s; used up by that */
    sluice_text stream;   /* the name to publish or play under */
    sluice_text reason;
    sluice_text message;
    sluice_text status;
    uint32_t http_status;
    uint32_t flags;
} sluice_auth_answer;

/* [lane of the connection] The end of a question, once; the answer is borrowed. */
typedef void (*sluice_auth_done)(void *context, const sluice_auth_answer *answer);

typedef struct sluice_auth_service {
    uint32_t struct_size;
    uint32_t reserved;
    /*
     * [lane of the connection] For protocol plugins: asks the chain of request->app. `done` is called once, later, on that lane, unless
     * the operation is cancelled or the connection ends first. An app that is not configured is a DENY like any other.
     */
    int32_t (*ask)(const sluice_host *host, const sluice_auth_request *request, sluice_auth_done done, void *context,
                   sluice_handle *operation, sluice_error *error);
    /* [lane of the connection] `done` is not called any more once this returns. */
    int32_t (*cancel)(const sluice_host *host, sluice_handle operation);
    /*
     * [any] For auth plugins: answers a question, once. SLUICE_E_STALE: answered before, cancelled, or past the deadline; nothing happens.
     * SLUICE_E_INVALID: the verdict breaks its contract; the question counts as FAILED.
     */
    int32_t (*answer)(const sluice_host *host, sluice_handle question, const sluice_verdict *verdict);
} sluice_auth_service;

typedef struct sluice_auth_interface {
    uint32_t struct_size;
    uint32_t reserved;
    /*
     * [control] A question. The request is borrowed; the answer may be given before this returns, or later from any thread.
     * A status other than SLUICE_OK counts as FAILED.
     */
    int32_t (*decide)(sluice_instance *instance, sluice_handle question, const sluice_auth_request *request);
    /* [control] Nobody waits any more (deadline, connection gone); an answer would be STALE. May be NULL. */
    void (*cancel)(sluice_instance *instance, sluice_handle question);
} sluice_auth_interface;

#ifdef __cplusplus
}
#endif
#endif
