//! The plugin's own logic: no server, no media. Run by ./test.
use super::*;

#[test]
fn a_tally_counts_frames_key_frames_and_bytes() {
    let mut sum = Tally::default();
    sum.count(SLUICE_FRAME_KEY, 1000);
    sum.count(0, 10);
    sum.count(SLUICE_FRAME_DROPPABLE, 1);
    assert_eq!(sum.to_string(), "3 frames, 1 of them key frames, 1011 bytes");
}
