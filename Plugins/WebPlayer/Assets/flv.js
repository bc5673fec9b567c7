// flv.js: FLV (10.1 Annex E, Enhanced RTMP v2) from bytes to tracks and frames.
//
// Owns at most one unfinished tag and the last timestamp. Never touches the network, the clock or the page.
// Unknown tags and packet types are skipped; what cannot be FLV at all throws.

const MAX_TAG = 8 << 20;
const AUDIO = 8, VIDEO = 9, SCRIPT = 18;
const LEGACY_VIDEO = { 2: 'Sorenson H.263', 4: 'VP6', 7: 'avc1', 12: 'hvc1' };
const LEGACY_AUDIO = { 0: 'PCM', 1: 'ADPCM', 2: 'MP3', 3: 'PCM', 6: 'Nellymoser', 7: 'G.711', 8: 'G.711', 10: 'mp4a', 11: 'Speex', 14: 'MP3' };

/** Cuts a byte stream into tags. `onTag(type, timestamp, body)`: the timestamp is the raw 32 bits, the body is a copy. */
export class FLVReader {
  constructor(onTag) {
    this.onTag = onTag;
    this.buffer = new Uint8Array(1 << 16);
    this.start = 0;
    this.end = 0;
    this.header = null;
  }

  push(bytes) {
    this.take(bytes);
    if (!this.header && !this.readHeader()) return;
    while (this.readTag());
  }

  take(bytes) {
    const held = this.end - this.start;
    if (this.end + bytes.length > this.buffer.length) {
      const size = Math.max(this.buffer.length, 2 ** Math.ceil(Math.log2(held + bytes.length)));
      const roomier = size > this.buffer.length ? new Uint8Array(size) : this.buffer;
      roomier.set(this.buffer.subarray(this.start, this.end));
      this.buffer = roomier;
      this.start = 0;
      this.end = held;
    }
    this.buffer.set(bytes, this.end);
    this.end += bytes.length;
  }

  readHeader() {
    if (this.end - this.start < 13) return false;
    const [f, l, v, , flags] = this.buffer.subarray(this.start, this.start + 5);
    if (f !== 0x46 || l !== 0x4c || v !== 0x56) throw new Error('The server’s answer is not FLV.');
    this.header = { audio: (flags & 4) !== 0, video: (flags & 1) !== 0 };
    this.start += 13;
    return true;
  }

  readTag() {
    const held = this.end - this.start;
    if (held < 11) return false;
    const b = this.buffer, at = this.start;
    const size = b[at + 1] << 16 | b[at + 2] << 8 | b[at + 3];
    if (size > MAX_TAG) throw new Error('A tag of the stream is too large.');
    if (held < size + 15) return false;
    const time = (b[at + 7] << 24 | b[at + 4] << 16 | b[at + 5] << 8 | b[at + 6]) >>> 0;
    const body = b.slice(at + 11, at + 11 + size);
    this.start += size + 15;
    this.onTag(b[at] & 0x1f, time, body);
    return true;
  }
}

/**
 * Reads the tags' bodies. Calls `sink.config(kind, codec, record)`, `sink.frame(kind, frame)` and `sink.metadata(object)`;
 * kind is 'video' or 'audio', frame is { dts, cts, key, data } with milliseconds that continue past 2^32.
 * Track 0 of multitrack messages is read, the others are left out.
 */
export class FLVDemuxer {
  constructor(sink) {
    this.sink = sink;
    this.raw = null;
    this.time = 0;
  }

  tag(type, timestamp, body) {
    if (type === SCRIPT) return this.script(body);
    if ((type !== AUDIO && type !== VIDEO) || body.length === 0) return;
    this.time = this.raw === null ? timestamp : this.time + ((timestamp - this.raw) | 0);
    this.raw = timestamp;
    if (type === VIDEO) this.video(body); else this.audio(body);
  }

  video(body) {
    const key = (body[0] >> 4 & 7) === 1;
    if (body[0] & 0x80) return this.enhanced('video', body, key, 6);
    if (body.length < 5) return;
    const codec = LEGACY_VIDEO[body[0] & 15] ?? 'unknown';
    if (codec === 'avc1' || codec === 'hvc1') {
      // A composition offset stands before the configuration record, too.
      return this.packet('video', codec, body[1], key, body.subarray(body[1] === 0 ? 5 : 2));
    }
    this.sink.config('video', codec, new Uint8Array(0));
  }

