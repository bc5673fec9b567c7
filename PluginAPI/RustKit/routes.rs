//! Interface `sluice.routes/1`: HTTP by pattern.

use super::sluice::*;
use super::*;

pub trait RouteHandler: Plugin {
    const ROUTES: &'static [Route];

    /// A request. Answers by the exchange, now or later, once. An error: the host answers 500 and logs the reason.
    fn handle(&self, request: &HttpRequest, exchange: Exchange) -> Result<(), Error>;
}

/// One route; see `sluice_route` in routes.h.
pub struct Route {
    /// `SLUICE_ROUTE_MEDIA` or `SLUICE_ROUTE_ADMIN`.
    pub listener: u32,
    /// `GET`, `GET POST`.
    pub methods: &'static str,
    /// `/{app}/{stream}/hello`; on the admin listener below `/api/v1/plugins/ID`.
    pub pattern: &'static str,
    /// `SLUICE_ROUTE_*`.
    pub flags: u32,
}

/// A request, borrowed until `handle` returns.
pub struct HttpRequest<'a> {
    pub raw: &'a sluice_request,
}

impl<'a> HttpRequest<'a> {
    /// Index into `ROUTES`.
    pub fn route(&self) -> usize {
        self.raw.route as usize
    }
    pub fn method(&self) -> &'a str {
        unsafe { string(self.raw.method) }
    }
    pub fn path(&self) -> &'a str {
        unsafe { string(self.raw.path) }
    }
    /// A parameter of the pattern; empty when there is none of that name.
    pub fn parameter(&self, name: &str) -> &'a str {
        unsafe { pair(self.raw.parameters, self.raw.parameter_count, name).unwrap_or("") }
    }
    pub fn query(&self, name: &str) -> Option<&'a str> {
        unsafe { pair(self.raw.query_pairs, self.raw.query_count, name) }
    }
    /// A header by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        unsafe { pair(self.raw.headers, self.raw.header_count, name) }
    }
    pub fn body(&self) -> &'a [u8] {
        unsafe { slice(self.raw.body.data, self.raw.body.size) }
    }
    pub fn peer_address(&self) -> &'a str {
        unsafe { string(self.raw.peer_address) }
    }
}

/// A request that waits for its answer; usable from any thread, answered once.
#[derive(Clone, Copy)]
pub struct Exchange {
    host: Host,
    pub handle: sluice_handle,
}

impl Exchange {
    /// Answers; the body is copied. Nobody waits any more: nothing happens.
    pub fn respond(self, status: u32, content_type: &str, body: &[u8]) {
        let header = sluice_pair { key: text("content-type"), value: text(content_type) };
        unsafe {
            let mut response: sluice_response = zeroed();
            response.struct_size = std::mem::size_of::<sluice_response>() as u32;
            response.status = status;
            response.headers = &header;
            response.header_count = 1;
            response.body = bytes(body);
            let service = self.host.service::<sluice_exchange_service>(SLUICE_SERVICE_EXCHANGE);
            if let Some(respond) = service.and_then(|exchange| exchange.respond) {
                respond(self.host.0, self.handle, &response);
            }
        }
    }
}

pub fn routes<P: RouteHandler>() -> Interface {
    unsafe extern "C" fn handle<P: RouteHandler>(
        pointer: *mut sluice_instance,
        request: *const sluice_request,
        _sink: *mut c_void,
        error: *mut sluice_error,
    ) -> i32 {
        let instance = instance::<P>(pointer);
        guarded(error, || {
            let raw = copied(request);
            instance.plugin.handle(&HttpRequest { raw: &raw }, Exchange { host: instance.host, handle: raw.exchange })
        })
    }
    let list: Vec<sluice_route> = P::ROUTES
        .iter()
        .map(|route| sluice_route {
            struct_size: std::mem::size_of::<sluice_route>() as u32,
            listener: route.listener,
            methods: text(route.methods),
            pattern: text(route.pattern),
            flags: route.flags,
            ..unsafe { zeroed() }
        })
        .collect();
    let table = sluice_routes_interface {
        struct_size: std::mem::size_of::<sluice_routes_interface>() as u32,
        route_stride: std::mem::size_of::<sluice_route>() as u32,
        routes: list.as_ptr(),
        route_count: list.len() as u32,
        handle: Some(handle::<P>),
        ..unsafe { zeroed() }
    };
    std::mem::forget(list); // as long as the image
    Interface::new(SLUICE_INTERFACE_ROUTES, table)
}
