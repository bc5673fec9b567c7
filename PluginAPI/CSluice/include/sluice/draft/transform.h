/*
 * Interface sluice.transform/0: takes a stream's frames and makes other streams of them: transcodes, filters, thins out, mixes down.
 * Draft: this header may change with any release; the host says so in its log when a plugin asks for a draft id.
 *
 * One transform is opened per stream and step ([[app.NAME.step]] in the configuration). All its calls come on the lane of its input
 * stream, one after the other. Its outputs are streams of the host's: output "720p" of a step on the stream APP/STREAM is published as
 * APP/STREAM_720p, with the input's attributes, the attribute group = STREAM (the input's own group, when it has one) and the attribute
 * rendition_of = STREAM. Times go through: what is handed out keeps the input's timeline, so that outputs stay aligned with each other and
 * with their input; sinks know by rendition_of that they are.
 *
 * The order of calls: open · negotiate · send … · flush · negotiate · send … · flush · close. After each of them, and whenever the
 * transform says `ready`, the host calls `receive` until there is nothing.
 */
#ifndef SLUICE_DRAFT_TRANSFORM_H
#define SLUICE_DRAFT_TRANSFORM_H
#include "../core.h"
#include "../stream.h"
#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_INTERFACE_TRANSFORM "sluice.transform/0"
#define SLUICE_SERVICE_TRANSFORM "sluice.transform/0"

/* Nothing wrong, and nothing more to come: `receive` after `flush`. */
#define SLUICE_TRANSFORM_END 2

/* What one output of the app declares that its players play: `plays` of its manifest. One that declares nothing is not listed. */
typedef struct sluice_transform_player {
    uint32_t struct_size;
    uint32_t codec_count;
    sluice_text output;     /* the output plugin's id */
    const uint32_t *codecs; /* SLUICE_FOURCC, at least one */
} sluice_transform_player;

/* How far a track of an output has come that is on air: what a transform that is over by now has handed out of it. */
typedef struct sluice_transform_resume {
    uint32_t struct_size;
    uint32_t track;     /* its id */
    uint32_t timescale;
    uint32_t reserved;
    int64_t pts; /* the largest */
    sluice_text label; /* of the output */
} sluice_transform_resume;

/* What a transform is opened for, borrowed until open returns. */
typedef struct sluice_transform_open {
    uint32_t struct_size;
    uint32_t attribute_count;
    sluice_handle transform;   /* names it in the service sluice.transform */
    sluice_text app;
    sluice_text name;          /* of the input stream */
    sluice_text step;          /* `as` of the configuration */
    sluice_text settings_json; /* the step's further keys, checked against step_schema, defaults filled in */
    const sluice_pair *attributes; /* of the input stream, now */
    const sluice_transform_player *players; /* of the app's outputs */
    uint32_t player_stride;
    uint32_t player_count;
    /*
     * Of the transform before, when it failed while its outputs were on air; they hold up to the second negotiate. What this one is sent
     * begins at the input's last key frame, and was sent to the other one as well: of what it hands out the host takes sound from behind
     * these times on, pictures from a key frame behind them on. None: nothing is sent twice.
     */
    const sluice_transform_resume *resumes;
    uint32_t resume_stride;
    uint32_t resume_count;
} sluice_transform_open;

/* One stream that comes out. */
typedef struct sluice_transform_output {
    uint32_t struct_size;
    uint32_t track_count;
    const sluice_track *tracks; /* at least one */
    uint32_t track_stride;
    uint32_t reserved;
    sluice_text label; /* 1 to 64 of A-Z a-z 0-9 . _ -, beginning with a letter or digit; unique among the outputs of one transform */
} sluice_transform_output;

/* Takes frames that come out, borrowed for the call; `output` is an index into the outputs that hold. */
typedef void (*sluice_transform_receiver)(void *context, uint32_t output, const sluice_frame *frames, uint32_t stride, uint32_t count);

