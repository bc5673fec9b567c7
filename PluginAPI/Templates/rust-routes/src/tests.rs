//! The plugin's own logic: no server, no sockets. Run by ./test.
use super::*;

#[test]
fn a_greeting_names_the_stream() {
    assert_eq!(greet("welcome", "live", "one"), "welcome, live/one\n");
}
