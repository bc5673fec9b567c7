//! What a plugin in Rust wants besides the ABI: its descriptor, its life, and one trait per interface. A returned error becomes status and
//! reason; a panic is caught at the border and becomes a failure, never the host's.
//!
//! It is its author's own copy: read it, change it, leave it out. The host knows the ABI (sluice.rs) and nothing of this file.
//! `mod kit;` has to stand in the crate's root: the macro `sluice_plugin!` looks for it there.
#![allow(dead_code, unused_imports)]

#[path = "auth.rs"]
mod auth_interface;
#[path = "json.rs"]
mod json;
#[path = "protocol.rs"]
mod protocol_interface;
#[path = "routes.rs"]
mod routes_interface;
#[path = "sink.rs"]
mod sink_interface;
#[path = "sluice.rs"]
pub mod sluice;
#[path = "source.rs"]
mod source_interface;
#[path = "transform.rs"]
mod transform_interface;

pub use auth_interface::*;
pub use json::Json;
pub use protocol_interface::*;
pub use routes_interface::*;
pub use sink_interface::*;
pub use source_interface::*;
pub use transform_interface::*;

use sluice::*;
use std::ffi::{c_void, CStr, CString};
use std::os::raw::c_char;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicPtr, Ordering};

/// A failure with a reason: one line, fit for a log, free of secrets.
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    /// One of `SLUICE_E_*`.
    pub code: i32,
    pub text: String,
}

impl Error {
    pub fn new(code: i32, text: impl Into<String>) -> Error {
        Error { code, text: text.into() }
    }
}

impl From<String> for Error {
    fn from(text: String) -> Error {
        Error::new(SLUICE_E_FAILED, text)
    }
}

impl From<&str> for Error {
    fn from(text: &str) -> Error {
        Error::new(SLUICE_E_FAILED, text)
    }
}

/// A plugin: one value per generation, made, configured, activated and dropped by the host on its control thread.
pub trait Plugin: Send + Sync + Sized + 'static {
    /// `[a-z0-9-]`, at most 32 bytes; equals the manifest's.
    const ID: &'static str;
    const VERSION: &'static str;
    /// One line for listings.
    const DESCRIPTION: &'static str;
    /// JSON schema of the manifest's `[config]`; empty: the plugin takes none.
    const CONFIG_SCHEMA: &'static str = "";
    /// The same for the further keys of an `[[app.NAME.step]]` that uses the plugin.
    const STEP_SCHEMA: &'static str = "";
    /// The same for `settings` of an `[[app.NAME.source]]` that uses it.
    const SOURCE_SCHEMA: &'static str = "";
    /// The oldest minor of the ABI that the plugin works with: older hosts refuse it.
    const ABI_MINOR: u32 = 0;

    fn create(host: Host) -> Result<Self, Error>;
    /// The whole configuration, checked against the schema, before `activate` and at each change.
    fn configure(&self, _configuration: &Json) -> Result<(), Error> {
        Ok(())
    }
    /// From now on the interfaces are called.
    fn activate(&self) -> Result<(), Error> {
        Ok(())
    }
    /// No session, sink or request is open any more.
    fn deactivate(&self) {}
}

/// The host as this generation of the plugin sees it.
#[derive(Clone, Copy)]
pub struct Host(pub *const sluice_host);

unsafe impl Send for Host {}
unsafe impl Sync for Host {}

