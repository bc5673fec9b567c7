// flvplayer.js: one playback of a live FLV address by Media Source Extensions.
//
// Owns the source buffers and the distance to the live edge. `run()` resolves or throws an Ending when it is over; it never
// retries. What it knows of the tracks it tells by `onInfo`.

import { FLVDemuxer, FLVReader } from './flv.js';
import { codecName, describe } from './codecs.js';
import { initSegment, mediaSegment } from './mp4.js';
import { Ending, fetchStream, socketStream } from './source.js';
import { TrackBuffer } from './trackbuffer.js';

const Source = globalThis.MediaSource ?? globalThis.ManagedMediaSource;
const IDS = { video: 1, audio: 2 };
const TARGET = 1, JUMP = 4, KEEP = 20, MIN_RATE = 0.96, MAX_RATE = 1.1;
const HOLD = 1000;          // ms to wait for the second track
const PAUSE = 10000;        // ms of pause after which the connection is given back
const START = 1000;         // ms: where the first frame lands, so that an earlier one of the other track fits before it

export const canPlayFLV = Boolean(Source && globalThis.ReadableStream);

let prefersSocket = false;  // learnt: fetch gave no bytes on this path, WebSocket may

export class FLVPlayer {
  constructor(video, url, onInfo) {
    this.video = video;
    this.url = url;
    this.onInfo = onInfo;
    this.tracks = {};
    this.size = { width: 1280, height: 720 };
    this.frameRate = 0;
    this.sequence = 0;
    this.received = [];
    this.target = TARGET;
    this.abort = new AbortController();
    this.clock = { last: null, shift: 0 };
    this.demuxer = new FLVDemuxer(this);
    this.reader = new FLVReader((type, time, body) => this.demuxer.tag(type, time, body));
    this.onWaiting = () => this.stalled();
  }

  /** Plays until the stream is over. */
  async run() {
    this.video.addEventListener('waiting', this.onWaiting);
    this.timer = setInterval(() => this.tick(), 200);
    const failure = new Promise((_, reject) => { this.fail = reject; });
    const stream = prefersSocket ? socketStream : fetchStream;
    try {
      const heard = await Promise.race([stream(this.url, this.abort.signal, (data) => this.push(data)), failure]);
      if (!heard) {
        prefersSocket = !prefersSocket;
        throw new Ending(prefersSocket ? 'again' : 'off');
      }
      await Promise.race([this.playOut(), failure]);
      throw new Ending('off');
    } finally {
      this.stop();
    }
  }

  stop() {
    clearInterval(this.timer);
    this.video.removeEventListener('waiting', this.onWaiting);
    this.abort.abort();
    this.video.playbackRate = 1;
  }

  /** Seconds between the picture and the newest media that has arrived. */
  get latency() {
    const { buffered, currentTime } = this.video;
    return buffered.length && this.isStarted ? Math.max(0, buffered.end(buffered.length - 1) - currentTime) : null;
  }

  goLive() {
    const { buffered } = this.video;
    if (!buffered.length) return;
    const last = buffered.length - 1;
    this.video.currentTime = Math.max(buffered.start(last), buffered.end(last) - this.target);
  }

  // Bytes and frames in

  push(data) {
    this.received.push([performance.now(), data.length]);
    this.reader.push(data);
    if (!this.media) this.open();
    this.flush();
  }

  metadata(map) {
    const number = (key, most) => { const n = map.get(key); return n > 0 && n <= most ? n : 0; };
    const width = number('width', 16384), height = number('height', 16384);
    if (width && height) this.size = { width: Math.round(width), height: Math.round(height) };
    this.frameRate = number('framerate', 1000);
    this.tellInfo();
  }

  config(kind, codec, record) {
    const old = this.tracks[kind];
    if (old && old.codec === codec && sameBytes(old.record, record)) return;
    const about = describe(kind, codec, record, this.size);
    const track = { kind, codec, record, about, pending: null, samples: [], next: null, needsKey: kind === 'video', buffer: old?.buffer };
    if (!about || !Source.isTypeSupported(about.mime)) track.refused = true;
    if (old?.buffer) {
      if (track.refused) throw new Ending('again');
      this.finish(old);
      this.flush();
      track.buffer.configure(about.mime, initSegment(about, IDS[kind], this.size));
    }
    this.tracks[kind] = track;
    this.tellInfo();
  }

