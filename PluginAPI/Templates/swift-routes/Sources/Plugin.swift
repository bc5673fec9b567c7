// Answers GET /APP/STREAM/hello with the greeting of [config], in the apps whose outputs name this plugin.

import SluiceJSON
import SluiceKit
import Synchronization

final class GreeterPlugin: Plugin, RouteHandler {
    static let module = ModuleDescription(
        id: "swift-routes", version: "0.1.0", description: "greets over HTTP",
        configSchema: """
            {"type": "object", "properties": {"greeting": {"type": "string", "minLength": 1, "maxLength": 200, "default": "hello",
            "description": "the first word of the answer"}}}
            """)

    static let routes = [Route(.media, "GET", "/{app}/{stream}/hello", .output)]

    private let greeting = Mutex("hello")

    init(host: Host) {}

    func configure(_ json: String) throws {
        let found = try JSONValue(parsing: json)["greeting"]?.stringValue ?? "hello"
        greeting.withLock { $0 = found }
    }

    /// On the lane of the request: nothing here blocks. The exchange may also be answered later, from any thread.
    func handle(_ request: Request, sink: (any Sink)?) throws {
        let body = greet(greeting.withLock { $0 }, app: request.parameter("app"), stream: request.parameter("stream"))
        request.exchange.respond(Response(200, headers: [("content-type", "text/plain; charset=utf-8")], body: Array(body.utf8)))
    }
}

func greet(_ greeting: String, app: String, stream: String) -> String { "\(greeting), \(app)/\(stream)\n" }

@c(sluice_module_v1)
public func entry(
    _ hello: UnsafePointer<sluice_hello>?, _ error: UnsafeMutablePointer<sluice_error>?
) -> UnsafePointer<sluice_module>? {
    SluiceModule.entry(GreeterPlugin.self, hello, error)
}
