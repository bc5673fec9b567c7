//! The plugin's own logic: no server, no sockets. Run by ./test.
use super::*;

#[test]
fn a_user_with_the_right_key_may_publish() {
    assert_eq!(judge("ann", "her key", Some("her key")), Verdict::allow("ann"));
}

#[test]
fn who_says_nothing_is_told() {
    assert_eq!(judge("", "", None).reason, "NO_CREDENTIALS");
    assert_eq!(judge("ann", "", Some("her key")).reason, "NO_CREDENTIALS");
}

#[test]
fn another_key_is_denied() {
    assert_eq!(judge("ann", "other", Some("her key")).reason, "BAD_KEY");
    assert_eq!(judge("ann", "her ke", Some("her key")).reason, "BAD_KEY");
    assert_eq!(judge("carl", "key", None).reason, "BAD_KEY");
}