impl Host {
    /// The table of a service (`sluice::SLUICE_SERVICE_LOG`) as the type that belongs to it; `None`: unknown, or not granted.
    ///
    /// # Safety
    /// `T` has to be the table's type.
    pub unsafe fn service<T>(&self, id: &str) -> Option<&'static T> {
        let id = CString::new(id).ok()?;
        let get = (*self.0).get_service?;
        (get(self.0, id.as_ptr()) as *const T).as_ref()
    }

    /// Writes one structured line (`SLUICE_LOG_*`): a lower-case message and fields; never a token.
    pub fn log(&self, level: i32, message: &str, fields: &[(&str, &str)]) {
        let pairs: Vec<sluice_pair> = fields.iter().map(|field| sluice_pair { key: text(field.0), value: text(field.1) }).collect();
        unsafe {
            if let Some(write) = self.service::<sluice_log_service>(SLUICE_SERVICE_LOG).and_then(|log| log.write) {
                write(self.0, level, text(message), pairs.as_ptr(), pairs.len() as u32);
            }
        }
    }

    /// Nanoseconds of a clock that never goes back.
    pub fn monotonic_ns(&self) -> u64 {
        unsafe {
            let clock = self.service::<sluice_time_service>(SLUICE_SERVICE_TIME).and_then(|time| time.monotonic_ns);
            clock.map_or(0, |clock| clock(self.0))
        }
    }

    /// Runs `work`, which may block, on a thread of the host's. The error says that too much waits; `work` is dropped then.
    pub fn worker(&self, work: impl FnOnce() + Send + 'static) -> Result<(), Error> {
        type Work = Box<dyn FnOnce() + Send>;
        unsafe extern "C" fn call(context: *mut c_void) {
            let work = Box::from_raw(context as *mut Work);
            let _ = catch_unwind(AssertUnwindSafe(work));
        }
        let boxed: Box<Work> = Box::new(Box::new(work));
        let context = Box::into_raw(boxed);
        unsafe {
            let run = self.service::<sluice_task_service>(SLUICE_SERVICE_TASK).and_then(|task| task.run);
            let status = run.map_or(SLUICE_E_UNSUPPORTED, |run| run(self.0, Some(call), None, context as *mut c_void));
            if status == SLUICE_OK {
                return Ok(());
            }
            drop(Box::from_raw(context));
            Err(Error::new(status, "too much work waits"))
        }
    }
}

// What crosses the border.

/// A borrowed text; it must not outlive `string`.
pub fn text(string: &str) -> sluice_text {
    sluice_text { data: string.as_ptr() as *const c_char, size: string.len() as u64 }
}

/// Borrowed bytes; they must not outlive `slice`.
pub fn bytes(slice: &[u8]) -> sluice_bytes {
    sluice_bytes { data: slice.as_ptr(), size: slice.len() as u64 }
}

/// # Safety
/// The slice is borrowed from the host for the length of its call.
pub unsafe fn slice<'a, T>(data: *const T, count: u64) -> &'a [T] {
    if data.is_null() || count == 0 {
        return &[];
    }
    std::slice::from_raw_parts(data, count as usize)
}

/// # Safety
/// The text is borrowed from the host for the length of its call. What is no UTF-8 reads as empty.
pub unsafe fn string<'a>(text: sluice_text) -> &'a str {
    std::str::from_utf8(slice(text.data as *const u8, text.size)).unwrap_or("")
}

/// # Safety
/// As `string`.
pub unsafe fn pair<'a>(pairs: *const sluice_pair, count: u32, key: &str) -> Option<&'a str> {
    let found = slice(pairs, count as u64).iter().find(|pair| string(pair.key) == key);
    found.map(|pair| string(pair.value))
}

/// A copy of a struct that begins with its size: a tail that its maker did not know reads as zero.
///
/// # Safety
/// `T` has to be one of the ABI's structs that begin with `struct_size`.
pub unsafe fn copied<T: Copy>(pointer: *const T) -> T {
    let mut copy: T = zeroed();
    if !pointer.is_null() {
        let size = (*(pointer as *const u32) as usize).min(std::mem::size_of::<T>());
        std::ptr::copy_nonoverlapping(pointer as *const u8, &mut copy as *mut T as *mut u8, size);
    }
    copy
}

/// Structs that lie `stride` bytes apart, as this plugin knows them.
///
/// # Safety
/// As `copied`; there are `count` of them.
pub unsafe fn strided<T: Copy>(first: *const T, stride: u32, count: u32) -> Vec<T> {
    (0..count as usize).map(|index| copied((first as *const u8).add(index * stride as usize) as *const T)).collect()
}

