//! Makes a second stream of each: "keys" has of the video the key frames only, and no audio. A filter or a transcoder begins the same way.

#[macro_use]
#[path = "../sdk/kit.rs"]
mod kit;
use kit::{sluice::*, *};
use std::collections::VecDeque;

/// Frames that may wait to be received.
const ROOM: usize = 256;

struct KeysPlugin;

impl Plugin for KeysPlugin {
    const ID: &'static str = "rust-transform";
    const VERSION: &'static str = "0.1.0";
    const DESCRIPTION: &'static str = "a stream of key frames";

    fn create(_host: Host) -> Result<KeysPlugin, Error> {
        Ok(KeysPlugin)
    }
}

impl TransformProvider for KeysPlugin {
    type Transform = Keys;

    fn open(&self, _request: &TransformOpen, outputs: Outputs) -> Result<Keys, Error> {
        Ok(Keys { outputs, video: Video::default(), flushed: false, queue: VecDeque::new() })
    }
}

/// One stream's. All its calls come on the lane of its input, one after the other.
struct Keys {
    outputs: Outputs,
    video: Video,
    flushed: bool,
    /// What waits, in order; each holds a reference to its buffer.
    queue: VecDeque<Kept>,
}

impl Transform for Keys {
    /// The input's tracks, before the first frame and at each change; says what comes out.
    fn negotiate(&mut self, tracks: &[sluice_track], _discontinuity: bool) -> Result<(), Error> {
        let mut video: Vec<sluice_track> = tracks.iter().filter(|track| track.kind == SLUICE_TRACK_VIDEO).copied().collect();
        if video.is_empty() {
            return Err(Error::new(SLUICE_E_UNSUPPORTED, "there is no video"));
        }
        for track in &mut video {
            track.struct_size = std::mem::size_of::<sluice_track>() as u32;
        }
        self.video = Video::of(video.iter().map(|track| track.id));
        self.flushed = false;
        self.outputs.set(&[("keys", &video)])
    }

    /// Takes all of a batch or nothing: `false` keeps it with the host until there is room.
    fn send(&mut self, frames: &[sluice_frame]) -> Result<bool, Error> {
        let wanted = frames.iter().filter(|frame| self.video.passes(frame)).count();
        if wanted > ROOM {
            return Err(Error::new(SLUICE_E_LIMIT, "more key frames at once than there is room for"));
        }
        if wanted > ROOM - self.queue.len() {
            return Ok(false);
        }
        for frame in frames.iter().filter(|frame| self.video.passes(frame)) {
            self.queue.push_back(Kept::new(self.outputs.host, frame).ok_or("this host lends no buffers")?);
        }
        Ok(true)
    }

    fn receive(&mut self, receiver: &Receiver) -> Result<Received, Error> {
        match self.queue.pop_front() {
            Some(kept) => receiver.frame(0, kept.frame()),
            None if self.flushed => return Ok(Received::End),
            None => return Ok(Received::Nothing),
        }
        Ok(Received::More)
    }

    fn flush(&mut self) -> Result<(), Error> {
        self.flushed = true;
        Ok(())
    }
}

/// A bit for each track of video.
#[derive(Default)]
struct Video(u64);

impl Video {
    fn of(ids: impl Iterator<Item = u32>) -> Video {
        Video(ids.filter(|id| *id < 64).fold(0, |bits, id| bits | 1 << id))
    }

    /// Whether a frame goes on.
    fn passes(&self, frame: &sluice_frame) -> bool {
        frame.track < 64 && self.0 >> frame.track & 1 == 1 && frame.flags & SLUICE_FRAME_KEY != 0
    }
}

sluice_plugin!(KeysPlugin: transform);

#[cfg(test)]
mod tests;
