/*
 * Interface sluice.sink/1: takes a stream's frames: writes them to a broadcast log, packages them, records them, pushes them on.
 * All calls of one sink come on its stream's lane. Frames come as batches after the publisher's push has returned.
 */
#ifndef SLUICE_SINK_H
#define SLUICE_SINK_H
#include "core.h"
#include "stream.h"
#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_INTERFACE_SINK "sluice.sink/1"

/*
 * One format of log that the plugin can write. One sink is opened per stream and format. It has no struct_size: the interface's
 * format_stride says how large each one is.
 */
typedef struct sluice_log_format {
    sluice_text format;  /* "rtmp", "flv" */
    sluice_text variant; /* "" or "ws" … */
} sluice_log_format;

#define SLUICE_SINK_OPENS_WITH_STREAM 0u     /* as soon as the stream has tracks, for apps whose outputs name the plugin */
#define SLUICE_SINK_OPENS_AT_SUBSCRIBER 1u   /* at the first player of the format: gets the ring from the last key frame, and closes
                                                the app's linger time after the last player */

/* What a sink is opened for, borrowed until open returns. */
typedef struct sluice_sink_open {
    uint32_t struct_size;
    uint32_t format;      /* index into the interface's formats; 0 when it has none */
    sluice_handle sink;   /* names this sink in sluice.exchange release */
    sluice_handle stream; /* for sluice.stream attributes */
    sluice_handle log;    /* to append to; 0 when the interface has no formats */
    sluice_text app;
    sluice_text name;
    const sluice_pair *attributes; /* of the stream, now */
    uint32_t attribute_count;
    uint32_t reserved;
} sluice_sink_open;

#define SLUICE_TRACKS_DISCONTINUITY 1u /* the publisher came back: the timeline goes on, the media does not continue */

#define SLUICE_SINK_PUBLISHER_LOST 1u /* the stream lingers */
#define SLUICE_SINK_PUBLISHER_BACK 2u /* tracks with SLUICE_TRACKS_DISCONTINUITY follow */

typedef struct sluice_sink_interface {
    uint32_t struct_size;
    uint32_t opens; /* SLUICE_SINK_OPENS_* */
    const sluice_log_format *formats;
    uint32_t format_count;
    uint32_t format_stride;
    /* [lane] A refusal is logged with its reason and the stream goes on without this output. */
    int32_t (*open)(sluice_instance *instance, const sluice_sink_open *request, void **sink, sluice_error *error);
    /* [lane] All tracks; before the first frame, and at each new epoch. */
    int32_t (*tracks)(void *sink, const sluice_track *tracks, uint32_t stride, uint32_t count, uint32_t flags, sluice_error *error);
    /*
     * [lane] A batch of frames in order of arrival, borrowed; retain frame->buffer to keep one. A failure closes the sink.
     * SLUICE_AGAIN: none of the batch was taken. The host keeps it and offers it again, in front of the next batch, as long as what is
     * kept stays within [limits] subscriber_frames, subscriber_bytes and subscriber_ms; beyond, media is lost up to the next key frame
     * (of video where the stream has it), and the first frame offered then has SLUICE_FRAME_DISCONTINUITY. tracks ends what is kept.
     */
    int32_t (*frames)(void *sink, const sluice_frame *frames, uint32_t stride, uint32_t count, sluice_error *error);
    /* [lane] SLUICE_SINK_PUBLISHER_*. May be NULL. */
    void (*publisher)(void *sink, uint32_t state);
    /* [lane] All attributes, after a change. May be NULL. */
    void (*attributes)(void *sink, const sluice_pair *attributes, uint32_t count);
    /* [lane] The stream ended, or nobody watches, or the app no longer wants this output. The last call: the sink frees itself. Requests
       parked on it should be released before this returns; the host answers the rest with 404. */
    void (*close)(void *sink, sluice_text reason);
} sluice_sink_interface;

#ifdef __cplusplus
}
#endif
#endif
