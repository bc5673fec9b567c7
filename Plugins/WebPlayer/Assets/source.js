// source.js: the bytes of a live FLV address, by a streaming fetch or by WebSocket, and words for why there are none.
//
// Owns one request. Ends by throwing an Ending; never retries: the page decides that.

const FIRST = 6000, SILENCE = 15000;   // ms to wait for the first and for any later bytes

/** Why a playback ended. `kind`: 'off', 'denied', 'busy', 'failed', 'unsupported', or 'again' for an immediate new attempt. */
export class Ending extends Error {
  constructor(kind, text = '') {
    super(text || kind);
    this.kind = kind;
    this.text = text;
  }
}

/** Fetches a small answer, or throws the Ending that its status means. */
export async function request(url, signal) {
  let response;
  try {
    response = await fetch(url, { signal, cache: 'no-store' });
  } catch (error) {
    throw signal.aborted ? error : new Ending('failed', 'The server can’t be reached.');
  }
  if (response.ok) return response;
  const reason = await refusalText(response);
  if (response.status === 404 || response.status === 410) throw new Ending('off');
  if (response.status === 401 || response.status === 403) throw new Ending('denied', reason);
  if (response.status === 429 || response.status === 503) throw new Ending('busy', reason);
  throw new Ending('failed', `The server answered ${response.status}${reason ? `: ${reason}` : '.'}`);
}

/** The reason in a refusal, when it is short plain text. */
async function refusalText(response) {
  try {
    if (!(response.headers.get('content-type') ?? '').startsWith('text/plain')) return '';
    return (await response.text()).trim().slice(0, 160);
  } catch {
    return '';
  }
}

/** Calls `onBytes(bytes)` until the stream ends (resolves) or fails (throws an Ending or an AbortError). */
export async function fetchStream(url, signal, onBytes) {
  const response = await request(url, signal);
  const reader = response.body?.getReader();
  if (!reader) throw new Ending('failed', 'This browser can’t read a stream.');
  const watch = new Silence(() => reader.cancel().catch(() => {}));
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error) => {
        if (signal.aborted) throw error;
        return { done: true };
      });
      if (done) return watch.bytes;
      watch.heard();
      onBytes(value);
    }
  } catch (error) {
    throw error instanceof Ending || signal.aborted ? error : new Ending('failed', error.message);
  } finally {
    watch.stop();
    reader.cancel().catch(() => {});
  }
}

/** The same over a WebSocket, for paths on which a proxy holds an endless answer back. */
export function socketStream(url, signal, onBytes) {
  const address = new URL(url);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(address);
    socket.binaryType = 'arraybuffer';
    const watch = new Silence(() => socket.close());
    const finish = (act, value) => {
      watch.stop();
      socket.onclose = socket.onmessage = null;
      socket.close();
      act(value);
    };
    signal.addEventListener('abort', () => finish(reject, new DOMException('stopped', 'AbortError')), { once: true });
    socket.onclose = () => finish(resolve, watch.bytes);
    socket.onmessage = (event) => {
      watch.heard();
      try {
        onBytes(new Uint8Array(event.data));
      } catch (error) {
        finish(reject, error instanceof Ending ? error : new Ending('failed', error.message));
      }
    };
  });
}

/** Calls `act` when nothing has been heard for too long. */
class Silence {
  constructor(act) {
    this.bytes = false;     // has anything come
    this.act = act;
    this.heard(false);
  }

  heard(bytes = true) {
    this.bytes ||= bytes;
    clearTimeout(this.timer);
    this.timer = setTimeout(this.act, this.bytes ? SILENCE : FIRST);
  }

  stop() {
    clearTimeout(this.timer);
  }
}
