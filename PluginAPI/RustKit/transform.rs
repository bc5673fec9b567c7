//! Interface `sluice.transform/0`: makes other streams of a stream. See transform.h for the order of the calls.

use super::sluice::*;
use super::*;

pub trait TransformProvider: Plugin {
    type Transform: Transform;

    /// One per stream and step. An error is told and tried again later; the input goes on without it.
    fn open(&self, request: &TransformOpen, outputs: Outputs) -> Result<Self::Transform, Error>;
}

/// One stream's transform. All calls come on the input's lane: nothing in them blocks.
pub trait Transform: Sized {
    /// All tracks of the input, before the first frame and at each new epoch; answered by `Outputs::set`, here or as soon as it is known.
    /// An error with `SLUICE_E_UNSUPPORTED`: not with these.
    fn negotiate(&mut self, tracks: &[sluice_track], discontinuity: bool) -> Result<(), Error>;
    /// A batch in order of arrival, borrowed: a `Kept` frame outlives the call. `false`: no room, nothing was taken, the host keeps it.
    fn send(&mut self, frames: &[sluice_frame]) -> Result<bool, Error>;
    /// Hands out what there is.
    fn receive(&mut self, receiver: &Receiver) -> Result<Received, Error>;
    /// Nothing more comes before the next negotiate.
    fn flush(&mut self) -> Result<(), Error>;
    /// The last call.
    fn close(self, _reason: &str) {}
}

/// What a call of `receive` left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Received {
    /// There may be more.
    More,
    /// Nothing now; `Outputs::ready` says when.
    Nothing,
    /// All that went in before the flush has come out.
    End,
}

/// What a transform is opened for, borrowed until `open` returns.
pub struct TransformOpen<'a> {
    pub raw: &'a sluice_transform_open,
}

impl<'a> TransformOpen<'a> {
    pub fn app(&self) -> &'a str {
        unsafe { string(self.raw.app) }
    }
    /// The input stream's name.
    pub fn name(&self) -> &'a str {
        unsafe { string(self.raw.name) }
    }
    /// `as` of the configuration.
    pub fn step(&self) -> &'a str {
        unsafe { string(self.raw.step) }
    }
    /// The step's further keys, checked against `STEP_SCHEMA`, defaults filled in.
    pub fn settings(&self) -> Result<Json, Error> {
        Ok(Json::parse(unsafe { string(self.raw.settings_json) })?)
    }
    pub fn attribute(&self, key: &str) -> Option<&'a str> {
        unsafe { pair(self.raw.attributes, self.raw.attribute_count, key) }
    }
}

/// A transform's outputs, as the host knows them.
pub struct Outputs {
    pub host: Host,
    handle: sluice_handle,
}

impl Outputs {
    fn service(&self) -> Option<&'static sluice_transform_service> {
        unsafe { self.host.service(SLUICE_SERVICE_TRANSFORM) }
    }

    /// Inside `negotiate`, `send`, `receive` or `flush`: all streams that come out from now on, each with its label and tracks.
    pub fn set(&self, outputs: &[(&str, &[sluice_track])]) -> Result<(), Error> {
        let set = self.service().and_then(|service| service.set_outputs).ok_or("the host has no transforms")?;
        let list: Vec<sluice_transform_output> = outputs
            .iter()
            .map(|(label, tracks)| sluice_transform_output {
                struct_size: std::mem::size_of::<sluice_transform_output>() as u32,
                track_count: tracks.len() as u32,
                tracks: tracks.as_ptr(),
                track_stride: std::mem::size_of::<sluice_track>() as u32,
                reserved: 0,
                label: text(label),
            })
            .collect();
        let stride = std::mem::size_of::<sluice_transform_output>() as u32;
        unsafe { asked(|error| set(self.host.0, self.handle, list.as_ptr(), stride, list.len() as u32, error)) }
    }

    /// On any thread: there is something to receive, or room again.
    pub fn ready(&self) {
        if let Some(ready) = self.service().and_then(|service| service.ready) {
            unsafe { ready(self.host.0, self.handle) };
        }
    }
}

/// A frame that outlives the call that it came with: it holds a reference to its buffer.
pub struct Kept {
    host: Host,
    frame: sluice_frame,
}

// What it points to is immutable, and retaining and releasing are for any thread.
unsafe impl Send for Kept {}

