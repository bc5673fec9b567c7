// trackbuffer.js: one SourceBuffer with the operations that wait for it.
//
// Owns the queue, in order. It makes room when the browser's quota is used up.

const MAX_QUEUE = 64 << 20;

export class TrackBuffer {
  constructor(sourceBuffer, video, fail) {
    this.buffer = sourceBuffer;
    this.video = video;
    this.fail = fail;
    this.queue = [];
    this.queued = 0;
    sourceBuffer.addEventListener('updateend', () => this.pump());
    sourceBuffer.addEventListener('error', () => fail('The browser could not take the stream’s data.'));
  }

  append(bytes) {
    this.queued += bytes.length;
    if (this.queued > MAX_QUEUE) return this.fail('The browser takes the stream’s data too slowly.');
    this.queue.push({ bytes });
    this.pump();
  }

  /** A new configuration, perhaps of another codec, from here on. */
  configure(mime, init) {
    this.queue.push({ mime });
    this.append(init);
  }

  /** Lets go of what is older than `time`, in steps of some seconds. */
  trim(time) {
    const { buffered, updating } = this.buffer;
    if (updating || this.queue.length || !buffered.length || buffered.start(0) > time - 5) return;
    this.buffer.remove(0, time);
  }

  /** Seconds at which the track's media ends. */
  get end() {
    const { buffered } = this.buffer;
    return buffered.length ? buffered.end(buffered.length - 1) : 0;
  }

  pump() {
    try {
      while (this.queue.length && !this.buffer.updating) {
        const { bytes, mime } = this.queue[0];
        if (mime) this.buffer.changeType(mime);
        else this.buffer.appendBuffer(bytes);
        this.queued -= bytes?.length ?? 0;
        this.queue.shift();
      }
    } catch (error) {
      if (error.name === 'QuotaExceededError') return this.makeRoom();
      if (error.name !== 'InvalidStateError') this.fail(error.message);
    }
  }

  /** The failed operation stays first in the queue and is tried again when the removal has ended. */
  makeRoom() {
    const { buffered } = this.buffer;
    const before = this.video.currentTime - 2;
    if (buffered.length && buffered.start(0) < before) return this.buffer.remove(0, before);
    if (buffered.length && this.end > this.video.currentTime + 1) {
      this.video.currentTime = this.end - 0.5;
      return this.buffer.remove(0, this.end - 1);
    }
    this.fail('The browser has no memory left for the stream.');
  }
}
