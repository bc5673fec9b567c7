//! Interface `sluice.sink/1`, for sinks that open with the stream: recorders, packagers, counters. A sink that writes a broadcast log for
//! players needs `formats` and the service `broadcast`: see sink.h and broadcast.h, and fill a `sluice_sink_interface` by hand.

use super::sluice::*;
use super::*;

pub trait SinkProvider: Plugin {
    type Sink: Sink;

    /// A stream went on air. An error is logged and the stream goes on without this output.
    fn open(&self, request: &SinkOpen) -> Result<Self::Sink, Error>;
}

/// The output of one stream. All calls come on the stream's lane: nothing in them blocks.
pub trait Sink: Sized {
    /// All tracks: before the first frame and at each new epoch. `discontinuity`: the publisher came back.
    fn tracks(&mut self, tracks: &[sluice_track], discontinuity: bool) -> Result<(), Error>;
    /// A batch in order of arrival, borrowed. An error closes the sink.
    fn frames(&mut self, frames: &[sluice_frame]) -> Result<(), Error>;
    /// The publisher was lost (the stream lingers), or is back.
    fn publisher(&mut self, _lost: bool) {}
    /// The last call.
    fn close(self, _reason: &str) {}
}

/// What a sink is opened for, borrowed until `open` returns.
pub struct SinkOpen<'a> {
    pub raw: &'a sluice_sink_open,
}

impl<'a> SinkOpen<'a> {
    pub fn app(&self) -> &'a str {
        unsafe { string(self.raw.app) }
    }
    pub fn name(&self) -> &'a str {
        unsafe { string(self.raw.name) }
    }
    pub fn attribute(&self, key: &str) -> Option<&'a str> {
        unsafe { pair(self.raw.attributes, self.raw.attribute_count, key) }
    }
}

pub fn sink<P: SinkProvider>() -> Interface {
    unsafe extern "C" fn open<P: SinkProvider>(
        pointer: *mut sluice_instance,
        request: *const sluice_sink_open,
        out: *mut *mut c_void,
        error: *mut sluice_error,
    ) -> i32 {
        guarded(error, || {
            let raw = copied(request);
            let sink = instance::<P>(pointer).plugin.open(&SinkOpen { raw: &raw })?;
            *out = Box::into_raw(Box::new(sink)) as *mut c_void;
            Ok(())
        })
    }
    unsafe extern "C" fn tracks<S: Sink>(
        sink: *mut c_void,
        tracks: *const sluice_track,
        stride: u32,
        count: u32,
        flags: u32,
        error: *mut sluice_error,
    ) -> i32 {
        let list = strided(tracks, stride, count);
        guarded(error, || (*(sink as *mut S)).tracks(&list, flags & SLUICE_TRACKS_DISCONTINUITY != 0))
    }
    unsafe extern "C" fn frames<S: Sink>(
        sink: *mut c_void,
        frames: *const sluice_frame,
        stride: u32,
        count: u32,
        error: *mut sluice_error,
    ) -> i32 {
        with_strided(frames, stride, count, |list| guarded(error, || (*(sink as *mut S)).frames(list)))
    }
    unsafe extern "C" fn publisher<S: Sink>(sink: *mut c_void, state: u32) {
        guarded(std::ptr::null_mut(), || {
            (*(sink as *mut S)).publisher(state == SLUICE_SINK_PUBLISHER_LOST);
            Ok(())
        });
    }
    unsafe extern "C" fn close<S: Sink>(sink: *mut c_void, reason: sluice_text) {
        guarded(std::ptr::null_mut(), || {
            Box::from_raw(sink as *mut S).close(string(reason));
            Ok(())
        });
    }
    let table = sluice_sink_interface {
        struct_size: std::mem::size_of::<sluice_sink_interface>() as u32,
        opens: SLUICE_SINK_OPENS_WITH_STREAM,
        open: Some(open::<P>),
        tracks: Some(tracks::<P::Sink>),
        frames: Some(frames::<P::Sink>),
        publisher: Some(publisher::<P::Sink>),
        close: Some(close::<P::Sink>),
        ..unsafe { zeroed() }
    };
    Interface::new(SLUICE_INTERFACE_SINK, table)
}
