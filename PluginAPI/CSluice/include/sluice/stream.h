/*
 * Service sluice.stream/1: streams, tracks and frames, from the publisher's side.
 *
 * The lane of the publisher is the lane of the connection that publishes, or of the source.
 *
 * A stream `app/name` has tracks, at most one publisher, and any number of subscribers. Its lane is fixed when it is made: the event
 * loop of its first publisher. The host keeps one continuous timeline per stream over reconnects: publishers push source time.
 *
 * Payloads are canonical: H.264 and HEVC as NAL units with 4-byte lengths, parameter sets only in the track, SEI in the data; AAC,
 * Opus, FLAC, MP3, AC-3 raw frames; VP8, VP9 raw frames; AV1 temporal units of sized OBUs. Data tracks of codec 'amf0' carry one AMF0
 * data message (name and values); those of codec 'amfr' the same, made by the host for what records (attributes sync_points.*): outputs to
 * players leave them out.
 */
#ifndef SLUICE_STREAM_H
#define SLUICE_STREAM_H
#include "buffer.h"
#include "core.h"
#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_SERVICE_STREAM "sluice.stream/1"

#define SLUICE_TRACK_VIDEO 1u
#define SLUICE_TRACK_AUDIO 2u
#define SLUICE_TRACK_DATA 3u

/* Unknown time. Never 0. */
#define SLUICE_TIME_UNKNOWN INT64_MIN

/* A codec: four ASCII bytes, the first in the most significant byte: avc1 hvc1 av01 vp09 vp08 mp4a Opus fLaC .mp3 ac-3 ec-3 amf0 amfr. */
#define SLUICE_FOURCC(a, b, c, d) (((uint32_t)(a) << 24) | ((uint32_t)(b) << 16) | ((uint32_t)(c) << 8) | (uint32_t)(d))

/* What a decoder must know. Immutable: a change is a new epoch (set_tracks again). */
typedef struct sluice_track {
    uint32_t struct_size;
    uint32_t id;        /* unique in the stream over all kinds; at most 63 */
    uint32_t kind;      /* SLUICE_TRACK_* */
    uint32_t codec;     /* SLUICE_FOURCC */
    uint32_t timescale; /* ticks per second of pts, dts and duration; not 0 */
    uint32_t width;     /* pixels, 0 = unknown */
    uint32_t height;
    uint32_t frame_rate_milli; /* frames per 1000 s, 0 = unknown */
    uint32_t sample_rate;      /* Hz, 0 = unknown */
    uint32_t channels;         /* 0 = unknown */
    uint32_t bitrate;          /* bit/s, 0 = unknown */
    uint32_t flags;            /* none yet, 0 */
    sluice_bytes configuration; /* avcC, hvcC, av1C, vpcC, AudioSpecificConfig, OpusHead, STREAMINFO …; at most 64 KiB */
    sluice_text language;       /* BCP 47, empty = unknown */
} sluice_track;

#define SLUICE_FRAME_KEY 1u           /* decoding can begin here */
#define SLUICE_FRAME_CONFIG 2u        /* reserved */
#define SLUICE_FRAME_DISCONTINUITY 4u /* does not continue the frame before */
#define SLUICE_FRAME_DROPPABLE 8u     /* nothing refers to it */
#define SLUICE_FRAME_CORRUPT 16u
#define SLUICE_FRAME_GAP 32u          /* stands for media that is missing */

/*
 * Append-only by type; unknown types are to travel through. A host may take frames without their side data, as those of ABI 1.0 do:
 * side_data_count is 0 in what sinks get.
 */
typedef struct sluice_side_data {
    uint32_t struct_size;
    uint32_t type; /* SLUICE_FOURCC */
    sluice_bytes data;
} sluice_side_data;

/* One access unit. dts strictly increases within a track; the host checks, mends and counts. */
typedef struct sluice_frame {
    uint32_t struct_size;
    uint32_t track; /* sluice_track.id */
    int64_t pts;    /* in the track's timescale */
    int64_t dts;
    int64_t duration; /* 0 = unknown */
    uint32_t flags;   /* SLUICE_FRAME_* */
    uint32_t drop_class; /* 0 = never; higher goes first when there is too much */
    sluice_bytes data;
    sluice_buffer *buffer; /* what data lies in. Pushing without one (NULL): the host copies. To sinks it is never NULL */
    const sluice_side_data *side_data;
    uint32_t side_data_count;
    uint32_t side_data_stride;
    /* Set by the host, 0 from publishers: */
    uint64_t arrival_ns; /* monotonic, when the frame reached the host */
    int64_t wall_us;     /* wall clock of pts: continuous along the timeline, re-anchored at discontinuities */
} sluice_frame;

