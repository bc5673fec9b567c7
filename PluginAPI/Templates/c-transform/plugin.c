/* Makes a second stream of each: "keys" has of the video the key frames only, and no audio. A filter or a transcoder begins the same way. */
#include "sluice_kit.h"

#define ROOM 256 /* frames that may wait to be received */

/* What waits, in order; each holds a reference to its buffer. */
typedef struct queue {
    sluice_frame frames[ROOM];
    size_t first, count;
} queue;

static int put(queue *q, const sluice_frame *frame) {
    if (q->count == ROOM) return 0;
    q->frames[(q->first + q->count++) % ROOM] = *frame;
    return 1;
}

static int get(queue *q, sluice_frame *out) {
    if (q->count == 0) return 0;
    *out = q->frames[q->first];
    q->first = (q->first + 1) % ROOM;
    q->count--;
    return 1;
}

/* Whether a frame goes on; `video` has a bit for each track of video. */
static int passes(uint64_t video, const sluice_frame *frame) {
    return frame->track < 64 && (video >> frame->track & 1) && (frame->flags & SLUICE_FRAME_KEY);
}

/* One stream's. All its calls come on the lane of its input, one after the other. */
typedef struct transform {
    sluice_instance *plugin;
    sluice_handle handle;
    uint64_t video;
    int flushed;
    queue queue;
} transform;

static int32_t open_transform(sluice_instance *plugin, const sluice_transform_open *request, void **out, sluice_error *error) {
    transform *t = calloc(1, sizeof *t);
    if (!t) return kit_refuse(error, SLUICE_E_LIMIT, "no memory");
    t->plugin = plugin;
    t->handle = request->transform;
    *out = t;
    return SLUICE_OK;
}

/* The input's tracks, before the first frame and at each change; says what comes out. */
static int32_t negotiate(void *context, const sluice_track *list, uint32_t stride, uint32_t number, uint32_t flags, sluice_error *error) {
    transform *t = context;
    sluice_track video[64];
    uint32_t found = 0;
    (void)flags;
    t->video = 0;
    t->flushed = 0;
    for (uint32_t i = 0; i < number; i++) {
        const sluice_track *track = KIT_AT(sluice_track, list, stride, i);
        if (track->kind != SLUICE_TRACK_VIDEO || track->id > 63 || found == 64) continue;
        t->video |= (uint64_t)1 << track->id;
        video[found] = *track;
        video[found++].struct_size = sizeof *video;
    }
    if (found == 0) return kit_refuse(error, SLUICE_E_UNSUPPORTED, "there is no video");
    sluice_transform_output output = {.struct_size = sizeof output, .track_count = found, .tracks = video, .track_stride = sizeof *video,
                                      .label = KIT_TEXT("keys")};
    return t->plugin->transform->set_outputs(t->plugin->host, t->handle, &output, sizeof output, 1, error);
}

/* Takes all of a batch or nothing: "again" keeps it with the host until there is room. */
static int32_t send_frames(void *context, const sluice_frame *list, uint32_t stride, uint32_t number, sluice_error *error) {
    transform *t = context;
    size_t wanted = 0;
    for (uint32_t i = 0; i < number; i++) wanted += (size_t)passes(t->video, KIT_AT(sluice_frame, list, stride, i));
    if (wanted > ROOM) return kit_refuse(error, SLUICE_E_LIMIT, "more key frames at once than there is room for");
    if (wanted > ROOM - t->queue.count) return SLUICE_AGAIN;
    for (uint32_t i = 0; i < number; i++) {
        const sluice_frame *frame = KIT_AT(sluice_frame, list, stride, i);
        if (passes(t->video, frame) && put(&t->queue, frame)) t->plugin->buffer->retain(t->plugin->host, frame->buffer);
    }
    return SLUICE_OK;
}

static int32_t receive_frames(void *context, sluice_transform_receiver receive, void *receiver, sluice_error *error) {
    transform *t = context;
    sluice_frame frame;
    (void)error;
    if (!get(&t->queue, &frame)) return t->flushed ? SLUICE_TRANSFORM_END : SLUICE_AGAIN;
    sluice_buffer *buffer = frame.buffer;
    frame.struct_size = sizeof frame;
    frame.side_data = NULL, frame.side_data_count = 0; /* was borrowed for send only */
    receive(receiver, 0, &frame, sizeof frame, 1);
    t->plugin->buffer->release(t->plugin->host, buffer);
    return SLUICE_OK;
}

static int32_t flush(void *context, sluice_error *error) {
    transform *t = context;
    (void)error;
    t->flushed = 1;
    return SLUICE_OK;
}

static void close_transform(void *context, sluice_text reason) {
    transform *t = context;
    sluice_frame frame;
    (void)reason;
    while (get(&t->queue, &frame)) t->plugin->buffer->release(t->plugin->host, frame.buffer);
    free(t);
}

static const sluice_transform_interface table = {
    .struct_size = sizeof table, .open = open_transform, .negotiate = negotiate, .send = send_frames, .receive = receive_frames,
    .flush = flush, .close = close_transform};

KIT_PLUGIN("c-transform", "0.1.0", "a stream of key frames", "", {SLUICE_INTERFACE_TRANSFORM, &table})
