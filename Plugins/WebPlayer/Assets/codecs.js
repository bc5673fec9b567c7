// codecs.js: from a decoder configuration record to what a browser wants to know of a track.
//
// A description is { kind, codec, mime, name, detail, timescale, entry, duration(data) }: `entry` is the MP4 sample entry,
// `duration` gives a frame's ticks, or 0 when only the next frame's time tells. Pure functions.

import { box, bytes, u16, u32, zeros } from './mp4.js';

const AAC_RATES = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];
const NAMES = { avc1: 'H.264', hvc1: 'HEVC', av01: 'AV1', vp09: 'VP9', vp08: 'VP8', vvc1: 'VVC', mp4a: 'AAC', Opus: 'Opus', fLaC: 'FLAC', '.mp3': 'MP3', 'ac-3': 'AC-3', 'ec-3': 'E-AC-3' };
const hex = (n, digits = 2) => n.toString(16).padStart(digits, '0');
const two = (n) => String(n).padStart(2, '0');

/** The codec's name as people write it. */
export const codecName = (codec) => NAMES[codec] ?? codec;

/** Describes a track, or gives null when there is no way to carry this codec in MP4 here or its record is cut short. */
export function describe(kind, codec, record, size) {
  const make = { avc1, hvc1, av01, vp09, mp4a, Opus: opus, fLaC: flac }[codec];
  const found = make ? make(record, size) : null;
  if (!found) return null;
  return { kind, codec, name: codecName(codec), detail: '', duration: () => 0, ...found, mime: `${kind}/mp4; codecs="${found.string}"` };
}

function visual(type, size, ...boxes) {
  const { width, height } = size;
  return box(type, zeros(6), u16(1), zeros(16), u16(width), u16(height), u32(0x480000), u32(0x480000), zeros(4), u16(1), zeros(32),
    u16(24), u16(0xffff), ...boxes);
}

function audible(type, channels, rate, ...boxes) {
  return box(type, zeros(6), u16(1), zeros(8), u16(channels), u16(16), zeros(4), u16(rate > 0xffff ? 0 : rate), u16(0), ...boxes);
}

function avc1(record, size) {
  if (record.length < 7) return null;
  const string = 'avc1.' + hex(record[1]) + hex(record[2]) + hex(record[3]);
  return { string, timescale: 1000, entry: visual('avc1', size, box('avcC', record)) };
}

/** ISO/IEC 14496-15 Annex E: profile, compatibility flags in reversed order, tier and level, constraint bytes. */
function hvc1(record, size) {
  if (record.length < 23) return null;
  const profile = ['', 'A', 'B', 'C'][record[1] >> 6] + (record[1] & 31);
  let flags = 0;
  for (let i = 0; i < 32; i++) if (record[2 + (i >> 3)] >> (7 - (i & 7)) & 1) flags = (flags | 1 << i) >>> 0;
  const constraints = [...record.subarray(6, 12)];
  while (constraints.length && constraints.at(-1) === 0) constraints.pop();
  const level = (record[1] & 0x20 ? 'H' : 'L') + record[12];
  const string = ['hvc1', profile, flags.toString(16), level, ...constraints.map((c) => c.toString(16))].join('.');
  return { string, timescale: 1000, entry: visual('hvc1', size, box('hvcC', record)) };
}

/** AV1 in ISOBMFF §5: av01.P.LLT.DD. */
function av01(record, size) {
  if (record.length < 4) return null;
  const depth = record[2] & 0x40 ? (record[2] & 0x20 ? 12 : 10) : 8;
  const string = `av01.${record[1] >> 5}.${two(record[1] & 31)}${record[2] & 0x80 ? 'H' : 'M'}.${two(depth)}`;
  return { string, timescale: 1000, entry: visual('av01', size, box('av1C', record)) };
}