/// Runs `body` with the structs as a slice: borrowed where they are of this plugin's size, copied where not.
///
/// # Safety
/// As `strided`.
pub unsafe fn with_strided<T: Copy, R>(first: *const T, stride: u32, count: u32, body: impl FnOnce(&[T]) -> R) -> R {
    if stride as usize == std::mem::size_of::<T>() {
        return body(slice(first, count as u64));
    }
    body(&strided(first, stride, count))
}

/// The payload of a frame, borrowed as long as the frame is.
pub fn payload(frame: &sluice_frame) -> &[u8] {
    unsafe { slice(frame.data.data, frame.data.size) }
}

/// The neutral value of a struct of the ABI.
///
/// # Safety
/// `T` has to be one of the ABI's structs: zero is neutral for all of them.
pub unsafe fn zeroed<T: Copy>() -> T {
    std::mem::MaybeUninit::zeroed().assume_init()
}

/// Runs `body`; an error or a panic becomes a status, with the reason in `error`.
pub fn guarded(error: *mut sluice_error, body: impl FnOnce() -> Result<(), Error>) -> i32 {
    let failure = match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => return SLUICE_OK,
        Ok(Err(failure)) => failure,
        Err(_) => Error::from("the plugin panicked"),
    };
    if !error.is_null() {
        unsafe {
            (*error).code = failure.code;
            let room = (*error).text.len() - 1;
            for (place, byte) in failure.text.bytes().take(room).enumerate() {
                (*error).text[place] = if byte < 0x20 { b' ' as c_char } else { byte as c_char };
            }
        }
    }
    if failure.code < 0 {
        failure.code
    } else {
        SLUICE_E_FAILED
    }
}

/// Calls a function of the host's that says why it fails.
///
/// # Safety
/// `call` hands the error struct on to such a function.
pub unsafe fn asked(call: impl FnOnce(*mut sluice_error) -> i32) -> Result<(), Error> {
    let mut error: sluice_error = zeroed();
    error.struct_size = std::mem::size_of::<sluice_error>() as u32;
    let status = call(&mut error);
    if status >= 0 {
        return Ok(());
    }
    let said: Vec<u8> = error.text.iter().take_while(|byte| **byte != 0).map(|byte| *byte as u8).collect();
    Err(Error::new(status, String::from_utf8_lossy(&said)))
}

// The descriptor and the plugin's life.

/// An interface that the plugin offers: its id and its table, which lives as long as the image.
pub struct Interface {
    pub id: CString,
    pub table: *const c_void,
}

impl Interface {
    pub fn new<T>(id: &str, table: T) -> Interface {
        Interface { id: CString::new(id).unwrap_or_default(), table: Box::into_raw(Box::new(table)) as *const c_void }
    }
}

/// What a library offers, made once.
pub struct Offered {
    module: sluice_module,
    interfaces: Vec<Interface>,
    ids: Vec<*const c_char>,
}

/// Made by `sluice_plugin!`.
pub trait Offer: Plugin {
    fn offered() -> &'static Offered;
}

/// The library's descriptor and its one exported function: `sluice_plugin!(MyPlugin: auth, routes);`
#[macro_export]
macro_rules! sluice_plugin {
    ($plugin:ty: $($interface:ident),+) => {
        impl $crate::kit::Offer for $plugin {
            fn offered() -> &'static $crate::kit::Offered {
                static MADE: std::sync::atomic::AtomicPtr<$crate::kit::Offered> =
                    std::sync::atomic::AtomicPtr::new(std::ptr::null_mut());
                $crate::kit::offered::<$plugin>(&MADE, || vec![$($crate::kit::$interface::<$plugin>()),+])
            }
        }

        /// The entry of the library.
        ///
        /// # Safety
        /// Called by the host.
        #[no_mangle]
        pub unsafe extern "C" fn sluice_module_v1(
            hello: *const $crate::kit::sluice::sluice_hello,
            error: *mut $crate::kit::sluice::sluice_error,
        ) -> *const $crate::kit::sluice::sluice_module {
            $crate::kit::entry::<$plugin>(hello, error)
        }
    };
}