impl Kept {
    /// `None`: the host has no buffers, or the frame has none.
    pub fn new(host: Host, frame: &sluice_frame) -> Option<Kept> {
        unsafe {
            let retain = host.service::<sluice_buffer_service>(SLUICE_SERVICE_BUFFER).and_then(|buffer| buffer.retain)?;
            if frame.buffer.is_null() {
                return None;
            }
            retain(host.0, frame.buffer);
            let mut frame = *frame;
            frame.struct_size = std::mem::size_of::<sluice_frame>() as u32;
            // Side data was borrowed for the call only.
            frame.side_data = std::ptr::null();
            frame.side_data_count = 0;
            Some(Kept { host, frame })
        }
    }

    pub fn frame(&self) -> &sluice_frame {
        &self.frame
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        unsafe {
            if let Some(release) = self.host.service::<sluice_buffer_service>(SLUICE_SERVICE_BUFFER).and_then(|buffer| buffer.release) {
                release(self.host.0, self.frame.buffer);
            }
        }
    }
}

/// Where what comes out goes, for the length of one call.
pub struct Receiver {
    call: sluice_transform_receiver,
    context: *mut c_void,
}

impl Receiver {
    /// One access unit of an output, by its place among those that were set. Without a buffer its bytes are copied.
    pub fn frame(&self, output: u32, frame: &sluice_frame) {
        if let Some(call) = self.call {
            unsafe { call(self.context, output, frame, std::mem::size_of::<sluice_frame>() as u32, 1) };
        }
    }
}

pub fn transform<P: TransformProvider>() -> Interface {
    unsafe extern "C" fn open<P: TransformProvider>(
        pointer: *mut sluice_instance,
        request: *const sluice_transform_open,
        out: *mut *mut c_void,
        error: *mut sluice_error,
    ) -> i32 {
        guarded(error, || {
            let (instance, raw) = (instance::<P>(pointer), copied(request));
            let outputs = Outputs { host: instance.host, handle: raw.transform };
            let made = instance.plugin.open(&TransformOpen { raw: &raw }, outputs)?;
            *out = Box::into_raw(Box::new(made)) as *mut c_void;
            Ok(())
        })
    }
    unsafe extern "C" fn negotiate<T: Transform>(
        transform: *mut c_void,
        tracks: *const sluice_track,
        stride: u32,
        count: u32,
        flags: u32,
        error: *mut sluice_error,
    ) -> i32 {
        let list = strided(tracks, stride, count);
        guarded(error, || (*(transform as *mut T)).negotiate(&list, flags & SLUICE_TRACKS_DISCONTINUITY != 0))
    }
    unsafe extern "C" fn send<T: Transform>(
        transform: *mut c_void,
        frames: *const sluice_frame,
        stride: u32,
        count: u32,
        error: *mut sluice_error,
    ) -> i32 {
        let mut taken = false;
        let status = with_strided(frames, stride, count, |list| {
            guarded(error, || {
                taken = (*(transform as *mut T)).send(list)?;
                Ok(())
            })
        });
        if status == SLUICE_OK && !taken {
            SLUICE_AGAIN
        } else {
            status
        }
    }
    unsafe extern "C" fn receive<T: Transform>(
        transform: *mut c_void,
        call: sluice_transform_receiver,
        context: *mut c_void,
        error: *mut sluice_error,
    ) -> i32 {
        let mut received = Received::Nothing;
        let status = guarded(error, || {
            received = (*(transform as *mut T)).receive(&Receiver { call, context })?;
            Ok(())
        });
        match received {
            _ if status != SLUICE_OK => status,
            Received::More => SLUICE_OK,
            Received::Nothing => SLUICE_AGAIN,
            Received::End => SLUICE_TRANSFORM_END,
        }
    }
    unsafe extern "C" fn flush<T: Transform>(transform: *mut c_void, error: *mut sluice_error) -> i32 {
        guarded(error, || (*(transform as *mut T)).flush())
    }
    unsafe extern "C" fn close<T: Transform>(transform: *mut c_void, reason: sluice_text) {
        guarded(std::ptr::null_mut(), || {
            Box::from_raw(transform as *mut T).close(string(reason));
            Ok(())
        });
    }
    let table = sluice_transform_interface {
        struct_size: std::mem::size_of::<sluice_transform_interface>() as u32,
        open: Some(open::<P>),
        negotiate: Some(negotiate::<P::Transform>),
        send: Some(send::<P::Transform>),
        receive: Some(receive::<P::Transform>),
        flush: Some(flush::<P::Transform>),
        close: Some(close::<P::Transform>),
        ..unsafe { zeroed() }
    };
    Interface::new(SLUICE_INTERFACE_TRANSFORM, table)
}
