/* Media as the cases make and judge it. */
#ifndef MEDIA_H
#define MEDIA_H
#include "services.h"

#define MOST_TRACKS 16

typedef struct kept_track {
    uint32_t id, kind, codec;
    int64_t dts;
    int has_dts;
} kept_track;

/* What a session, a source or an output of a transform says and pushes. */
struct publication {
    connection *connection; /* NULL: of a source or transform */
    uint64_t lane;
    sluice_handle handle;
    kept_track tracks[MOST_TRACKS];
    uint32_t track_count;
    uint64_t sum, frames;
};

/* What the header says of a track and a frame, and that payloads are canonical. */
void check_track(const sluice_track *);
void check_frame(publication *, const sluice_frame *);
void take_tracks(publication *, const sluice_track *, uint32_t stride, uint32_t count);
void take_frame(publication *, const sluice_frame *);
void keep_track(publication *, uint32_t index, const sluice_track *);
void publication_over(publication *);
/* One picture or sound of the sample; the host's buffer is the caller's. */
sluice_frame sample_frame(int64_t next_dts[2], int video, int key, unsigned hostile_too, uint64_t *random);
const sluice_track *sample_tracks(loan *, uint32_t which, uint32_t *count, uint32_t *stride);

#endif