pub fn offered<P: Offer>(made: &'static AtomicPtr<Offered>, interfaces: impl FnOnce() -> Vec<Interface>) -> &'static Offered {
    let known = made.load(Ordering::Acquire);
    if !known.is_null() {
        return unsafe { &*known };
    }
    let mut offer = Box::new(Offered { module: unsafe { zeroed() }, interfaces: interfaces(), ids: Vec::new() });
    offer.ids = offer.interfaces.iter().map(|interface| interface.id.as_ptr()).collect();
    offer.module = sluice_module {
        struct_size: std::mem::size_of::<sluice_module>() as u32,
        abi_major: SLUICE_ABI_MAJOR,
        abi_minor: P::ABI_MINOR,
        id: text(P::ID),
        version: text(P::VERSION),
        description: text(P::DESCRIPTION),
        interfaces: offer.ids.as_ptr(),
        interface_count: offer.ids.len() as u32,
        config_schema: text(P::CONFIG_SCHEMA),
        step_schema: text(P::STEP_SCHEMA),
        source_schema: text(P::SOURCE_SCHEMA),
        create: Some(create::<P>),
        get_interface: Some(get_interface::<P>),
        configure: Some(configure::<P>),
        activate: Some(activate::<P>),
        deactivate: Some(deactivate::<P>),
        destroy: Some(destroy::<P>),
        ..unsafe { zeroed() }
    };
    let mine = Box::into_raw(offer);
    match made.compare_exchange(std::ptr::null_mut(), mine, Ordering::AcqRel, Ordering::Acquire) {
        Ok(_) => unsafe { &*mine },
        // Another thread was quicker; ours is forgotten.
        Err(other) => unsafe { &*other },
    }
}

/// # Safety
/// Called by the host.
pub unsafe fn entry<P: Offer>(hello: *const sluice_hello, error: *mut sluice_error) -> *const sluice_module {
    let mut module = std::ptr::null();
    guarded(error, || {
        if copied(hello).abi_major != SLUICE_ABI_MAJOR {
            return Err(Error::new(SLUICE_E_UNSUPPORTED, "this plugin needs a host of another ABI"));
        }
        module = &P::offered().module as *const sluice_module;
        Ok(())
    });
    module
}

/// The host's `sluice_instance`.
pub struct Instance<P> {
    pub plugin: P,
    pub host: Host,
}

/// # Safety
/// The pointer is what `create` gave to the host, before `destroy`.
pub unsafe fn instance<'a, P: Plugin>(pointer: *mut sluice_instance) -> &'a Instance<P> {
    &*(pointer as *const Instance<P>)
}

unsafe extern "C" fn create<P: Plugin>(host: *const sluice_host, out: *mut *mut sluice_instance, error: *mut sluice_error) -> i32 {
    guarded(error, || {
        let host = Host(host);
        let made = Box::new(Instance { plugin: P::create(host)?, host });
        *out = Box::into_raw(made) as *mut sluice_instance;
        Ok(())
    })
}

unsafe extern "C" fn get_interface<P: Offer>(_: *mut sluice_instance, id: *const c_char) -> *const c_void {
    let interfaces = &P::offered().interfaces;
    let found = interfaces.iter().find(|interface| interface.id.as_c_str() == CStr::from_ptr(id));
    found.map_or(std::ptr::null(), |interface| interface.table)
}

unsafe extern "C" fn configure<P: Plugin>(pointer: *mut sluice_instance, json: sluice_text, error: *mut sluice_error) -> i32 {
    guarded(error, || instance::<P>(pointer).plugin.configure(&Json::parse(string(json))?))
}

unsafe extern "C" fn activate<P: Plugin>(pointer: *mut sluice_instance, error: *mut sluice_error) -> i32 {
    guarded(error, || instance::<P>(pointer).plugin.activate())
}

unsafe extern "C" fn deactivate<P: Plugin>(pointer: *mut sluice_instance) {
    guarded(std::ptr::null_mut(), || {
        instance::<P>(pointer).plugin.deactivate();
        Ok(())
    });
}

unsafe extern "C" fn destroy<P: Plugin>(pointer: *mut sluice_instance) {
    guarded(std::ptr::null_mut(), || {
        drop(Box::from_raw(pointer as *mut Instance<P>));
        Ok(())
    });
}
