//! The plugin's own logic: no server, no media. Run by ./test.
use super::*;

fn frame(track: u32, flags: u32) -> sluice_frame {
    sluice_frame { track, flags, ..unsafe { zeroed() } }
}

#[test]
fn key_frames_of_video_pass() {
    let video = Video::of([2, 63, 64].into_iter());
    assert!(video.passes(&frame(2, SLUICE_FRAME_KEY)));
    assert!(video.passes(&frame(63, SLUICE_FRAME_KEY | SLUICE_FRAME_DISCONTINUITY)));
    assert!(!video.passes(&frame(1, SLUICE_FRAME_KEY)), "audio");
    assert!(!video.passes(&frame(2, SLUICE_FRAME_DROPPABLE)), "another frame");
    assert!(!video.passes(&frame(64, SLUICE_FRAME_KEY)), "no track");
    assert!(!Video::default().passes(&frame(0, SLUICE_FRAME_KEY)), "before the tracks are known");
}
