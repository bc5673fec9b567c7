//! Interface `sluice.source/0`: a publisher without a peer. It does no I/O of its own.

use super::sluice::*;
use super::*;

pub trait SourceProvider: Plugin {
    type Source: Source;

    /// The stream is published and has no tracks yet. An error is told and tried again later.
    fn open(&self, request: &SourceOpen, stream: OwnStream) -> Result<Self::Source, Error>;
}

/// One stream that the plugin brings on air. All calls come on its lane, and only within them may it push.
pub trait Source: Sized {
    /// The time set with `OwnStream::set_timer` has come. An error closes the source; it is opened again later.
    fn timer(&mut self, now_ns: u64) -> Result<(), Error>;
    /// Publishing is over; the last call.
    fn close(self, _reason: &str) {}
}

/// What a source is opened for, borrowed until `open` returns.
pub struct SourceOpen<'a> {
    pub raw: &'a sluice_source_open,
}

impl<'a> SourceOpen<'a> {
    pub fn app(&self) -> &'a str {
        unsafe { string(self.raw.app) }
    }
    /// The stream's name.
    pub fn name(&self) -> &'a str {
        unsafe { string(self.raw.name) }
    }
    /// `settings` of the configuration, checked against `SOURCE_SCHEMA`, defaults filled in.
    pub fn settings(&self) -> Result<Json, Error> {
        Ok(Json::parse(unsafe { string(self.raw.settings_json) })?)
    }
    /// Monotonic.
    pub fn now_ns(&self) -> u64 {
        self.raw.now_ns
    }
}

/// The stream of a source, from its publisher's side, and the source's timer; within the source's calls only.
pub struct OwnStream {
    host: Host,
    stream: sluice_handle,
    source: sluice_handle,
}

impl OwnStream {
    /// Says all tracks; again when any of them changed.
    pub fn set_tracks(&self, tracks: &[sluice_track]) -> Result<(), Error> {
        unsafe {
            let stream = self.host.service::<sluice_stream_service>(SLUICE_SERVICE_STREAM);
            let set = stream.and_then(|stream| stream.set_tracks).ok_or("the manifest has to grant the service stream")?;
            let stride = std::mem::size_of::<sluice_track>() as u32;
            asked(|error| set(self.host.0, self.stream, tracks.as_ptr(), stride, tracks.len() as u32, error))
        }
    }

    /// Hands over frames; the host copies their bytes. An error: publishing is over.
    pub fn push(&self, frames: &[sluice_frame]) -> Result<(), Error> {
        unsafe {
            let push = self.host.service::<sluice_stream_service>(SLUICE_SERVICE_STREAM).and_then(|stream| stream.push);
            let stride = std::mem::size_of::<sluice_frame>() as u32;
            let status = push.map_or(SLUICE_E_DENIED, |push| push(self.host.0, self.stream, frames.as_ptr(), stride, frames.len() as u32));
            if status < 0 {
                return Err(Error::new(status, "the stream takes nothing more"));
            }
            Ok(())
        }
    }

    /// When `Source::timer` is to be called, monotonic nanoseconds; 0 disarms.
    pub fn set_timer(&self, deadline_ns: u64) {
        unsafe {
            if let Some(set) = self.host.service::<sluice_source_service>(SLUICE_SERVICE_SOURCE).and_then(|source| source.set_timer) {
                set(self.host.0, self.source, deadline_ns);
            }
        }
    }

    /// There is no more: the source is closed after this call, and not opened again before its configuration or plugin changes.
    pub fn end(&self, reason: &str) {
        unsafe {
            if let Some(end) = self.host.service::<sluice_source_service>(SLUICE_SERVICE_SOURCE).and_then(|source| source.end) {
                end(self.host.0, self.source, text(reason));
            }
        }
    }
}

pub fn source<P: SourceProvider>() -> Interface {
    unsafe extern "C" fn open<P: SourceProvider>(
        pointer: *mut sluice_instance,
        request: *const sluice_source_open,
        out: *mut *mut c_void,
        error: *mut sluice_error,
    ) -> i32 {
        guarded(error, || {
            let (instance, raw) = (instance::<P>(pointer), copied(request));
            let stream = OwnStream { host: instance.host, stream: raw.stream, source: raw.source };
            let made = instance.plugin.open(&SourceOpen { raw: &raw }, stream)?;
            *out = Box::into_raw(Box::new(made)) as *mut c_void;
            Ok(())
        })
    }
    unsafe extern "C" fn timer<S: Source>(source: *mut c_void, now: u64, error: *mut sluice_error) -> i32 {
        guarded(error, || (*(source as *mut S)).timer(now))
    }
    unsafe extern "C" fn close<S: Source>(source: *mut c_void, reason: sluice_text) {
        guarded(std::ptr::null_mut(), || {
            Box::from_raw(source as *mut S).close(string(reason));
            Ok(())
        });
    }
    let table = sluice_source_interface {
        struct_size: std::mem::size_of::<sluice_source_interface>() as u32,
        open: Some(open::<P>),
        timer: Some(timer::<P::Source>),
        close: Some(close::<P::Source>),
        ..unsafe { zeroed() }
    };
    Interface::new(SLUICE_INTERFACE_SOURCE, table)
}
