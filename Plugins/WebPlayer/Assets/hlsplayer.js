// hlsplayer.js: one playback of an HLS address by the browser itself.
//
// Asks for the playlists first, since a media element gives no reason for what it can't load. `run()` throws an Ending when it
// is over; it never retries.

import { Ending, request } from './source.js';

const TYPE = 'application/vnd.apple.mpegurl';
const LOOK = 4000, STUCK = 15000;    // ms without progress: look at the playlists again; begin again
const NAMES = { avc1: 'H.264', avc3: 'H.264', hvc1: 'HEVC', hev1: 'HEVC', av01: 'AV1', vp09: 'VP9', mp4a: 'AAC', opus: 'Opus', fLaC: 'FLAC', 'ac-3': 'AC-3', 'ec-3': 'E-AC-3' };

export const canPlayHLS = document.createElement('video').canPlayType(TYPE) !== '';

export class HLSPlayer {
  constructor(video, url, onInfo) {
    this.video = video;
    this.url = url;
    this.onInfo = onInfo;
    this.abort = new AbortController();
    this.start = NaN;       // wall time of the element's time 0, in ms
  }

  /** Plays until the stream is over. */
  async run() {
    const { video, abort } = this;
    const about = await this.inspect();
    const over = new Promise((_, reject) => {
      const options = { signal: abort.signal };
      abort.signal.addEventListener('abort', () => reject(new DOMException('stopped', 'AbortError')), { once: true });
      video.addEventListener('ended', () => reject(new Ending('off')), options);
      video.addEventListener('error', () => reject(this.failure()), options);
      let time = -1, moved = performance.now(), looked = moved;
      this.timer = setInterval(() => {
        this.onInfo(this.shown(about));
        const now = performance.now();
        if (video.currentTime !== time || video.paused) {
          time = video.currentTime;
          moved = looked = now;
        } else if (now - moved > STUCK) {
          reject(new Ending('again'));
        } else if (now - looked > LOOK) {
          looked = now;
          this.inspect().catch(reject);
        }
      }, 500);
    });
    video.src = this.url;
    this.learnStart().catch(() => {});
    try {
      await over;
    } finally {
      this.stop();
      this.release();
    }
  }

  stop() {
    clearInterval(this.timer);
    this.abort.abort();
  }

  /**
   * Seconds behind live: by the playlist's wall clock where its place on the element's timeline is known, else the way to the
   * end of what can be watched, else to the end of what is loaded.
   */
  get latency() {
    const { video } = this;
    if (video.readyState === 0) return null;
    const told = video.getStartDate?.().getTime();
    const start = told > 0 ? told : this.start;
    const behind = (Date.now() - start) / 1000 - video.currentTime;
    if (behind >= 0 && behind < 120) return behind;
    const edge = this.edge - video.currentTime;
    return edge >= 0 && edge < 3600 ? edge : null;
  }

  /** The newest moment that can be watched, in the element's time. Chromium leaves `seekable` empty and loads up to the edge. */
  get edge() {
    const { seekable, buffered } = this.video;
    const range = seekable.length ? seekable : buffered;
    return range.length ? range.end(range.length - 1) : NaN;
  }

  goLive() {
    const { video, edge } = this;
    if (edge - video.currentTime > 6) video.currentTime = edge - 3;
  }

  /**
   * Chromium doesn't tell which wall time its timeline begins at. Up to the edge is loaded, so the last segment's end in the
   * playlist is the end of what is loaded; some looks, since the browser's own copy of the playlist is older at times.
   */
  async learnStart() {
    const { video, abort } = this;
    if (video.getStartDate || !this.mediaURL) return;
    for (let looks = 0; looks < 4; looks++) {
      await new Promise((resolve) => setTimeout(resolve, 2300));
      if (abort.signal.aborted || video.paused) return;
      const end = programEnd(await this.playlist(this.mediaURL));
      const start = end - this.edge * 1000;
      if (Number.isFinite(start)) this.start = Math.min(this.start || Infinity, start);
    }
  }

  failure() {
    const { error } = this.video;
    if (error?.code === MediaError.MEDIA_ERR_NETWORK) return new Ending('again');
    return new Ending('unsupported', 'This browser can’t play the stream’s HLS form.');
  }

  /** The element would go on asking by itself; another playback may have it already. */
  release() {
    if (this.video.src !== this.url) return;
    this.video.removeAttribute('src');
    this.video.load();
  }

  /** Reads the playlists once: is there anything to play, and what. */
  async inspect() {
    const response = await request(this.url, this.abort.signal);
    const text = await response.text();
    if (!text.startsWith('#EXTM3U')) throw new Ending('failed', 'The server’s answer is not a playlist.');
    const variants = readVariants(text, response.url);
    this.mediaURL = variants[0]?.url ?? this.url;
    const media = variants.length ? await this.playlist(this.mediaURL) : text;
    if (media.includes('#EXT-X-ENDLIST')) throw new Ending('off');
    return { sound: '', delivery: 'HLS', notice: '', variants };
  }

  /** What is known, of the variant that is on the screen as far as its height tells. */
  shown(about) {
    const { variants } = about;
    const variant = variants.find((one) => one.height > 0 && one.height === this.video.videoHeight) ?? variants[0];
    const codecs = variant?.codecs ?? [];
    return {
      ...about,
      codecs: codecs.map((name) => NAMES[name] ?? name),
      frameRate: variant?.frameRate ?? 0,
      bitrate: variant?.bitrate ?? 0,
      isAudioOnly: codecs.length > 0 && codecs.every((name) => /^(mp4a|opus|fLaC|ac-3|ec-3)$/i.test(name)),
    };
  }

  async playlist(url) {
    return (await request(url, this.abort.signal)).text();
  }
}

/** The variants of a multivariant playlist, in its order, each with the name of its stream as it stands in addresses; none of a media playlist. */
function readVariants(text, base) {
  const app = new URL('..', base).pathname;
  const lines = text.split(/\r?\n/);
  return lines.flatMap((line, at) => {
    if (!line.startsWith('#EXT-X-STREAM-INF:')) return [];
    const attribute = (name) => (new RegExp(`[:,]${name}=("[^"]*"|[^,]*)`).exec(line)?.[1] ?? '').replaceAll('"', '');
    const url = new URL(lines[at + 1] ?? '', base);
    const [width, height] = attribute('RESOLUTION').split('x').map(Number);
    return [{
      url: url.href,
      stream: url.pathname.startsWith(app) ? url.pathname.slice(app.length).split('/')[0] : '',
      width: width || 0,
      height: height || 0,
      codecs: attribute('CODECS').split(',').map((name) => name.trim().split('.')[0]).filter(Boolean),
      frameRate: Number(attribute('FRAME-RATE')) || 0,
      bitrate: Number(attribute('AVERAGE-BANDWIDTH') || attribute('BANDWIDTH')) || 0,
    }];
  });
}

/** The wall time in ms at which a media playlist's last whole segment ends; NaN without EXT-X-PROGRAM-DATE-TIME. */
function programEnd(text) {
  let time = NaN;
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#EXT-X-PROGRAM-DATE-TIME:')) time = Date.parse(line.slice(25));
    else if (line.startsWith('#EXTINF:')) time += parseFloat(line.slice(8)) * 1000;
  }
  return time;
}