  frame(kind, frame) {
    const track = this.tracks[kind];
    if (!track || track.refused) return;
    if (this.isOpen && !track.buffer) throw new Ending('again');
    const time = this.place(frame.dts);
    if (track.needsKey && !frame.key) return;
    track.needsKey = false;
    this.firstFrame ??= performance.now();
    const { timescale, duration } = track.about;
    const sample = { time: Math.round(time * timescale / 1000), cts: Math.round(frame.cts * timescale / 1000), key: frame.key, data: frame.data };
    const ticks = duration(frame.data);
    if (ticks) {
      // Milliseconds are too coarse for sound: count samples, and follow the clock only when it really differs.
      if (track.next !== null && Math.abs(sample.time - track.next) < timescale * 0.03) sample.time = track.next;
      track.next = sample.time + ticks;
      track.samples.push({ ...sample, duration: ticks });
    } else {
      if (track.pending && sample.time <= track.pending.time) sample.time = track.pending.time + 1;
      this.finish(track, sample.time);
      track.pending = sample;
    }
  }

  /** The held frame's duration is known when the next one comes; at an end it is guessed. */
  finish(track, next) {
    const held = track.pending;
    if (!held) return;
    track.samples.push({ ...held, duration: next === undefined ? Math.round(track.about.timescale / 30) : next - held.time });
    track.pending = null;
  }

  /** Stream milliseconds to the media element's. A jump of the source's clock goes on where the last frame ended. */
  place(milliseconds) {
    const clock = this.clock;
    const step = clock.last === null ? null : milliseconds - clock.last;
    if (step === null) clock.shift = START - milliseconds;
    else if (step < -3000 || step > 10000) {
      clock.shift -= step - 40;
      if (this.tracks.video) this.tracks.video.needsKey = true;
    }
    clock.last = milliseconds;
    return Math.max(0, milliseconds + clock.shift);
  }

  // Into the source buffers

  /** Begins once both tracks have given a frame, or one has and the other is not announced or is late. */
  open() {
    const ready = (kind) => { const t = this.tracks[kind]; return t && !t.refused && (t.pending || t.samples.length > 0); };
    const wanted = (kind) => this.reader.header?.[kind] && !this.tracks[kind]?.refused;
    if (this.tracks.video?.refused) throw this.refusal(this.tracks.video);
    if (!ready('video') && !ready('audio')) {
      if (this.tracks.audio?.refused && !this.reader.header?.video) throw this.refusal(this.tracks.audio);
      return;
    }
    const complete = ['video', 'audio'].every((kind) => ready(kind) || !wanted(kind));
    if (!complete && performance.now() - this.firstFrame < HOLD) return;
    const media = this.media = new Source();
    this.video.disableRemotePlayback = true;
    const address = URL.createObjectURL(media);
    media.addEventListener('sourceopen', () => {
      URL.revokeObjectURL(address);
      try {
        media.duration = Infinity;
        for (const track of Object.values(this.tracks)) if (ready(track.kind)) this.addBuffer(track);
        this.isOpen = true;
        this.flush();
        this.tellInfo();
      } catch (error) {
        this.fail(new Ending('failed', error.message));
      }
    }, { once: true });
    this.video.src = address;
  }

  refusal(track) {
    const what = `${codecName(track.codec)} ${track.kind === 'video' ? 'pictures' : 'sound'}`;
    return new Ending('unsupported', `It has no way to show ${what} from FLV. HLS or another browser may do it.`);
  }

  addBuffer(track) {
    const buffer = this.media.addSourceBuffer(track.about.mime);
    track.buffer = new TrackBuffer(buffer, this.video, (text) => this.fail(new Ending('failed', text)));
    track.buffer.append(initSegment(track.about, IDS[track.kind], this.size));
  }

  flush() {
    for (const track of Object.values(this.tracks)) {
      if (!track.buffer || !track.samples.length) continue;
      track.buffer.append(mediaSegment(IDS[track.kind], ++this.sequence, track.samples));
      track.samples = [];
    }
  }

