//! The plugin's own logic: no server, no media. Run by ./test.
use super::*;

#[test]
fn frames_are_due_by_the_clock_one_ahead() {
    for (milliseconds, frames) in [(0, 1), (21, 1), (22, 2), (1000, 47), (3_600_000, 168_751), (1000 * 3600 * 24 * 365, 1_478_250_001)] {
        assert_eq!(due(milliseconds * 1_000_000), frames, "after {} ms", milliseconds);
    }
}