  audio(body) {
    const format = body[0] >> 4;
    if (format === 9) return this.enhanced('audio', body, true, 5);
    const codec = LEGACY_AUDIO[format] ?? 'unknown';
    if (codec === 'mp4a' && body.length > 1) return this.packet('audio', codec, body[1], true, body.subarray(2));
    if (codec !== 'mp4a') this.sink.config('audio', codec, new Uint8Array(0));
  }

  /** E-RTMP §2–5: ModEx blocks, multitrack byte, FourCC, body. */
  enhanced(kind, body, key, multitrack) {
    let packet = body[0] & 15, at = 1;
    while (packet === 7) {
      let size = (body[at++] ?? 0) + 1;
      if (size === 256) { size = (body[at] << 8 | body[at + 1]) + 1; at += 2; }
      at += size;
      if (at >= body.length) return;
      packet = body[at++] & 15;
    }
    if (kind === 'video' && (body[0] >> 4 & 7) === 5) return;
    let layout = null;
    if (packet === multitrack) {
      layout = body[at] >> 4;
      packet = body[at++] & 15;
    }
    let codec = layout === 2 ? '' : fourCC(body, at);
    if (layout !== 2) at += 4;
    if (layout === null) return this.packet(kind, codec, packet, key, body.subarray(at));
    while (at < body.length) {
      if (layout === 2) { codec = fourCC(body, at); at += 4; }
      const track = body[at++];
      let end = body.length;
      if (layout !== 0) {
        end = at + 3 + (body[at] << 16 | body[at + 1] << 8 | body[at + 2]);
        at += 3;
      }
      if (!(end <= body.length)) return;
      if (track === 0) this.packet(kind, codec, packet, key, body.subarray(at, end));
      at = end;
    }
  }

  /** One track's packet. Types 0, 1 and 3 mean the same in AVC's legacy form and in the enhanced one. */
  packet(kind, codec, type, key, body) {
    if (type === 0) return this.sink.config(kind, codec, body);
    if (type !== 1 && type !== 3) return;
    let cts = 0;
    if (type === 1 && (codec === 'avc1' || codec === 'hvc1' || codec === 'vvc1')) {
      if (body.length < 3) return;
      cts = (body[0] << 24 | body[1] << 16 | body[2] << 8) >> 8;
      body = body.subarray(3);
    }
    if (body.length) this.sink.frame(kind, { dts: this.time, cts, key, data: body });
  }

  script(body) {
    try {
      const reader = new AMF0Reader(body);
      let name = reader.value();
      if (name === '@setDataFrame') name = reader.value();
      const value = reader.value();
      if (name === 'onMetaData' && value && typeof value === 'object') this.sink.metadata(value);
    } catch {
      // Metadata only decorates: the bitstream decides.
    }
  }
}

function fourCC(body, at) {
  return at + 4 <= body.length ? String.fromCharCode(...body.subarray(at, at + 4)) : 'unknown';
}

/** AMF0 values, as far as onMetaData needs them; throws at anything else, and by DataView past the end. */
class AMF0Reader {
  constructor(bytes) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = 0;
    this.budget = 512;
  }

  value(depth = 0) {
    if (depth > 8 || --this.budget < 0) throw new RangeError('AMF0 is too deep or too long');
    switch (this.view.getUint8(this.at++)) {
      case 0: return this.view.getFloat64((this.at += 8) - 8);
      case 1: return this.view.getUint8(this.at++) !== 0;
      case 2: return this.text(2);
      case 3: return this.object(depth);
      case 5: case 6: return null;
      case 8: this.at += 4; return this.object(depth);
      case 10: return Array.from({ length: Math.min(this.view.getUint32((this.at += 4) - 4), 512) }, () => this.value(depth + 1));
      case 11: this.at += 10; return null;
      case 12: return this.text(4);
      default: throw new RangeError('AMF0 type');
    }
  }

  text(width) {
    const length = width === 2 ? this.view.getUint16(this.at) : this.view.getUint32(this.at);
    this.at += width + length;
    if (this.at > this.view.byteLength) throw new RangeError('AMF0 string');
    return new TextDecoder().decode(new Uint8Array(this.view.buffer, this.view.byteOffset + this.at - length, length));
  }

  object(depth) {
    const result = new Map();
    for (;;) {
      const name = this.text(2);
      if (name === '' && this.view.getUint8(this.at) === 9) { this.at++; return result; }
      result.set(name, this.value(depth + 1));
    }
  }
}
