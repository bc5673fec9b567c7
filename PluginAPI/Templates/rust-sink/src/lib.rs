//! Counts what each stream sends, and says so in the log: every [config] every_s seconds, and when the stream ends.

#[macro_use]
#[path = "../sdk/kit.rs"]
mod kit;
use kit::{sluice::*, *};
use std::sync::atomic::{AtomicU64, Ordering};

struct Counter {
    host: Host,
    every_s: AtomicU64,
}

impl Plugin for Counter {
    const ID: &'static str = "rust-sink";
    const VERSION: &'static str = "0.1.0";
    const DESCRIPTION: &'static str = "counts what streams send";
    const CONFIG_SCHEMA: &'static str = r#"{"type": "object", "properties": {"every_s": {"type": "integer", "minimum": 1,
        "maximum": 86400, "default": 60, "description": "seconds between two lines"}}}"#;

    fn create(host: Host) -> Result<Counter, Error> {
        Ok(Counter { host, every_s: AtomicU64::new(60) })
    }

    fn configure(&self, configuration: &Json) -> Result<(), Error> {
        let seconds = configuration.get("every_s").and_then(|value| value.number()).unwrap_or(60.0);
        self.every_s.store(seconds as u64, Ordering::Relaxed);
        Ok(())
    }
}

impl SinkProvider for Counter {
    type Sink = StreamCounter;

    fn open(&self, request: &SinkOpen) -> Result<StreamCounter, Error> {
        let every_ns = self.every_s.load(Ordering::Relaxed) * 1_000_000_000;
        Ok(StreamCounter { host: self.host, name: request.name().into(), sum: Tally::default(), every_ns, said_ns: 0 })
    }
}

/// One stream's. All calls come on its lane: nothing here blocks.
struct StreamCounter {
    host: Host,
    name: String,
    sum: Tally,
    every_ns: u64,
    said_ns: u64,
}

impl StreamCounter {
    fn say(&self, when: &str) {
        self.host.log(SLUICE_LOG_NOTICE, when, &[("stream", &self.name), ("sum", &self.sum.to_string())]);
    }
}

impl Sink for StreamCounter {
    /// What a decoder must know; again when it changes.
    fn tracks(&mut self, _tracks: &[sluice_track], _discontinuity: bool) -> Result<(), Error> {
        Ok(())
    }

    fn frames(&mut self, frames: &[sluice_frame]) -> Result<(), Error> {
        for frame in frames {
            self.sum.count(frame.flags, payload(frame).len());
            if self.said_ns == 0 {
                self.said_ns = frame.arrival_ns;
            }
            if frame.arrival_ns.saturating_sub(self.said_ns) >= self.every_ns {
                self.said_ns = frame.arrival_ns;
                self.say("stream counted");
            }
        }
        Ok(())
    }

    fn close(self, _reason: &str) {
        self.say("stream ended");
    }
}

#[derive(Default)]
struct Tally {
    frames: u64,
    keys: u64,
    bytes: u64,
}

impl Tally {
    fn count(&mut self, flags: u32, bytes: usize) {
        self.frames += 1;
        self.keys += u64::from(flags & SLUICE_FRAME_KEY != 0);
        self.bytes += bytes as u64;
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(out, "{} frames, {} of them key frames, {} bytes", self.frames, self.keys, self.bytes)
    }
}

sluice_plugin!(Counter: sink);

#[cfg(test)]
mod tests;
