//! Brings a stream on air by itself: silence in AAC, 48 kHz stereo, for `seconds` of its settings, or without an end.

#[macro_use]
#[path = "../sdk/kit.rs"]
mod kit;
use kit::{sluice::*, *};

const RATE: u64 = 48_000;
/// Of one frame of AAC.
const SAMPLES: u64 = 1024;
/// How often it pushes.
const TICK_NS: u64 = 100_000_000;
/// AudioSpecificConfig: AAC LC, 48 kHz, two channels.
const CONFIGURATION: [u8; 2] = [0x11, 0x90];
const SILENCE: [u8; 6] = [0x21, 0x10, 0x04, 0x60, 0x8C, 0x1C];

struct SilencePlugin;

impl Plugin for SilencePlugin {
    const ID: &'static str = "rust-source";
    const VERSION: &'static str = "0.1.0";
    const DESCRIPTION: &'static str = "silence on air";
    const SOURCE_SCHEMA: &'static str = r#"{"type": "object", "properties": {"seconds": {"type": "integer", "minimum": 0,
        "default": 0, "description": "how long; 0: without an end"}}}"#;

    fn create(_host: Host) -> Result<SilencePlugin, Error> {
        Ok(SilencePlugin)
    }
}

impl SourceProvider for SilencePlugin {
    type Source = Silence;

    fn open(&self, request: &SourceOpen, stream: OwnStream) -> Result<Silence, Error> {
        let track = sluice_track {
            struct_size: std::mem::size_of::<sluice_track>() as u32,
            kind: SLUICE_TRACK_AUDIO,
            codec: u32::from_be_bytes(*b"mp4a"),
            timescale: RATE as u32,
            sample_rate: RATE as u32,
            channels: 2,
            configuration: bytes(&CONFIGURATION),
            ..unsafe { zeroed() }
        };
        stream.set_tracks(&[track])?;
        let seconds = request.settings()?.get("seconds").and_then(|value| value.number()).unwrap_or(0.0) as u64;
        stream.set_timer(request.now_ns() + TICK_NS);
        Ok(Silence { stream, began_ns: request.now_ns(), sent: 0, last: seconds.saturating_mul(RATE) / SAMPLES })
    }
}

/// One stream's. All its calls come on one lane, and only within them may it push.
struct Silence {
    stream: OwnStream,
    began_ns: u64,
    sent: u64,
    /// The number of frames; 0: no end.
    last: u64,
}

impl Source for Silence {
    /// An error closes the source; the host opens it again later.
    fn timer(&mut self, now_ns: u64) -> Result<(), Error> {
        let end = due(now_ns.saturating_sub(self.began_ns));
        while self.sent < end {
            if self.last != 0 && self.sent == self.last {
                self.stream.end("it was to end");
                return Ok(());
            }
            let pts = (self.sent * SAMPLES) as i64;
            let frame = sluice_frame {
                struct_size: std::mem::size_of::<sluice_frame>() as u32,
                pts,
                dts: pts,
                duration: SAMPLES as i64,
                flags: SLUICE_FRAME_KEY,
                data: bytes(&SILENCE),
                ..unsafe { zeroed() }
            };
            self.stream.push(&[frame])?;
            self.sent += 1;
        }
        self.stream.set_timer(now_ns + TICK_NS);
        Ok(())
    }
}

/// How many frames are to be out after so much time, one ahead.
fn due(elapsed_ns: u64) -> u64 {
    elapsed_ns / 1000 * RATE / SAMPLES / 1_000_000 + 1
}

sluice_plugin!(SilencePlugin: source);

#[cfg(test)]
mod tests;
