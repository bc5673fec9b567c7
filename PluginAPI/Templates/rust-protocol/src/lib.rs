//! A protocol of lines: what comes in goes back, line by line; "quit" ends the connection. The host owns the socket, this is the logic:
//! bytes in, bytes out, whole or in pieces.

#[macro_use]
#[path = "../sdk/kit.rs"]
mod kit;
use kit::*;
use std::sync::Mutex;

struct Echo {
    greeting: Mutex<String>,
}

impl Plugin for Echo {
    const ID: &'static str = "rust-protocol";
    const VERSION: &'static str = "0.1.0";
    const DESCRIPTION: &'static str = "lines come back";
    const CONFIG_SCHEMA: &'static str = r#"{"type": "object", "properties": {"greeting": {"type": "string", "maxLength": 200,
        "default": "hello", "description": "the first line that a client gets"}}}"#;

    fn create(_host: Host) -> Result<Echo, Error> {
        Ok(Echo { greeting: Mutex::new("hello".into()) })
    }

    fn configure(&self, configuration: &Json) -> Result<(), Error> {
        let greeting = configuration.get("greeting").and_then(|value| value.text()).unwrap_or("hello");
        *self.greeting.lock().unwrap() = greeting.into();
        Ok(())
    }
}

impl ProtocolServer for Echo {
    type Session = EchoSession;

    fn open(&self, connection: Connection) -> Result<EchoSession, Error> {
        connection.send(format!("{}\r\n", self.greeting.lock().unwrap()).as_bytes());
        // Who says nothing does not stay: the timer holds until the first line.
        connection.set_timer(connection.host.monotonic_ns() + connection.handshake_ns);
        Ok(EchoSession { connection, lines: Lines::default() })
    }
}

struct EchoSession {
    connection: Connection,
    lines: Lines,
}

impl Session for EchoSession {
    fn receive(&mut self, bytes: &[u8], _now_ns: u64) -> Result<(), Error> {
        let mut rest = bytes;
        while let Some(line) = self.lines.take(&mut rest)? {
            self.connection.set_timer(0);
            if line == b"quit" {
                self.connection.close("the client quit");
                return Ok(());
            }
            self.connection.send(&line);
            self.connection.send(b"\r\n");
        }
        Ok(())
    }

    fn timer(&mut self, _now_ns: u64) -> Result<(), Error> {
        Err("no line came in time".into())
    }

    fn stop(&mut self, reason: &str) {
        self.connection.close(reason);
    }
}

/// Bytes become lines, however they are cut. Bounded: nothing that a peer can grow is without a limit.
#[derive(Default)]
struct Lines {
    line: Vec<u8>,
}

impl Lines {
    const LIMIT: usize = 1024;

    /// The next whole line, without its end; `None`: more is needed, and `rest` is used up.
    fn take(&mut self, rest: &mut &[u8]) -> Result<Option<Vec<u8>>, Error> {
        while let Some((&byte, behind)) = rest.split_first() {
            *rest = behind;
            if byte == b'\n' {
                return Ok(Some(std::mem::take(&mut self.line)));
            }
            if self.line.len() == Self::LIMIT {
                return Err("a line is longer than 1024 bytes".into());
            }
            if byte != b'\r' {
                self.line.push(byte);
            }
        }
        Ok(None)
    }
}

sluice_plugin!(Echo: protocol);

#[cfg(test)]
mod tests;
