//! Interface `sluice.protocol/1`: a server protocol without I/O. The host accepts and makes a session per connection.

use super::sluice::*;
use super::*;

pub trait ProtocolServer: Plugin {
    type Session: Session;

    /// A connection came. An error closes it with that reason.
    fn open(&self, connection: Connection) -> Result<Self::Session, Error>;
}

/// One connection's protocol state. All calls come on the lane of the connection: nothing in them blocks.
pub trait Session: Sized {
    /// Bytes as they came. An error closes the connection, after what was sent has left, with that reason.
    fn receive(&mut self, bytes: &[u8], now_ns: u64) -> Result<(), Error>;
    /// The time set with `Connection::set_timer` has come.
    fn timer(&mut self, _now_ns: u64) -> Result<(), Error> {
        Ok(())
    }
    /// All queued bytes have left after many were queued.
    fn writable(&mut self, _now_ns: u64) {}
    /// What became of an attach: `SLUICE_ATTACHMENT_*`.
    fn attachment(&mut self, _state: u32, _reason: &str) {}
    /// The publication was ended from outside.
    fn publication(&mut self, _stream: sluice_handle, _state: u32, _reason: &str) {}
    /// The operator ends the session: say goodbye and close.
    fn stop(&mut self, reason: &str);
    /// The connection is gone; the last call.
    fn closed(self, _reason: &str) {}
}

/// A connection of the host's, as its session uses it: on the connection's lane only.
pub struct Connection {
    pub host: Host,
    pub handle: sluice_handle,
    pub listener: String,
    pub peer_address: String,
    pub tls: bool,
    /// Bytes that a session may hold unparsed before it is authenticated.
    pub unparsed_limit_before: u64,
    /// Time for a handshake or request head in all.
    pub handshake_ns: u64,
}

impl Connection {
    fn net(&self) -> Option<&'static sluice_net_service> {
        unsafe { self.host.service(SLUICE_SERVICE_NET) }
    }

    /// Queues bytes; they leave at the end of the turn.
    pub fn send(&self, data: &[u8]) {
        if let Some(send) = self.net().and_then(|net| net.send) {
            unsafe { send(self.host.0, self.handle, bytes(data)) };
        }
    }

    /// Ends the connection once what is queued has left.
    pub fn close(&self, reason: &str) {
        if let Some(close) = self.net().and_then(|net| net.close) {
            unsafe { close(self.host.0, self.handle, SLUICE_CLOSE_AFTER_FLUSH, text(reason)) };
        }
    }

    /// The session's one timer, in monotonic nanoseconds; 0 disarms.
    pub fn set_timer(&self, deadline_ns: u64) {
        if let Some(set) = self.net().and_then(|net| net.set_timer) {
            unsafe { set(self.host.0, self.handle, deadline_ns) };
        }
    }
}

pub fn protocol<P: ProtocolServer>() -> Interface {
    unsafe extern "C" fn open<P: ProtocolServer>(
        pointer: *mut sluice_instance,
        info: *const sluice_connection_info,
        out: *mut *mut c_void,
        error: *mut sluice_error,
    ) -> i32 {
        guarded(error, || {
            let (instance, raw) = (instance::<P>(pointer), copied(info));
            let session = instance.plugin.open(Connection {
                host: instance.host,
                handle: raw.connection,
                listener: string(raw.listener).into(),
                peer_address: string(raw.peer_address).into(),
                tls: raw.tls != 0,
                unparsed_limit_before: raw.unparsed_limit_before,
                handshake_ns: raw.handshake_ns,
            })?;
            *out = Box::into_raw(Box::new(session)) as *mut c_void;
            Ok(())
        })
    }
    unsafe extern "C" fn received<S: Session>(session: *mut c_void, data: sluice_bytes, now: u64, error: *mut sluice_error) -> i32 {
        guarded(error, || (*(session as *mut S)).receive(slice(data.data, data.size), now))
    }
    unsafe extern "C" fn timer<S: Session>(session: *mut c_void, now: u64, error: *mut sluice_error) -> i32 {
        guarded(error, || (*(session as *mut S)).timer(now))
    }
    unsafe extern "C" fn writable<S: Session>(session: *mut c_void, now: u64) {
        told(|| (*(session as *mut S)).writable(now));
    }
    unsafe extern "C" fn attachment<S: Session>(session: *mut c_void, state: u32, reason: sluice_text) {
        told(|| (*(session as *mut S)).attachment(state, string(reason)));
    }
    unsafe extern "C" fn publication<S: Session>(session: *mut c_void, stream: sluice_handle, state: u32, reason: sluice_text) {
        told(|| (*(session as *mut S)).publication(stream, state, string(reason)));
    }
    unsafe extern "C" fn stop<S: Session>(session: *mut c_void, reason: sluice_text) {
        told(|| (*(session as *mut S)).stop(string(reason)));
    }
    unsafe extern "C" fn close<S: Session>(session: *mut c_void, reason: sluice_text) {
        told(|| Box::from_raw(session as *mut S).closed(string(reason)));
    }
    fn told(body: impl FnOnce()) {
        guarded(std::ptr::null_mut(), || {
            body();
            Ok(())
        });
    }
    let table = sluice_protocol_interface {
        struct_size: std::mem::size_of::<sluice_protocol_interface>() as u32,
        session_open: Some(open::<P>),
        bytes: Some(received::<P::Session>),
        timer: Some(timer::<P::Session>),
        writable: Some(writable::<P::Session>),
        attachment: Some(attachment::<P::Session>),
        publication: Some(publication::<P::Session>),
        stop: Some(stop::<P::Session>),
        close: Some(close::<P::Session>),
        ..unsafe { zeroed() }
    };
    Interface::new(SLUICE_INTERFACE_PROTOCOL, table)
}
