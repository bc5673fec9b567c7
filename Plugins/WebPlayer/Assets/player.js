// player.js: the page. Chooses between HLS and HTTP-FLV, shows state and facts, tries again by itself.
//
// Owns the elements and the one playback under way. Names come from the address and are only ever set as text.

import { FLVPlayer, canPlayFLV } from './flvplayer.js';
import { HLSPlayer, canPlayHLS } from './hlsplayer.js';

const ui = Object.fromEntries([...document.querySelectorAll('[id]')].map((element) => [element.id, element]));
const { video, stage } = ui;
const modes = [...document.querySelectorAll('[name=mode]')];
const WAITS = [1, 2, 3, 5, 8, 10];      // seconds between attempts
const MESSAGES = {
  off: ['Off air', 'This stream is off air', 'The picture starts by itself as soon as the broadcast begins.'],
  denied: ['Not allowed', 'You can’t watch this stream', 'The address has no valid permission, or it has run out. Ask whoever sent it to you for a new one.'],
  busy: ['Busy', 'The server is busy', 'There is no free place for another viewer just now. The page keeps trying.'],
  failed: ['Error', 'Playback was interrupted', ''],
  unsupported: ['Error', 'This browser can’t play the stream', ''],
};
const STATES = { connecting: 'Connecting', live: 'Live', buffering: 'Buffering', paused: 'Paused', blocked: 'Ready' };

const address = readAddress();
let player = null;
let attempt = 0;                        // failed attempts in a row
let rendition = '';                     // the stream of the group that was chosen; empty: the browser chooses, or the stream itself
let chosen = { '#flv': 'flv', '#hls': 'hls' }[location.hash] ?? null;
let retryTimer = null;
let retryAt = 0;
let playedAt = 0;

/** The last two parts of the path name app and stream; the query (a token, perhaps) goes with every request. */
function readAddress() {
  const parts = location.pathname.split('/').filter(Boolean);
  const [app, stream] = [parts.at(-2) ?? '', parts.at(-1) ?? ''];
  const decoded = (part) => { try { return decodeURIComponent(part); } catch { return part; } };
  return {
    app: decoded(app),
    stream: decoded(stream),
    still: new URL(`thumbnail.jpg${location.search}`, location.href).href,
    ...mediaOf(stream),
  };
}

/** Where a stream of this app is, its name as it stands in addresses. */
function mediaOf(stream) {
  return {
    flv: new URL(`../${stream}.flv${location.search}`, location.href).href,
    hls: new URL(`../${stream}/index.m3u8${location.search}`, location.href).href,
  };
}

// One playback after the other

function modeNow() {
  if (chosen) return chosen;
  if (!canPlayHLS || !canPlayFLV) return canPlayHLS ? 'hls' : 'flv';
  // An app need not have both: look at the other one, too, when the first has nothing for a while.
  return attempt >= 2 && attempt % 2 === 0 ? 'flv' : 'hls';
}

async function play() {
  clearTimeout(retryTimer);
  player?.stop();
  const mode = modeNow();
  for (const input of modes) input.checked = input.value === mode;
  const media = rendition ? mediaOf(rendition) : address;
  const current = player = mode === 'hls' ? new HLSPlayer(video, media.hls, showInfo) : new FLVPlayer(video, media.flv, showInfo);
  if (attempt === 0) setState('connecting');
  try {
    await current.run();
  } catch (error) {
    if (current !== player) return;
    player = null;
    ended(error.kind ? error : { kind: 'failed', text: error.message });
  }
}

function ended({ kind, text }) {
  if (kind === 'paused') return;
  if (playedAt && performance.now() - playedAt > 5000) attempt = 0;
  const wasPlaying = playedAt > 0;
  playedAt = 0;
  attempt += 1;
  if (kind === 'unsupported' && !chosen && canPlayHLS && canPlayFLV && attempt < 4) return retry(0);
  if (kind === 'again' || (wasPlaying && kind === 'off')) {
    setState('buffering');
    return retry(kind === 'again' && attempt < 3 ? 0 : WAITS[0]);
  }
  showMessage(kind, text);
  if (kind !== 'denied' && kind !== 'unsupported') retry(WAITS[Math.min(attempt, WAITS.length) - 1]);
}

function retry(seconds) {
  const wait = seconds * (900 + Math.random() * 200);
  retryAt = performance.now() + wait;
  clearTimeout(retryTimer);
  retryTimer = setTimeout(play, wait);
}

