// Sluice's plugin ABI for Rust: the types, constants and ids of the C headers, made from them by Scripts/rust-bindings.
// What each function means, on which thread it is called and who owns what stands in the headers of the same names.
#![allow(non_camel_case_types, dead_code)]

use std::os::raw::{c_char, c_void};

/// The plugin's own object; opaque to the host.
#[repr(C)]
pub struct sluice_instance {
    _private: [u8; 0],
}

// core.h
pub const SLUICE_ABI_MAJOR: u32 = 1;
pub const SLUICE_ABI_MINOR: u32 = 0;
pub const SLUICE_ENTRY: &str = "sluice_module_v1";
pub const SLUICE_OK: i32 = 0;
pub const SLUICE_AGAIN: i32 = 1;
pub const SLUICE_E_FAILED: i32 = -1;
pub const SLUICE_E_INVALID: i32 = -2;
pub const SLUICE_E_STALE: i32 = -3;
pub const SLUICE_E_LIMIT: i32 = -4;
pub const SLUICE_E_DENIED: i32 = -5;
pub const SLUICE_E_UNSUPPORTED: i32 = -6;
pub const SLUICE_E_NOT_FOUND: i32 = -7;
pub const SLUICE_E_DUPLICATE: i32 = -8;
pub const SLUICE_E_STATE: i32 = -9;
pub const SLUICE_E_BACKEND: i32 = -10;
pub const SLUICE_E_TIMEOUT: i32 = -11;
pub const SLUICE_E_CANCELLED: i32 = -12;
pub const SLUICE_ERROR_TEXT_SIZE: i32 = 480;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_text {
    pub data: *const c_char,
    pub size: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_bytes {
    pub data: *const u8,
    pub size: u64,
}
pub type sluice_handle = u64;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_pair {
    pub key: sluice_text,
    pub value: sluice_text,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_error {
    pub struct_size: u32,
    pub code: i32,
    pub text: [c_char; SLUICE_ERROR_TEXT_SIZE as usize],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_hello {
    pub struct_size: u32,
    pub abi_major: u32,
    pub abi_minor: u32,
    pub reserved: u32,
    pub host_name: sluice_text,
    pub host_version: sluice_text,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_host {
    pub struct_size: u32,
    pub abi_minor: u32,
    pub context: *mut c_void,
    pub get_service: Option<unsafe extern "C" fn(host: *const sluice_host, id: *const c_char) -> *const c_void>,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_module {
    pub struct_size: u32,
    pub abi_major: u32,
    pub abi_minor: u32,
    pub reserved: u32,
    pub id: sluice_text,
    pub version: sluice_text,
    pub description: sluice_text,
    pub interfaces: *const *const c_char,
    pub interface_count: u32,
    pub flags: u32,
    pub config_schema: sluice_text,
    pub app_config_schema: sluice_text,
    pub create: Option<unsafe extern "C" fn(host: *const sluice_host, instance: *mut *mut sluice_instance, error: *mut sluice_error) -> i32>,
    pub get_interface: Option<unsafe extern "C" fn(instance: *mut sluice_instance, id: *const c_char) -> *const c_void>,
    pub configure: Option<unsafe extern "C" fn(instance: *mut sluice_instance, config_json: sluice_text, error: *mut sluice_error) -> i32>,
    pub activate: Option<unsafe extern "C" fn(instance: *mut sluice_instance, error: *mut sluice_error) -> i32>,
    pub deactivate: Option<unsafe extern "C" fn(instance: *mut sluice_instance)>,
    pub destroy: Option<unsafe extern "C" fn(instance: *mut sluice_instance)>,
    pub step_schema: sluice_text,
    pub source_schema: sluice_text,
}
pub type sluice_module_entry = Option<unsafe extern "C" fn(hello: *const sluice_hello, error: *mut sluice_error) -> *const sluice_module>;

// auth.h
pub const SLUICE_SERVICE_AUTH: &str = "sluice.auth/1";
pub const SLUICE_INTERFACE_AUTH: &str = "sluice.auth/1";
pub const SLUICE_ACTION_CONNECT: u32 = 1;
pub const SLUICE_ACTION_PUBLISH: u32 = 2;
pub const SLUICE_ACTION_PLAY: u32 = 3;
pub const SLUICE_ACTION_ADMIN: u32 = 4;
pub const SLUICE_VERDICT_ABSTAIN: u32 = 0;
pub const SLUICE_VERDICT_ALLOW: u32 = 1;
pub const SLUICE_VERDICT_DENY: u32 = 2;
pub const SLUICE_VERDICT_FAILED: u32 = 3;
pub const SLUICE_VERDICT_LATER: u32 = 4;
pub const SLUICE_VERDICT_FLAG_LEGACY_PLAY_FAILED: u32 = 1;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_auth_request {
    pub struct_size: u32,
    pub action: u32,
    pub connection: sluice_handle,
    pub protocol: sluice_text,
    pub scheme: sluice_text,
    pub host_name: sluice_text,
    pub app: sluice_text,
    pub path: sluice_text,
    pub stream: sluice_text,
    pub url: sluice_text,
    pub raw_app: sluice_text,
    pub raw_stream: sluice_text,
    pub query: *const sluice_pair,
    pub query_count: u32,
    pub port: u32,
    pub credentials: *const sluice_pair,
    pub credential_count: u32,
    pub tls: u32,
    pub peer_address: sluice_text,
    pub peer_port: u32,
    pub reserved: u32,
    pub context: sluice_text,
    pub deadline_ns: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_verdict {
    pub struct_size: u32,
    pub decision: u32,
    pub reason: sluice_text,
    pub message: sluice_text,
    pub detail: sluice_text,
    pub status: sluice_text,
    pub http_status: u32,
    pub flags: u32,
    pub principal: sluice_text,
    pub stream: sluice_text,
    pub context: sluice_text,
    pub ttl_ms: u64,
    pub recheck_ms: u64,
    pub not_after_wall_us: i64,
    pub max_bitrate: u64,
    pub max_viewers: u64,
    pub attributes: *const sluice_pair,
    pub attribute_count: u32,
    pub reserved: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_auth_answer {
    pub struct_size: u32,
    pub decision: u32,
    pub grant: sluice_handle,
    pub stream: sluice_text,
    pub reason: sluice_text,
    pub message: sluice_text,
    pub status: sluice_text,
    pub http_status: u32,
    pub flags: u32,
}
pub type sluice_auth_done = Option<unsafe extern "C" fn(context: *mut c_void, answer: *const sluice_auth_answer)>;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_auth_service {
    pub struct_size: u32,
    pub reserved: u32,
    pub ask: Option<unsafe extern "C" fn(host: *const sluice_host, request: *const sluice_auth_request, done: sluice_auth_done, context: *mut c_void, operation: *mut sluice_handle, error: *mut sluice_error) -> i32>,
    pub cancel: Option<unsafe extern "C" fn(host: *const sluice_host, operation: sluice_handle) -> i32>,
    pub answer: Option<unsafe extern "C" fn(host: *const sluice_host, question: sluice_handle, verdict: *const sluice_verdict) -> i32>,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_auth_interface {
    pub struct_size: u32,
    pub reserved: u32,
    pub decide: Option<unsafe extern "C" fn(instance: *mut sluice_instance, question: sluice_handle, request: *const sluice_auth_request) -> i32>,
    pub cancel: Option<unsafe extern "C" fn(instance: *mut sluice_instance, question: sluice_handle)>,
}

// broadcast.h
pub const SLUICE_SERVICE_BROADCAST: &str = "sluice.broadcast/1";
pub const SLUICE_RECORD_JOIN: u32 = 1;
pub const SLUICE_RECORD_VIDEO: u32 = 2;
pub const SLUICE_PACE_APP: u32 = 0;
pub const SLUICE_PACE_LOW: u32 = 1;
pub const SLUICE_PACE_DENSE: u32 = 2;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_attach {
    pub struct_size: u32,
    pub pace: u32,
    pub grant: sluice_handle,
    pub format: sluice_text,
    pub variant: sluice_text,
    pub head: sluice_bytes,
    pub wait_ns: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_broadcast_service {
    pub struct_size: u32,
    pub reserved: u32,
    pub append: Option<unsafe extern "C" fn(host: *const sluice_host, log: sluice_handle, first: sluice_bytes, second: sluice_bytes, flags: u32) -> i32>,
    pub set_prefix: Option<unsafe extern "C" fn(host: *const sluice_host, log: sluice_handle, prefix: sluice_bytes) -> i32>,
    pub attach: Option<unsafe extern "C" fn(host: *const sluice_host, connection: sluice_handle, request: *const sluice_attach, error: *mut sluice_error) -> i32>,
    pub detach: Option<unsafe extern "C" fn(host: *const sluice_host, connection: sluice_handle) -> i32>,
}

// buffer.h
pub const SLUICE_SERVICE_BUFFER: &str = "sluice.buffer/1";

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_buffer {
    pub struct_size: u32,
    pub reserved: u32,
    pub data: *mut u8,
    pub capacity: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_buffer_service {
    pub struct_size: u32,
    pub reserved: u32,
    pub allocate: Option<unsafe extern "C" fn(host: *const sluice_host, size: u64) -> *mut sluice_buffer>,
    pub retain: Option<unsafe extern "C" fn(host: *const sluice_host, buffer: *mut sluice_buffer)>,
    pub release: Option<unsafe extern "C" fn(host: *const sluice_host, buffer: *mut sluice_buffer)>,
}

// command.h
pub const SLUICE_SERVICE_COMMAND: &str = "sluice.command/1";
pub const SLUICE_INTERFACE_COMMAND: &str = "sluice.command/1";

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_command_service {
    pub struct_size: u32,
    pub reserved: u32,
    pub reply: Option<unsafe extern "C" fn(host: *const sluice_host, call: sluice_handle, exit_code: i32, standard_output: sluice_text, standard_error: sluice_text) -> i32>,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_command_interface {
    pub struct_size: u32,
    pub reserved: u32,
    pub run: Option<unsafe extern "C" fn(instance: *mut sluice_instance, call: sluice_handle, argv: *const sluice_text, argc: u32, error: *mut sluice_error) -> i32>,
}

// config.h
pub const SLUICE_SERVICE_CONFIG: &str = "sluice.config/1";
pub type sluice_text_receiver = Option<unsafe extern "C" fn(context: *mut c_void, text: sluice_text)>;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_config_service {
    pub struct_size: u32,
    pub reserved: u32,
    pub app: Option<unsafe extern "C" fn(host: *const sluice_host, app: sluice_text, receive: sluice_text_receiver, context: *mut c_void) -> i32>,
    pub apps: Option<unsafe extern "C" fn(host: *const sluice_host, receive: sluice_text_receiver, context: *mut c_void)>,
    pub data_folder: Option<unsafe extern "C" fn(host: *const sluice_host) -> sluice_text>,
}

// event.h
pub const SLUICE_SERVICE_EVENT: &str = "sluice.event/1";

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_event_service {
    pub struct_size: u32,
    pub reserved: u32,
    pub emit: Option<unsafe extern "C" fn(host: *const sluice_host, r#type: sluice_text, json: sluice_text) -> i32>,
}

// exchange.h
pub const SLUICE_SERVICE_EXCHANGE: &str = "sluice.exchange/1";
pub const SLUICE_RESPONSE_COMPRESS: u32 = 1;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_response {
    pub struct_size: u32,
    pub status: u32,
    pub headers: *const sluice_pair,
    pub header_count: u32,
    pub flags: u32,
    pub body: sluice_bytes,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_exchange_service {
    pub struct_size: u32,
    pub reserved: u32,
    pub respond: Option<unsafe extern "C" fn(host: *const sluice_host, exchange: sluice_handle, response: *const sluice_response) -> i32>,
    pub begin: Option<unsafe extern "C" fn(host: *const sluice_host, exchange: sluice_handle, response: *const sluice_response) -> i32>,
    pub write: Option<unsafe extern "C" fn(host: *const sluice_host, exchange: sluice_handle, bytes: sluice_bytes) -> i32>,
    pub end: Option<unsafe extern "C" fn(host: *const sluice_host, exchange: sluice_handle) -> i32>,
    pub park: Option<unsafe extern "C" fn(host: *const sluice_host, exchange: sluice_handle, key: sluice_text, deadline_ns: u64) -> i32>,
    pub release: Option<unsafe extern "C" fn(host: *const sluice_host, sink: sluice_handle, key: sluice_text, response: *const sluice_response) -> i64>,
    pub attach: Option<unsafe extern "C" fn(host: *const sluice_host, exchange: sluice_handle, request: *const sluice_attach, response: *const sluice_response, websocket: u32, error: *mut sluice_error) -> i32>,
}

// fetch.h
pub const SLUICE_SERVICE_FETCH: &str = "sluice.fetch/1";

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_fetch_request {
    pub struct_size: u32,
    pub reserved: u32,
    pub method: sluice_text,
    pub url: sluice_text,
    pub headers: *const sluice_pair,
    pub header_count: u32,
    pub reserved2: u32,
    pub body: sluice_bytes,
    pub deadline_ns: u64,
    pub response_limit: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_fetch_answer {
    pub struct_size: u32,
    pub failure: i32,
    pub status: u32,
    pub header_count: u32,
    pub headers: *const sluice_pair,
    pub body: sluice_bytes,
    pub reason: sluice_text,
}
pub type sluice_fetch_done = Option<unsafe extern "C" fn(context: *mut c_void, answer: *const sluice_fetch_answer)>;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_fetch_service {
    pub struct_size: u32,
    pub reserved: u32,
    pub start: Option<unsafe extern "C" fn(host: *const sluice_host, request: *const sluice_fetch_request, done: sluice_fetch_done, context: *mut c_void, operation: *mut sluice_handle, error: *mut sluice_error) -> i32>,
    pub cancel: Option<unsafe extern "C" fn(host: *const sluice_host, operation: sluice_handle) -> i32>,
}

// handover.h
pub const SLUICE_INTERFACE_HANDOVER: &str = "sluice.handover/1";
pub const SLUICE_SERVICE_HANDOVER: &str = "sluice.handover/1";
pub type sluice_blob_receiver = Option<unsafe extern "C" fn(context: *mut c_void, blob: sluice_bytes)>;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_handover_interface {
    pub struct_size: u32,
    pub reserved: u32,
    pub export_session: Option<unsafe extern "C" fn(session: *mut c_void, receive: sluice_blob_receiver, context: *mut c_void, error: *mut sluice_error) -> i32>,
    pub import_session: Option<unsafe extern "C" fn(instance: *mut sluice_instance, info: *const sluice_connection_info, blob: sluice_bytes, session: *mut *mut c_void, error: *mut sluice_error) -> i32>,
    pub forget_session: Option<unsafe extern "C" fn(session: *mut c_void)>,
    pub export_sink: Option<unsafe extern "C" fn(sink: *mut c_void, receive: sluice_blob_receiver, context: *mut c_void, error: *mut sluice_error) -> i32>,
    pub import_sink: Option<unsafe extern "C" fn(instance: *mut sluice_instance, request: *const sluice_sink_open, blob: sluice_bytes, sink: *mut *mut c_void, error: *mut sluice_error) -> i32>,
    pub forget_sink: Option<unsafe extern "C" fn(sink: *mut c_void)>,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_handover_service {
    pub struct_size: u32,
    pub reserved: u32,
    pub checkpoint_every: u64,
    pub checkpoint: Option<unsafe extern "C" fn(host: *const sluice_host, connection: sluice_handle, blob: sluice_bytes) -> i32>,
}

// log.h
pub const SLUICE_SERVICE_LOG: &str = "sluice.log/1";
pub const SLUICE_LOG_TRACE: i32 = 0;
pub const SLUICE_LOG_DEBUG: i32 = 1;
pub const SLUICE_LOG_INFO: i32 = 2;
pub const SLUICE_LOG_NOTICE: i32 = 3;
pub const SLUICE_LOG_WARNING: i32 = 4;
pub const SLUICE_LOG_ERROR: i32 = 5;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_log_service {
    pub struct_size: u32,
    pub reserved: u32,
    pub enabled: Option<unsafe extern "C" fn(host: *const sluice_host, level: i32) -> i32>,
    pub write: Option<unsafe extern "C" fn(host: *const sluice_host, level: i32, message: sluice_text, fields: *const sluice_pair, count: u32)>,
}

// metrics.h
pub const SLUICE_SERVICE_METRICS: &str = "sluice.metrics/1";
pub const SLUICE_METRIC_COUNTER: u32 = 1;
pub const SLUICE_METRIC_GAUGE: u32 = 2;
pub const SLUICE_METRIC_HISTOGRAM: u32 = 3;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_metrics_service {
    pub struct_size: u32,
    pub reserved: u32,
    pub define: Option<unsafe extern "C" fn(host: *const sluice_host, kind: u32, name: sluice_text, help: sluice_text, labels: *const sluice_pair, label_count: u32, metric: *mut sluice_handle) -> i32>,
    pub record: Option<unsafe extern "C" fn(host: *const sluice_host, metric: sluice_handle, value: f64)>,
}

// net.h
pub const SLUICE_SERVICE_NET: &str = "sluice.net/1";
pub const SLUICE_CLOSE_NOW: u32 = 0;
pub const SLUICE_CLOSE_AFTER_FLUSH: u32 = 1;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_connection_info {
    pub struct_size: u32,
    pub tls: u32,
    pub connection: sluice_handle,
    pub listener: sluice_text,
    pub transport: sluice_text,
    pub peer_address: sluice_text,
    pub local_address: sluice_text,
    pub peer_port: u32,
    pub local_port: u32,
    pub unparsed_limit: u64,
    pub unparsed_limit_before: u64,
    pub message_limit: u64,
    pub handshake_ns: u64,
    pub publisher_silent_ns: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_net_service {
    pub struct_size: u32,
    pub reserved: u32,
    pub send: Option<unsafe extern "C" fn(host: *const sluice_host, connection: sluice_handle, bytes: sluice_bytes) -> i32>,
    pub pending: Option<unsafe extern "C" fn(host: *const sluice_host, connection: sluice_handle) -> u64>,
    pub close: Option<unsafe extern "C" fn(host: *const sluice_host, connection: sluice_handle, how: u32, reason: sluice_text) -> i32>,
    pub set_timer: Option<unsafe extern "C" fn(host: *const sluice_host, connection: sluice_handle, deadline_ns: u64) -> i32>,
    pub pause: Option<unsafe extern "C" fn(host: *const sluice_host, connection: sluice_handle, paused: u32) -> i32>,
    pub describe: Option<unsafe extern "C" fn(host: *const sluice_host, connection: sluice_handle, pairs: *const sluice_pair, count: u32) -> i32>,
}

// observer.h
pub const SLUICE_INTERFACE_OBSERVER: &str = "sluice.observer/1";

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_observer_interface {
    pub struct_size: u32,
    pub reserved: u32,
    pub event: Option<unsafe extern "C" fn(instance: *mut sluice_instance, r#type: sluice_text, json: sluice_text)>,
}

// protocol.h
pub const SLUICE_INTERFACE_PROTOCOL: &str = "sluice.protocol/1";
pub const SLUICE_ATTACHMENT_WAITING: u32 = 1;
pub const SLUICE_ATTACHMENT_ATTACHED: u32 = 2;
pub const SLUICE_ATTACHMENT_ENDED: u32 = 3;
pub const SLUICE_ATTACHMENT_DETACHED: u32 = 4;
pub const SLUICE_PUBLICATION_ENDED: u32 = 1;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_protocol_interface {
    pub struct_size: u32,
    pub reserved: u32,
    pub session_open: Option<unsafe extern "C" fn(instance: *mut sluice_instance, info: *const sluice_connection_info, session: *mut *mut c_void, error: *mut sluice_error) -> i32>,
    pub bytes: Option<unsafe extern "C" fn(session: *mut c_void, data: sluice_bytes, now_ns: u64, error: *mut sluice_error) -> i32>,
    pub timer: Option<unsafe extern "C" fn(session: *mut c_void, now_ns: u64, error: *mut sluice_error) -> i32>,
    pub writable: Option<unsafe extern "C" fn(session: *mut c_void, now_ns: u64)>,
    pub attachment: Option<unsafe extern "C" fn(session: *mut c_void, state: u32, reason: sluice_text)>,
    pub publication: Option<unsafe extern "C" fn(session: *mut c_void, stream: sluice_handle, state: u32, reason: sluice_text)>,
    pub stop: Option<unsafe extern "C" fn(session: *mut c_void, reason: sluice_text)>,
    pub close: Option<unsafe extern "C" fn(session: *mut c_void, reason: sluice_text)>,
    pub drain: Option<unsafe extern "C" fn(session: *mut c_void, reason: sluice_text, limit_ns: u64)>,
}

// routes.h
pub const SLUICE_INTERFACE_ROUTES: &str = "sluice.routes/1";
pub const SLUICE_ROUTE_MEDIA: u32 = 1;
pub const SLUICE_ROUTE_ADMIN: u32 = 2;
pub const SLUICE_ROUTE_AUTH_PLAY: u32 = 1;
pub const SLUICE_ROUTE_AUTH_TOKEN: u32 = 2;
pub const SLUICE_ROUTE_WEBSOCKET: u32 = 4;
pub const SLUICE_ROUTE_SINK: u32 = 8;
pub const SLUICE_ROUTE_OUTPUT: u32 = 16;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_route {
    pub struct_size: u32,
    pub listener: u32,
    pub methods: sluice_text,
    pub pattern: sluice_text,
    pub flags: u32,
    pub reserved: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_request {
    pub struct_size: u32,
    pub route: u32,
    pub exchange: sluice_handle,
    pub method: sluice_text,
    pub path: sluice_text,
    pub query: sluice_text,
    pub parameters: *const sluice_pair,
    pub parameter_count: u32,
    pub query_count: u32,
    pub query_pairs: *const sluice_pair,
    pub headers: *const sluice_pair,
    pub header_count: u32,
    pub tls: u32,
    pub body: sluice_bytes,
    pub peer_address: sluice_text,
    pub child_prefix: sluice_text,
    pub websocket: u32,
    pub reserved: u32,
    pub now_ns: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_routes_interface {
    pub struct_size: u32,
    pub route_stride: u32,
    pub routes: *const sluice_route,
    pub route_count: u32,
    pub reserved: u32,
    pub handle: Option<unsafe extern "C" fn(instance: *mut sluice_instance, request: *const sluice_request, sink: *mut c_void, error: *mut sluice_error) -> i32>,
}

// selftest.h
pub const SLUICE_INTERFACE_SELFTEST: &str = "sluice.selftest/1";

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_selftest_interface {
    pub struct_size: u32,
    pub reserved: u32,
    pub run: Option<unsafe extern "C" fn(instance: *mut sluice_instance, error: *mut sluice_error) -> i32>,
}

// sink.h
pub const SLUICE_INTERFACE_SINK: &str = "sluice.sink/1";
pub const SLUICE_SINK_OPENS_WITH_STREAM: u32 = 0;
pub const SLUICE_SINK_OPENS_AT_SUBSCRIBER: u32 = 1;
pub const SLUICE_TRACKS_DISCONTINUITY: u32 = 1;
pub const SLUICE_SINK_PUBLISHER_LOST: u32 = 1;
pub const SLUICE_SINK_PUBLISHER_BACK: u32 = 2;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_log_format {
    pub format: sluice_text,
    pub variant: sluice_text,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_sink_open {
    pub struct_size: u32,
    pub format: u32,
    pub sink: sluice_handle,
    pub stream: sluice_handle,
    pub log: sluice_handle,
    pub app: sluice_text,
    pub name: sluice_text,
    pub attributes: *const sluice_pair,
    pub attribute_count: u32,
    pub reserved: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_sink_interface {
    pub struct_size: u32,
    pub opens: u32,
    pub formats: *const sluice_log_format,
    pub format_count: u32,
    pub format_stride: u32,
    pub open: Option<unsafe extern "C" fn(instance: *mut sluice_instance, request: *const sluice_sink_open, sink: *mut *mut c_void, error: *mut sluice_error) -> i32>,
    pub tracks: Option<unsafe extern "C" fn(sink: *mut c_void, tracks: *const sluice_track, stride: u32, count: u32, flags: u32, error: *mut sluice_error) -> i32>,
    pub frames: Option<unsafe extern "C" fn(sink: *mut c_void, frames: *const sluice_frame, stride: u32, count: u32, error: *mut sluice_error) -> i32>,
    pub publisher: Option<unsafe extern "C" fn(sink: *mut c_void, state: u32)>,
    pub attributes: Option<unsafe extern "C" fn(sink: *mut c_void, attributes: *const sluice_pair, count: u32)>,
    pub close: Option<unsafe extern "C" fn(sink: *mut c_void, reason: sluice_text)>,
}

// stream.h
pub const SLUICE_SERVICE_STREAM: &str = "sluice.stream/1";
pub const SLUICE_TRACK_VIDEO: u32 = 1;
pub const SLUICE_TRACK_AUDIO: u32 = 2;
pub const SLUICE_TRACK_DATA: u32 = 3;
pub const SLUICE_TIME_UNKNOWN: i64 = i64::MIN;
pub const SLUICE_FRAME_KEY: u32 = 1;
pub const SLUICE_FRAME_CONFIG: u32 = 2;
pub const SLUICE_FRAME_DISCONTINUITY: u32 = 4;
pub const SLUICE_FRAME_DROPPABLE: u32 = 8;
pub const SLUICE_FRAME_CORRUPT: u32 = 16;
pub const SLUICE_FRAME_GAP: u32 = 32;
pub const SLUICE_STREAM_LIVE: u32 = 1;
pub const SLUICE_STREAM_LINGERING: u32 = 2;
pub const SLUICE_STREAM_ENDED: u32 = 3;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_track {
    pub struct_size: u32,
    pub id: u32,
    pub kind: u32,
    pub codec: u32,
    pub timescale: u32,
    pub width: u32,
    pub height: u32,
    pub frame_rate_milli: u32,
    pub sample_rate: u32,
    pub channels: u32,
    pub bitrate: u32,
    pub flags: u32,
    pub configuration: sluice_bytes,
    pub language: sluice_text,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_side_data {
    pub struct_size: u32,
    pub r#type: u32,
    pub data: sluice_bytes,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_frame {
    pub struct_size: u32,
    pub track: u32,
    pub pts: i64,
    pub dts: i64,
    pub duration: i64,
    pub flags: u32,
    pub drop_class: u32,
    pub data: sluice_bytes,
    pub buffer: *mut sluice_buffer,
    pub side_data: *const sluice_side_data,
    pub side_data_count: u32,
    pub side_data_stride: u32,
    pub arrival_ns: u64,
    pub wall_us: i64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_publish_request {
    pub struct_size: u32,
    pub reserved: u32,
    pub connection: sluice_handle,
    pub grant: sluice_handle,
    pub protocol: sluice_text,
    pub description: sluice_text,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_stream_info {
    pub struct_size: u32,
    pub state: u32,
    pub app: sluice_text,
    pub name: sluice_text,
    pub group: sluice_text,
    pub tracks: *const sluice_track,
    pub track_count: u32,
    pub track_stride: u32,
    pub epoch: u64,
    pub measured_bitrate: u64,
    pub peak_bitrate: u64,
    pub started_wall_us: i64,
}
pub type sluice_stream_receiver = Option<unsafe extern "C" fn(context: *mut c_void, info: *const sluice_stream_info)>;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_stream_service {
    pub struct_size: u32,
    pub reserved: u32,
    pub publish: Option<unsafe extern "C" fn(host: *const sluice_host, request: *const sluice_publish_request, stream: *mut sluice_handle, error: *mut sluice_error) -> i32>,
    pub set_tracks: Option<unsafe extern "C" fn(host: *const sluice_host, stream: sluice_handle, tracks: *const sluice_track, stride: u32, count: u32, error: *mut sluice_error) -> i32>,
    pub push: Option<unsafe extern "C" fn(host: *const sluice_host, stream: sluice_handle, frames: *const sluice_frame, stride: u32, count: u32) -> i32>,
    pub unpublish: Option<unsafe extern "C" fn(host: *const sluice_host, stream: sluice_handle, reason: sluice_text) -> i32>,
    pub set_attribute: Option<unsafe extern "C" fn(host: *const sluice_host, stream: sluice_handle, key: sluice_text, value: sluice_text) -> i32>,
    pub find: Option<unsafe extern "C" fn(host: *const sluice_host, app: sluice_text, name: sluice_text, receive: sluice_stream_receiver, context: *mut c_void) -> i32>,
}

// task.h
pub const SLUICE_SERVICE_TASK: &str = "sluice.task/1";
pub type sluice_task_work = Option<unsafe extern "C" fn(context: *mut c_void)>;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_task_service {
    pub struct_size: u32,
    pub reserved: u32,
    pub run: Option<unsafe extern "C" fn(host: *const sluice_host, work: sluice_task_work, done: sluice_task_work, context: *mut c_void) -> i32>,
    pub post: Option<unsafe extern "C" fn(host: *const sluice_host, work: sluice_task_work, context: *mut c_void) -> i32>,
}

// time.h
pub const SLUICE_SERVICE_TIME: &str = "sluice.time/1";
pub type sluice_timer_fired = Option<unsafe extern "C" fn(context: *mut c_void, now_ns: u64)>;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_time_service {
    pub struct_size: u32,
    pub reserved: u32,
    pub monotonic_ns: Option<unsafe extern "C" fn(host: *const sluice_host) -> u64>,
    pub wall_us: Option<unsafe extern "C" fn(host: *const sluice_host) -> i64>,
    pub start: Option<unsafe extern "C" fn(host: *const sluice_host, delay_ns: u64, period_ns: u64, fired: sluice_timer_fired, context: *mut c_void, timer: *mut sluice_handle) -> i32>,
    pub cancel: Option<unsafe extern "C" fn(host: *const sluice_host, timer: sluice_handle) -> i32>,
}

// draft/kv.h
pub const SLUICE_SERVICE_KV: &str = "sluice.kv/0";
pub type sluice_kv_receiver = Option<unsafe extern "C" fn(context: *mut c_void, key: sluice_text, value: sluice_bytes)>;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_kv_service {
    pub struct_size: u32,
    pub reserved: u32,
    pub get: Option<unsafe extern "C" fn(host: *const sluice_host, key: sluice_text, receive: sluice_kv_receiver, context: *mut c_void) -> i32>,
    pub put: Option<unsafe extern "C" fn(host: *const sluice_host, key: sluice_text, value: sluice_bytes, error: *mut sluice_error) -> i32>,
    pub remove: Option<unsafe extern "C" fn(host: *const sluice_host, key: sluice_text, error: *mut sluice_error) -> i32>,
    pub each: Option<unsafe extern "C" fn(host: *const sluice_host, prefix: sluice_text, receive: sluice_kv_receiver, context: *mut c_void) -> i32>,
}

// draft/source.h
pub const SLUICE_INTERFACE_SOURCE: &str = "sluice.source/0";
pub const SLUICE_SERVICE_SOURCE: &str = "sluice.source/0";

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_source_open {
    pub struct_size: u32,
    pub reserved: u32,
    pub source: sluice_handle,
    pub stream: sluice_handle,
    pub app: sluice_text,
    pub name: sluice_text,
    pub settings_json: sluice_text,
    pub now_ns: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_source_interface {
    pub struct_size: u32,
    pub reserved: u32,
    pub open: Option<unsafe extern "C" fn(instance: *mut sluice_instance, request: *const sluice_source_open, source: *mut *mut c_void, error: *mut sluice_error) -> i32>,
    pub timer: Option<unsafe extern "C" fn(source: *mut c_void, now_ns: u64, error: *mut sluice_error) -> i32>,
    pub close: Option<unsafe extern "C" fn(source: *mut c_void, reason: sluice_text)>,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_source_service {
    pub struct_size: u32,
    pub reserved: u32,
    pub set_timer: Option<unsafe extern "C" fn(host: *const sluice_host, source: sluice_handle, deadline_ns: u64) -> i32>,
    pub end: Option<unsafe extern "C" fn(host: *const sluice_host, source: sluice_handle, reason: sluice_text) -> i32>,
}

// draft/transform.h
pub const SLUICE_INTERFACE_TRANSFORM: &str = "sluice.transform/0";
pub const SLUICE_SERVICE_TRANSFORM: &str = "sluice.transform/0";
pub const SLUICE_TRANSFORM_END: i32 = 2;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_transform_player {
    pub struct_size: u32,
    pub codec_count: u32,
    pub output: sluice_text,
    pub codecs: *const u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_transform_resume {
    pub struct_size: u32,
    pub track: u32,
    pub timescale: u32,
    pub reserved: u32,
    pub pts: i64,
    pub label: sluice_text,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_transform_open {
    pub struct_size: u32,
    pub attribute_count: u32,
    pub transform: sluice_handle,
    pub app: sluice_text,
    pub name: sluice_text,
    pub step: sluice_text,
    pub settings_json: sluice_text,
    pub attributes: *const sluice_pair,
    pub players: *const sluice_transform_player,
    pub player_stride: u32,
    pub player_count: u32,
    pub resumes: *const sluice_transform_resume,
    pub resume_stride: u32,
    pub resume_count: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_transform_output {
    pub struct_size: u32,
    pub track_count: u32,
    pub tracks: *const sluice_track,
    pub track_stride: u32,
    pub reserved: u32,
    pub label: sluice_text,
}
pub type sluice_transform_receiver = Option<unsafe extern "C" fn(context: *mut c_void, output: u32, frames: *const sluice_frame, stride: u32, count: u32)>;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_transform_interface {
    pub struct_size: u32,
    pub reserved: u32,
    pub open: Option<unsafe extern "C" fn(instance: *mut sluice_instance, request: *const sluice_transform_open, transform: *mut *mut c_void, error: *mut sluice_error) -> i32>,
    pub negotiate: Option<unsafe extern "C" fn(transform: *mut c_void, tracks: *const sluice_track, stride: u32, count: u32, flags: u32, error: *mut sluice_error) -> i32>,
    pub send: Option<unsafe extern "C" fn(transform: *mut c_void, frames: *const sluice_frame, stride: u32, count: u32, error: *mut sluice_error) -> i32>,
    pub receive: Option<unsafe extern "C" fn(transform: *mut c_void, receive: sluice_transform_receiver, context: *mut c_void, error: *mut sluice_error) -> i32>,
    pub flush: Option<unsafe extern "C" fn(transform: *mut c_void, error: *mut sluice_error) -> i32>,
    pub attributes: Option<unsafe extern "C" fn(transform: *mut c_void, attributes: *const sluice_pair, count: u32)>,
    pub close: Option<unsafe extern "C" fn(transform: *mut c_void, reason: sluice_text)>,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct sluice_transform_service {
    pub struct_size: u32,
    pub reserved: u32,
    pub set_outputs: Option<unsafe extern "C" fn(host: *const sluice_host, transform: sluice_handle, outputs: *const sluice_transform_output, stride: u32, count: u32, error: *mut sluice_error) -> i32>,
    pub ready: Option<unsafe extern "C" fn(host: *const sluice_host, transform: sluice_handle) -> i32>,
    pub set_still: Option<unsafe extern "C" fn(host: *const sluice_host, transform: sluice_handle, jpeg: sluice_bytes) -> i32>,
    pub set_report: Option<unsafe extern "C" fn(host: *const sluice_host, transform: sluice_handle, json: sluice_text) -> i32>,
}