typedef struct sluice_transform_interface {
    uint32_t struct_size;
    uint32_t reserved;
    /* [lane] A refusal is told with its reason and tried again later; the input stream and its other outputs are untouched. */
    int32_t (*open)(sluice_instance *instance, const sluice_transform_open *request, void **transform, sluice_error *error);
    /*
     * [lane] All tracks of the input: before the first frame, and at each new epoch (after a flush). SLUICE_TRACKS_DISCONTINUITY: the
     * media does not continue. After each, the transform names its outputs by the service: here, or as soon as it knows them.
     * SLUICE_E_UNSUPPORTED: not with these tracks; it is closed, and opened again when they change. Any other failure: as for send.
     */
    int32_t (*negotiate)(void *transform, const sluice_track *tracks, uint32_t stride, uint32_t count, uint32_t flags,
                         sluice_error *error);
    /*
     * [lane] A batch of frames in order of arrival, borrowed; retain frame->buffer to keep one. The first after negotiate is one that
     * decoding can begin at. SLUICE_AGAIN: none was taken, there is no room before something is received: the host keeps them, within
     * [limits] subscriber_*, and offers them again, as it does for sinks. A failure closes the transform; it is opened again later.
     */
    int32_t (*send)(void *transform, const sluice_frame *frames, uint32_t stride, uint32_t count, sluice_error *error);
    /*
     * [lane] Hands out frames by calling `receive`. SLUICE_OK: call again, there may be more. SLUICE_AGAIN: nothing more now; say `ready`
     * when there is. SLUICE_TRANSFORM_END: all that went in before the flush has come out.
     */
    int32_t (*receive)(void *transform, sluice_transform_receiver receive, void *context, sluice_error *error);
    /* [lane] Nothing more comes in before the next negotiate: all that is inside is to come out, within 2 s. */
    int32_t (*flush)(void *transform, sluice_error *error);
    /* [lane] All attributes of the input stream, after a change. May be NULL. */
    void (*attributes)(void *transform, const sluice_pair *attributes, uint32_t count);
    /* [lane] The input ended, the step is not configured any more, or a call of the transform failed. The last call: it frees itself. */
    void (*close)(void *transform, sluice_text reason);
} sluice_transform_interface;

typedef struct sluice_transform_service {
    uint32_t struct_size;
    uint32_t reserved;
    /*
     * [lane, inside negotiate, send, receive or flush] All streams that come out from now on; outputs before that are not among them
     * end, and linger as their app says. It holds once the call that it is made in has returned: frames of new outputs are handed
     * out by a later `receive`. At most 32. SLUICE_E_INVALID with the reason: nothing changes.
     */
    int32_t (*set_outputs)(const sluice_host *host, sluice_handle transform, const sluice_transform_output *outputs, uint32_t stride,
                           uint32_t count, sluice_error *error);
    /* [any] There is something to receive, or room again: the host calls `receive`, and offers what it kept. */
    int32_t (*ready)(const sluice_host *host, sluice_handle transform);
    /*
     * [any] A still picture of the input stream as it is now, at most 1 MiB, copied: the host shows the last one at
     * /APP/STREAM/thumbnail.jpg while the stream is on air. SLUICE_E_LIMIT: it is larger; SLUICE_E_INVALID: it is not a JPEG.
     */
    int32_t (*set_still)(const sluice_host *host, sluice_handle transform, sluice_bytes jpeg);
    /*
     * [any] What the transform wants the operator to see of itself: a JSON object of at most 16 KiB, copied, shown as the step's
     * `report` in `sluice stream show` and the API. SLUICE_E_LIMIT, SLUICE_E_INVALID: it is larger, or no object.
     */
    int32_t (*set_report)(const sluice_host *host, sluice_handle transform, sluice_text json);
} sluice_transform_service;

#ifdef __cplusplus
}
#endif
#endif