function startOver() {
  attempt = 0;
  playedAt = 0;
  play();
}

// What the viewer sees

function setState(state) {
  document.body.dataset.state = state;
  const label = STATES[state] ?? MESSAGES[state][0];
  if (ui.state.textContent !== label) ui.state.textContent = label;
  ui.message.hidden = !MESSAGES[state];
  ui.start.hidden = state !== 'blocked';
  showSound();
}

function showMessage(kind, text) {
  const [, headline, explanation] = MESSAGES[kind];
  ui.headline.textContent = headline;
  ui.explanation.textContent = explanation || text;
  ui.sign.setAttribute('href', `icon.svg#${kind === 'unsupported' ? 'failed' : kind}`);
  ui.again.textContent = kind === 'denied' || kind === 'unsupported' ? 'Try again' : 'Try now';
  for (const id of ['latency', 'picture', 'codecs', 'delivery']) showFact(id, '–');
  showNotice('');
  stage.classList.remove('audio-only');
  setState(kind);
}

/** What the group's playlist lists, to choose from; it is asked for with HLS only, and stays for both ways of delivery. */
function showRenditions(variants) {
  const listed = variants.filter((one) => one.height > 0 && one.stream).sort((a, b) => b.height - a.height || b.bitrate - a.bitrate);
  if (rendition || listed.length < 2) return;
  const known = [...ui.rendition.options].slice(1).map((one) => one.value).join('/');
  if (known === listed.map((one) => one.stream).join('/')) return;
  ui.rendition.replaceChildren(new Option('Automatic', ''), ...listed.map((one) => {
    const rate = one.bitrate ? ` · ${(one.bitrate / 1e6).toFixed(one.bitrate < 1e7 ? 1 : 0)} Mbit/s` : '';
    return new Option(`${one.width} × ${one.height}${rate}`, one.stream);
  }));
  ui.choice.hidden = false;
}

/** A picture to look at until the first one comes, where the server makes one. */
function showStill() {
  const still = new Image();
  still.addEventListener('load', () => { if (!playedAt) video.poster = still.src; });
  still.src = address.still;
}

function showInfo(info) {
  if (info.variants) showRenditions(info.variants);
  const { videoWidth: width, videoHeight: height } = video;
  const rate = info.frameRate && !info.isAudioOnly ? `${Math.round(info.frameRate * 100) / 100} fps` : '';
  showFact('picture', width ? `${width} × ${height}` : info.isAudioOnly ? 'Sound only' : '–', rate);
  showFact('codecs', info.codecs.join(' + ') || '–', info.sound);
  showFact('delivery', info.delivery, info.bitrate ? `${(info.bitrate / 1e6).toFixed(info.bitrate < 1e7 ? 2 : 1)} Mbit/s` : '');
  stage.classList.toggle('audio-only', info.isAudioOnly);
  showNotice(info.notice);
}

/** A fact with its smaller second half; the page is touched only by a change. */
function showFact(id, text, detail = '') {
  const [first, second] = ui[id].children;
  if (first.textContent !== text) first.textContent = text;
  if (second.textContent !== detail) second.textContent = detail;
}

function showNotice(text) {
  if (ui.notice.textContent !== text) ui.notice.textContent = text;
  ui.notice.hidden = !text;
}

function showSound() {
  const isSilent = video.muted || video.volume === 0;
  stage.classList.toggle('muted', isSilent);
  ui.mute.setAttribute('aria-label', isSilent ? 'Unmute' : 'Mute');
  ui.volume.value = isSilent ? 0 : video.volume;
  ui.unmute.hidden = !isSilent || wasUnmuted || !['live', 'buffering'].includes(document.body.dataset.state);
}

function showPlaying() {
  stage.classList.toggle('paused', video.paused);
  ui.play.setAttribute('aria-label', video.paused ? 'Play' : 'Pause');
}

setInterval(() => {
  const seconds = Math.max(0, Math.ceil((retryAt - performance.now()) / 1000));
  const waits = ['off', 'busy', 'failed'].includes(document.body.dataset.state);
  ui.countdown.textContent = !waits ? '' : seconds ? `Next try in ${seconds} s` : 'Trying …';
  const latency = player?.latency ?? null;
  const isPlaying = document.body.dataset.state === 'live';
  if (isPlaying) showFact('latency', latency === null ? '–' : `${latency.toFixed(1)} s`);
  ui.live.classList.toggle('behind', !isPlaying || latency > (player instanceof HLSPlayer ? 30 : 5));
}, 250);