  /** The stream's end: what has arrived is played. */
  async playOut() {
    for (const track of Object.values(this.tracks)) if (track.about) this.finish(track);
    this.flush();
    const { video } = this;
    for (let left = 20; left > 0 && this.isStarted && !video.paused && this.latency > 0.15; left--) {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  // The live edge

  tick() {
    const { video } = this;
    const now = performance.now();
    try {
      if (!this.media && this.firstFrame) this.open();
    } catch (error) {
      return this.fail(error);
    }
    if (!this.isOpen) return;       // what the element holds is still the last playback's
    if (video.error) return this.fail(new Ending('failed', 'The browser could not decode the stream.'));
    if (video.paused && this.isStarted) {
      this.pausedAt ??= now;
      if (now - this.pausedAt > PAUSE) this.fail(new Ending('paused'));
      return;
    }
    this.pausedAt = null;
    const { buffered } = video;
    if (!buffered.length || video.seeking) return;
    if (!this.isStarted) return this.begin(now);
    this.skipGap(now);
    this.steer(now);
    for (const track of Object.values(this.tracks)) track.buffer?.trim(video.currentTime - KEEP);
    this.tellInfo();
  }

  begin(now) {
    this.isStarted = true;
    this.startedAt = now;
    this.goLive();
  }

  /** Catches up by rate, and from far behind by a jump; right after the start always by a jump. Too near, it gathers a little. */
  steer(now) {
    const { video } = this;
    const excess = this.latency - this.target;
    if (this.latency > JUMP + this.target - TARGET || (excess > 0.7 && now - this.startedAt < 2500)) return this.goLive();
    if (excess > 0.3 || (excess > 0.05 && video.playbackRate > 1)) {
      video.playbackRate = Math.min(MAX_RATE, 1.02 + excess * 0.06);
    } else if (excess < -0.5 || (excess < -0.2 && video.playbackRate < 1)) {
      video.playbackRate = MIN_RATE;
    } else {
      video.playbackRate = 1;
    }
    if (now - (this.calmSince ?? now) > 60000 && this.target > TARGET) {
      this.target = Math.max(TARGET, this.target - 0.25);
      this.calmSince = now;
    }
  }

  /** Ran dry: stand a little farther behind the edge. */
  stalled() {
    if (!this.isStarted || this.video.seeking || performance.now() - this.startedAt < 1500) return;
    this.target = Math.min(3, this.target + 0.25);
    this.calmSince = performance.now();
  }

  /** Media can go on behind a hole; the element waits at it. */
  skipGap(now) {
    const { video } = this;
    if (video.readyState > 2) { this.stuckSince = null; return; }
    this.stuckSince ??= now;
    if (now - this.stuckSince < 300) return;
    for (let i = 0; i < video.buffered.length; i++) {
      const start = video.buffered.start(i);
      if (start > video.currentTime && start - video.currentTime < 60) { video.currentTime = start + 0.01; return; }
    }
    // Tracks that were announced but dried up hold the other one back: begin again with those that are alive.
    const [a, b] = Object.values(this.tracks).filter((t) => t.buffer).map((t) => t.buffer.end);
    if (b !== undefined && Math.abs(a - b) > 5) this.fail(new Ending('again'));
  }

  tellInfo() {
    const { video, audio } = this.tracks;
    const now = performance.now();
    while (this.received.length > 1 && now - this.received[0][0] > 4000) this.received.shift();
    const span = now - (this.received[0]?.[0] ?? now);
    const total = this.received.reduce((sum, [, length]) => sum + length, 0);
    this.onInfo({
      codecs: [video, audio].filter((t) => t && !t.refused).map((t) => t.about.name),
      sound: audio && !audio.refused ? audio.about.detail : '',
      frameRate: this.frameRate,
      bitrate: span > 2000 ? total * 8000 / span : 0,
      delivery: prefersSocket ? 'FLV over WebSocket' : 'HTTP-FLV',
      notice: audio?.refused ? `No sound: this browser can’t play ${codecName(audio.codec)} from FLV.` : '',
      isAudioOnly: Boolean(this.media && !video?.buffer && audio?.buffer),
    });
  }
}

function sameBytes(a, b) {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
