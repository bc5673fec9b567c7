/* The rules of tracks, frames and payloads, and the sample that sinks get: H.264 of 64 × 64 and AAC. */
#include "media.h"

/* avcC of x264, baseline, 64 × 64. */
const uint8_t sample_avc[] = {
    0x01, 0x42, 0xC0, 0x0A, 0xFF, 0xE1, 0x00, 0x17, 0x67, 0x42, 0xC0, 0x0A, 0xD9, 0x04, 0x26, 0xC0, 0x44, 0x00,
    0x00, 0x03, 0x00, 0x04, 0x00, 0x00, 0x03, 0x00, 0xC8, 0x3C, 0x48, 0x99, 0x20, 0x01, 0x00, 0x05, 0x68, 0xCB,
    0x83, 0xCB, 0x20,
};
const size_t sample_avc_size = sizeof sample_avc;
static const uint8_t sample_aac[] = {0x12, 0x10}; /* AAC-LC, 44.1 kHz, stereo */

#define AVC1 SLUICE_FOURCC('a', 'v', 'c', '1')
#define HVC1 SLUICE_FOURCC('h', 'v', 'c', '1')
#define MP4A SLUICE_FOURCC('m', 'p', '4', 'a')

void check_track(const sluice_track *t) {
    if (t->kind < SLUICE_TRACK_VIDEO || t->kind > SLUICE_TRACK_DATA) broke(BROKE_MEDIA, "set_tracks: a track's kind is %u", t->kind);
    if (t->timescale == 0) broke(BROKE_MEDIA, "set_tracks: track %u has the timescale 0", t->id);
    if (t->id > 63) broke(BROKE_MEDIA, "set_tracks: the track id %u is above 63", t->id);
    if (t->configuration.size > 64 << 10) broke(BROKE_MEDIA, "set_tracks: a configuration is larger than 64 KiB");
    if (t->codec == AVC1 && t->configuration.size && t->configuration.data[0] != 1)
        broke(BROKE_MEDIA, "set_tracks: the configuration of an avc1 track is not an avcC");
}

void keep_track(publication *p, uint32_t index, const sluice_track *t) {
    kept_track kept = {t->id, t->kind, t->codec, 0, 0};
    for (uint32_t i = 0; i < index; i++) {
        if (p->tracks[i].id == t->id) broke(BROKE_MEDIA, "set_tracks: two tracks have the id %u", t->id);
    }
    /* A new epoch of the same track goes on where it was. */
    if (index < p->track_count && p->tracks[index].id == t->id) {
        kept.dts = p->tracks[index].dts;
        kept.has_dts = p->tracks[index].has_dts;
    }
    p->tracks[index] = kept;
}

static void check_units(const kept_track *t, const sluice_frame *f) {
    uint64_t at = 0;
    while (at + 4 <= f->data.size) {
        const uint8_t *d = f->data.data + at;
        uint64_t size = (uint64_t)d[0] << 24 | (uint64_t)d[1] << 16 | (uint64_t)d[2] << 8 | d[3];
        if (size == 0 || size > f->data.size - at - 4) break;
        uint32_t type = t->codec == AVC1 ? d[4] & 31u : (d[4] >> 1) & 63u;
        int parameters = t->codec == AVC1 ? type == 7 || type == 8 : type >= 32 && type <= 34;
        if (parameters) broke(BROKE_MEDIA, "push: a parameter set (NAL unit type %u) lies in a frame: it belongs into the track", type);
        at += 4 + size;
    }
    if (at != f->data.size) broke(BROKE_MEDIA, "push: a frame is not NAL units with 4-byte lengths (wrong at byte %llu)", (unsigned long long)at);
}

void check_frame(publication *p, const sluice_frame *f) {
    kept_track *t = NULL;
    for (uint32_t i = 0; i < p->track_count; i++) {
        if (p->tracks[i].id == f->track) t = &p->tracks[i];
    }
    if (!t) {
        broke(BROKE_MEDIA, "push: a frame of track %u, which set_tracks has not named", f->track);
        return;
    }
    if (f->dts == SLUICE_TIME_UNKNOWN) {
        broke(BROKE_MEDIA, "push: a frame without dts");
        return;
    }
    if (t->has_dts && f->dts <= t->dts && !(f->flags & SLUICE_FRAME_DISCONTINUITY))
        broke(BROKE_MEDIA, "push: the dts of track %u goes from %lld to %lld", f->track, (long long)t->dts, (long long)f->dts);
    t->dts = f->dts;
    t->has_dts = 1;
    if (f->data.size == 0) return;
    if (t->codec == AVC1 || t->codec == HVC1) check_units(t, f);
    if (t->codec == MP4A && f->data.size >= 7 && f->data.data[0] == 0xFF && (f->data.data[1] & 0xF6) == 0xF0)
        broke(BROKE_MEDIA, "push: an AAC frame begins with an ADTS header: push the raw frame");
}

