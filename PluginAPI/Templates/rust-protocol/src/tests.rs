//! The plugin's own logic: no server, no sockets. Run by ./test.
use super::*;

fn read(text: &[u8], piece: usize) -> Result<Vec<String>, Error> {
    let (mut lines, mut found) = (Lines::default(), Vec::new());
    for part in text.chunks(piece) {
        let mut rest = part;
        while let Some(line) = lines.take(&mut rest)? {
            found.push(String::from_utf8_lossy(&line).into_owned());
        }
    }
    Ok(found)
}

#[test]
fn lines_come_whole_however_they_are_cut() {
    for piece in 1..20 {
        assert_eq!(read(b"one\r\ntwo\n\nthree", piece).unwrap(), ["one", "two", ""]);
    }
}

#[test]
fn a_line_has_a_limit() {
    assert_eq!(read(&[b'x'; 1024], 7), Ok(vec![]));
    assert!(read(&[b'x'; 1025], 7).is_err());
}