/** VP9 in ISOBMFF: vp09.PP.LL.DD; the record comes with or without the box's version and flags. */
function vp09(record, size) {
  const bare = record.length >= 12 && record[0] === 1 && !(record[1] | record[2] | record[3]) ? record.subarray(4) : record;
  if (bare.length < 6) return null;
  const string = `vp09.${two(bare[0])}.${two(bare[1])}.${two(bare[2] >> 4)}`;
  return { string, timescale: 1000, entry: visual('vp09', size, box('vpcC', u32(0x01000000), bare)) };
}

/** AudioSpecificConfig, ISO/IEC 14496-3 §1.6.2.1. */
function mp4a(record) {
  if (record.length < 2) return null;
  let at = 0;
  const bits = (count) => {
    let value = 0;
    for (; count > 0; count--, at++) value = value << 1 | (record[at >> 3] ?? 0) >> (7 - (at & 7)) & 1;
    return value;
  };
  let object = bits(5);
  if (object === 31) object = 32 + bits(6);
  const index = bits(4);
  const rate = index === 15 ? bits(24) : AAC_RATES[index];
  const channels = bits(4);
  if (!rate || object === 0) return null;
  const specific = bytes(5, record.length, record);
  const decoder = bytes(4, 13 + specific.length, 0x40, 0x15, zeros(11), specific);
  if (record.length > 80) return null;
  const esds = box('esds', zeros(4), bytes(3, 3 + decoder.length + 3, 0, 2, 0, decoder, 6, 1, 2));
  const count = channels === 7 ? 8 : channels || 2;
  return {
    string: 'mp4a.40.' + object, timescale: rate, detail: soundDetail(rate, count), entry: audible('mp4a', count, rate, esds),
    duration: () => 1024,
  };
}

/** OpusHead (RFC 7845 §5.1) turned into dOps; an empty record means stereo. */
function opus(record) {
  const magic = record.length >= 19 && String.fromCharCode(...record.subarray(0, 8)) === 'OpusHead';
  const head = magic ? record.subarray(8) : record.length ? null : new Uint8Array([1, 2, 0x38, 1, 0x80, 0xbb, 0, 0, 0, 0, 0]);
  if (!head) return null;
  const dOps = bytes(0, head[1], head[3], head[2], head[7], head[6], head[5], head[4], head[9], head[8], head.subarray(10));
  return {
    string: 'opus', timescale: 48000, detail: soundDetail(48000, head[1]), entry: audible('Opus', head[1], 48000, box('dOps', dOps)),
    duration: opusDuration,
  };
}

/** Ticks of 48 kHz in a packet, RFC 6716 §3.1. */
function opusDuration(data) {
  const config = data[0] >> 3;
  const frame = config < 12 ? [480, 960, 1920, 2880][config & 3] : config < 16 ? [480, 960][config & 1] : [120, 240, 480, 960][config & 3];
  const count = [1, 2, 2, (data[1] ?? 1) & 63][data[0] & 3];
  return frame * count;
}

/** "fLaC" + STREAMINFO block (RFC 9639 §8.1, §8.2); some writers leave magic and block header out. */
function flac(record) {
  const block = String.fromCharCode(...record.subarray(0, 4)) === 'fLaC' ? record.subarray(4)
    : record.length === 34 ? bytes(0x80, 0, 0, 34, record) : record;
  if (block.length < 38) return null;
  const rate = block[14] << 12 | block[15] << 4 | block[16] >> 4;
  const channels = (block[16] >> 1 & 7) + 1;
  if (!rate) return null;
  const info = bytes(0x80, block.subarray(1, 38));
  return {
    string: 'flac', timescale: rate, detail: soundDetail(rate, channels), entry: audible('fLaC', channels, rate, box('dfLa', zeros(4), info)),
  };
}

function soundDetail(rate, channels) {
  return `${rate / 1000} kHz ${channels === 1 ? 'mono' : channels === 2 ? 'stereo' : channels + ' channels'}`;
}