// The media element

video.addEventListener('loadeddata', start);
video.addEventListener('playing', () => {
  attempt = 0;
  playedAt ||= performance.now();
  setState('live');
});
video.addEventListener('waiting', () => { if (player && playedAt) setState('buffering'); });
video.addEventListener('timeupdate', () => {
  if (player && document.body.dataset.state === 'buffering' && video.readyState > 2 && !video.paused) setState('live');
});
video.addEventListener('pause', () => {
  showPlaying();
  if (player && !video.ended && playedAt) setState('paused');
});
video.addEventListener('play', showPlaying);
video.addEventListener('volumechange', showSound);
video.addEventListener('resize', () => {
  const { videoWidth: width, videoHeight: height } = video;
  if (width && height) document.documentElement.style.setProperty('--shape', Math.min(2.4, Math.max(0.56, width / height)).toFixed(4));
});

/** Begins to play; without sound, or at a press of the button, where the browser wants it so. */
async function start() {
  if (document.body.dataset.state === 'paused') return;
  try {
    await video.play();
  } catch (error) {
    if (error.name !== 'NotAllowedError') return;
    if (video.muted) return setState('blocked');
    video.muted = true;
    start();
  }
}

// Controls

let wasUnmuted = false;

function toggleSound(loud) {
  video.muted = !loud;
  if (loud) {
    wasUnmuted = true;
    if (video.volume === 0) video.volume = 1;
  }
  showSound();
}

function togglePlay() {
  if (!video.paused) return video.pause();
  if (!player) return startOver();
  if (playedAt) player.goLive();
  video.play().catch(() => {});
}

function toggleFull() {
  if (document.fullscreenElement) document.exitFullscreen();
  else if (stage.requestFullscreen) stage.requestFullscreen().catch(() => {});
  else video.webkitEnterFullscreen?.();
}

ui.unmute.addEventListener('click', () => { toggleSound(true); ui.mute.focus({ preventScroll: true }); });
ui.mute.addEventListener('click', () => toggleSound(video.muted || video.volume === 0));
ui.volume.addEventListener('input', () => {
  video.volume = Number(ui.volume.value);
  toggleSound(video.volume > 0);
});
ui.play.addEventListener('click', togglePlay);
ui.start.addEventListener('click', () => video.play().catch(() => {}));
ui.live.addEventListener('click', () => { player?.goLive(); if (video.paused) togglePlay(); });
ui.full.addEventListener('click', toggleFull);
ui.again.addEventListener('click', startOver);
video.addEventListener('dblclick', toggleFull);
for (const input of modes) {
  input.disabled = input.value === 'flv' ? !canPlayFLV : !canPlayHLS;
  input.addEventListener('change', () => {
    chosen = input.value;
    history.replaceState(null, '', `#${chosen}`);
    startOver();
  });
}

ui.rendition.addEventListener('change', () => {
  rendition = ui.rendition.value;
  startOver();
});

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, button, select')) return;
  const act = { k: togglePlay, ' ': togglePlay, m: () => toggleSound(video.muted), f: toggleFull }[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});

let idleTimer = null;
function wake() {
  stage.classList.add('awake');
  clearTimeout(idleTimer);
  idleTimer = setTimeout(() => stage.classList.remove('awake'), 2500);
}
for (const type of ['pointermove', 'pointerdown', 'focusin']) stage.addEventListener(type, wake);

/** Back in front, or back on the network: do not wait for the timer. */
function hurry() {
  if (!player && !document.hidden && MESSAGES[document.body.dataset.state] && document.body.dataset.state !== 'denied') play();
}
addEventListener('online', hurry);
document.addEventListener('visibilitychange', hurry);
addEventListener('pagehide', () => player?.stop());
addEventListener('pageshow', (event) => { if (event.persisted) startOver(); });

// Begin

ui.app.textContent = address.app;
ui.stream.textContent = address.stream;
document.title = `${address.stream} · ${address.app}`;
video.muted = true;
showStill();
if (canPlayHLS || canPlayFLV) play();
else showMessage('unsupported', 'It has neither HLS nor Media Source Extensions.');