void take_tracks(publication *p, const sluice_track *tracks, uint32_t stride, uint32_t count) {
    for (uint32_t i = 0; i < count && i < MOST_TRACKS; i++) {
        const sluice_track *t = (const sluice_track *)(const void *)((const char *)tracks + (size_t)i * stride);
        check_track(t);
        keep_track(p, i, t);
    }
    p->track_count = count < MOST_TRACKS ? count : MOST_TRACKS;
}

void take_frame(publication *p, const sluice_frame *f) {
    check_frame(p, f);
    p->sum = sum_of(p->sum, &f->track, 4);
    p->sum = sum_of(p->sum, &f->pts, 8);
    p->sum = sum_of(p->sum, &f->dts, 8);
    p->sum = sum_of(p->sum, &f->flags, 4);
    p->sum = sum_of(p->sum, f->data.data, f->data.size);
    p->frames++;
}

static sluice_track video_track(loan *l, int other) {
    sluice_track t;
    memset(&t, 0, sizeof t);
    t.struct_size = sizeof t;
    t.kind = SLUICE_TRACK_VIDEO;
    t.codec = AVC1;
    t.timescale = other ? 90000 : 1000;
    t.width = t.height = 64;
    t.frame_rate_milli = 25000;
    t.configuration = loan_bytes(l, sample_avc, sizeof sample_avc);
    return t;
}

static sluice_track audio_track(loan *l) {
    sluice_track t;
    memset(&t, 0, sizeof t);
    t.struct_size = sizeof t;
    t.id = 1;
    t.kind = SLUICE_TRACK_AUDIO;
    t.codec = MP4A;
    t.timescale = 1000;
    t.sample_rate = 44100;
    t.channels = 2;
    t.configuration = loan_bytes(l, sample_aac, sizeof sample_aac);
    t.language = loan_text(l, "en");
    return t;
}

const sluice_track *sample_tracks(loan *l, uint32_t which, uint32_t *count, uint32_t *stride) {
    sluice_track list[2] = {video_track(l, which == TRACKS_NEW_EPOCH), audio_track(l)};
    *count = which == TRACKS_AUDIO ? 1 : 2;
    if (which == TRACKS_UNKNOWN) list[0].codec = SLUICE_FOURCC('x', 'x', 'x', 'x');
    if (which == TRACKS_HOSTILE) {
        list[0].configuration = loan_bytes(l, "\x01\xff\xff\xff\xff\xff\xff\xff", 8);
        list[1].configuration = (sluice_bytes){NULL, 0};
        list[0].width = list[0].height = UINT32_MAX;
        list[0].timescale = UINT32_MAX;
    }
    return loan_array(l, which == TRACKS_AUDIO ? &list[1] : list, *count, stride);
}

/* One NAL unit that looks like a slice; hostile: any bytes. */
static size_t payload(uint8_t *out, size_t room, int video, int key, unsigned hostile_too, uint64_t *random) {
    size_t size = 40 + next_random(random) % (room - 64);
    for (size_t i = 0; i < size; i++) out[i] = (uint8_t)next_random(random);
    if (hostile_too) return next_random(random) % 4 ? size : 0;
    if (video) {
        uint32_t unit = (uint32_t)size - 4;
        uint8_t head[5] = {(uint8_t)(unit >> 24), (uint8_t)(unit >> 16), (uint8_t)(unit >> 8), (uint8_t)unit, key ? 0x65 : 0x41};
        memcpy(out, head, sizeof head);
    } else {
        out[0] = 0x21;
    }
    return size;
}

sluice_frame sample_frame(int64_t next_dts[2], int video, int key, unsigned hostile_too, uint64_t *random) {
    static uint8_t bytes[1024];
    sluice_frame f;
    memset(&f, 0, sizeof f);
    f.struct_size = sizeof f;
    f.track = video ? 0 : 1;
    f.dts = f.pts = next_dts[!video];
    f.duration = video ? 40 : 23;
    f.flags = video && !key ? 0 : SLUICE_FRAME_KEY;
    size_t size = payload(bytes, sizeof bytes, video, key, hostile_too, random);
    f.buffer = buffer_of_host(bytes, size);
    f.data = (sluice_bytes){f.buffer->data, size};
    f.arrival_ns = now_ns();
    f.wall_us = (int64_t)1700000000 * 1000000 + f.pts * 1000;
    next_dts[!video] += f.duration;
    return f;
}