/* Who wants to publish where. */
typedef struct sluice_publish_request {
    uint32_t struct_size;
    uint32_t reserved;
    sluice_handle connection; /* the session's connection: its end ends the publishing */
    sluice_handle grant;      /* from the allowing verdict of sluice.auth; it names the app and (maybe rewritten) stream */
    sluice_text protocol;     /* "rtmp" */
    sluice_text description;  /* of the encoder, for listings: "ffmpeg Lavf61.1" */
} sluice_publish_request;

/* One stream of a group, borrowed. */
typedef struct sluice_stream_info {
    uint32_t struct_size;
    uint32_t state; /* SLUICE_STREAM_* */
    sluice_text app;
    sluice_text name;
    sluice_text group; /* empty: none */
    const sluice_track *tracks;
    uint32_t track_count;
    uint32_t track_stride;
    uint64_t epoch;            /* grows by one with each change of tracks */
    uint64_t measured_bitrate; /* bit/s of media over the last seconds */
    uint64_t peak_bitrate;     /* the largest such figure */
    int64_t started_wall_us;
} sluice_stream_info;

#define SLUICE_STREAM_LIVE 1u
#define SLUICE_STREAM_LINGERING 2u /* the publisher is gone, the stream waits for it */
#define SLUICE_STREAM_ENDED 3u

/* Receives one stream, borrowed. */
typedef void (*sluice_stream_receiver)(void *context, const sluice_stream_info *info);

typedef struct sluice_stream_service {
    uint32_t struct_size;
    uint32_t reserved;
    /*
     * [lane of the connection] Begins to publish. SLUICE_E_DENIED: the grant does not allow it, is used up or out of date.
     * SLUICE_E_DUPLICATE: somebody is on air and the app's duplicate policy keeps them. SLUICE_E_LIMIT: too many streams.
     * Within the app's linger time the stream of the publisher before goes on, its timeline continued, its players kept.
     * A takeover ends the publisher before: its session hears it by sluice.protocol publication.
     */
    int32_t (*publish)(const sluice_host *host, const sluice_publish_request *request, sluice_handle *stream, sluice_error *error);
    /*
     * [lane of the publisher] Says all tracks of the stream; again when any of them changed (a new epoch). Equal to the last: no effect.
     * SLUICE_E_INVALID with the reason; the tracks before stay in force.
     */
    int32_t (*set_tracks)(const sluice_host *host, sluice_handle stream, const sluice_track *tracks, uint32_t stride, uint32_t count,
                          sluice_error *error);
    /*
     * [lane of the publisher] Hands over frames. They reach the stream's subscribers as one batch after the pushing call has
     * returned, in the same turn. Frames of unknown tracks are dropped and counted. SLUICE_E_STALE: publishing is over.
     */
    int32_t (*push)(const sluice_host *host, sluice_handle stream, const sluice_frame *frames, uint32_t stride, uint32_t count);
    /* [lane of the publisher] Ends publishing. The stream lingers if its app says so. The handle is stale afterwards. */
    int32_t (*unpublish)(const sluice_host *host, sluice_handle stream, sluice_text reason);
    /* [any] Sets a neutral attribute of the stream ("group", "hls.segment_ms", …); an empty value removes it. */
    int32_t (*set_attribute)(const sluice_host *host, sluice_handle stream, sluice_text key, sluice_text value);
    /*
     * [any] Calls `receive` with the stream app/name, if there is one, then with each other member of the group of that name. All calls
     * are made before this returns. SLUICE_E_NOT_FOUND: neither exists.
     */
    int32_t (*find)(const sluice_host *host, sluice_text app, sluice_text name, sluice_stream_receiver receive, void *context);
} sluice_stream_service;

#ifdef __cplusplus
}
#endif
#endif
