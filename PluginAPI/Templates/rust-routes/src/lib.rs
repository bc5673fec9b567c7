//! Answers GET /APP/STREAM/hello with the greeting of [config], in the apps whose outputs name this plugin.

#[macro_use]
#[path = "../sdk/kit.rs"]
mod kit;
use kit::{sluice::*, *};
use std::sync::Mutex;

struct Greeter {
    greeting: Mutex<String>,
}

impl Plugin for Greeter {
    const ID: &'static str = "rust-routes";
    const VERSION: &'static str = "0.1.0";
    const DESCRIPTION: &'static str = "greets over HTTP";
    const CONFIG_SCHEMA: &'static str = r#"{"type": "object", "properties": {"greeting": {"type": "string", "minLength": 1,
        "maxLength": 200, "default": "hello", "description": "the first word of the answer"}}}"#;

    fn create(_host: Host) -> Result<Greeter, Error> {
        Ok(Greeter { greeting: Mutex::new("hello".into()) })
    }

    fn configure(&self, configuration: &Json) -> Result<(), Error> {
        let greeting = configuration.get("greeting").and_then(|value| value.text()).unwrap_or("hello");
        *self.greeting.lock().unwrap() = greeting.into();
        Ok(())
    }
}

impl RouteHandler for Greeter {
    const ROUTES: &'static [Route] =
        &[Route { listener: SLUICE_ROUTE_MEDIA, methods: "GET", pattern: "/{app}/{stream}/hello", flags: SLUICE_ROUTE_OUTPUT }];

    /// On the lane of the request: nothing here blocks. The exchange may also be answered later, from any thread.
    fn handle(&self, request: &HttpRequest, exchange: Exchange) -> Result<(), Error> {
        let body = greet(&self.greeting.lock().unwrap(), request.parameter("app"), request.parameter("stream"));
        exchange.respond(200, "text/plain; charset=utf-8", body.as_bytes());
        Ok(())
    }
}

fn greet(greeting: &str, app: &str, stream: &str) -> String {
    format!("{}, {}/{}\n", greeting, app, stream)
}

sluice_plugin!(Greeter: routes);

#[cfg(test)]
mod tests;
