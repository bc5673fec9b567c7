// mp4.js: fragmented MP4 (ISO/IEC 14496-12) for Media Source Extensions: one track per initialization segment.
//
// Pure functions from values to bytes.

/** Joins numbers (one byte each) and byte arrays. */
export function bytes(...parts) {
  const length = parts.reduce((sum, part) => sum + (typeof part === 'number' ? 1 : part.length), 0);
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    if (typeof part === 'number') joined[at++] = part;
    else { joined.set(part, at); at += part.length; }
  }
  return joined;
}

export const zeros = (count) => new Uint8Array(count);
export const u16 = (n) => [n >> 8 & 255, n & 255];
export const u32 = (n) => [n >>> 24 & 255, n >>> 16 & 255, n >>> 8 & 255, n & 255];

/** A box; the content is given as for `bytes`. */
export function box(type, ...parts) {
  const content = bytes(...parts);
  return bytes(u32(content.length + 8), [...type].map((c) => c.charCodeAt(0)), content);
}

const MATRIX = bytes(u32(0x10000), zeros(12), u32(0x10000), zeros(12), u32(0x40000000));

/** ftyp and moov of one track: `track` is a description of codecs.js, `id` its track id. */
export function initSegment(track, id, size) {
  const sound = track.kind === 'audio';
  const handler = [...(sound ? 'soun' : 'vide')].map((c) => c.charCodeAt(0));
  const tkhd = box('tkhd', 0, 0, 0, 3, zeros(8), u32(id), zeros(20), u16(sound ? 0x100 : 0), zeros(2), MATRIX,
    u16(sound ? 0 : size.width), zeros(2), u16(sound ? 0 : size.height), zeros(2));
  const tables = box('stbl', box('stsd', zeros(4), u32(1), track.entry), box('stts', zeros(8)), box('stsc', zeros(8)),
    box('stsz', zeros(12)), box('stco', zeros(8)));
  const media = box('minf', sound ? box('smhd', zeros(8)) : box('vmhd', 0, 0, 0, 1, zeros(8)),
    box('dinf', box('dref', zeros(4), u32(1), box('url ', 0, 0, 0, 1))), tables);
  const mdia = box('mdia', box('mdhd', zeros(12), u32(track.timescale), zeros(4), u16(0x55c4), u16(0)),
    box('hdlr', zeros(8), handler, zeros(13)), media);
  const mvhd = box('mvhd', zeros(12), u32(1000), zeros(4), u32(0x10000), u16(0x100), zeros(10), MATRIX, zeros(24), u32(id + 1));
  const brand = [...'iso6'].map((c) => c.charCodeAt(0));
  return bytes(box('ftyp', brand, u32(1), brand),
    box('moov', mvhd, box('trak', tkhd, mdia), box('mvex', box('trex', zeros(4), u32(id), u32(1), zeros(12)))));
}

/** moof and mdat of some samples { time, cts, duration, key, data }; times are in the track's timescale, `time` may pass 2^32. */
export function mediaSegment(id, sequence, samples) {
  const tfhd = box('tfhd', 0, 2, 0, 0, u32(id));
  const time = samples[0].time;
  const tfdt = box('tfdt', 1, 0, 0, 0, u32(Math.floor(time / 2 ** 32)), u32(time % 2 ** 32));
  const rows = samples.map((s) => [...u32(s.duration), ...u32(s.data.length), ...(s.key ? [2, 0, 0, 0] : [1, 1, 0, 0]), ...u32(s.cts)]);
  const moof = (offset) => box('moof', box('mfhd', zeros(4), u32(sequence)),
    box('traf', tfhd, tfdt, box('trun', 1, 0, 0x0f, 1, u32(samples.length), u32(offset), ...rows)));
  const length = moof(0).length;
  const size = samples.reduce((sum, s) => sum + s.data.length, 8);
  return bytes(moof(length + 8), u32(size), 0x6d, 0x64, 0x61, 0x74, ...samples.map((s) => s.data));
}
