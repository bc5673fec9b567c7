import Glibc
import HostHTTP
import HostNet
import HostPaths
import NIOCore
import NIOHTTP1
import SluiceJSON

/// The admin listener's own routes: `/api/v1/…`, `/metrics`, `/healthz`, `/readyz`. Plugins' routes come beside them.
struct AdminAPI {
    let server: Server

    func register() {
        var routes: [Route] = []
        func add(_ method: HTTPMethod, _ pattern: String, open: Bool = false, _ handler: @escaping HTTPHandler) {
            guard let pattern = try? PathPattern(pattern) else { return }
            routes.append(Route(owner: "sluice", pattern: pattern, methods: [method], needsNoToken: open, handler: handler))
        }
        add(.GET, "/healthz", open: true) { exchange in
            // 200 all the same: ending the process would cure none of it.
            let found = server.degradations
            exchange.respond(
                HTTPResponse(
                    status: 200, text: found.isEmpty ? "ok\n" : "degraded\n" + found.map { $0 + "\n" }.joined()))
        }
        add(.GET, "/readyz", open: true) { exchange in
            let ready = server.isReady.load(ordering: .acquiring)
            let text = ready ? "ready\n" : server.isDraining ? "stopping\n" : "not ready\n"
            exchange.respond(HTTPResponse(status: ready ? 200 : 503, text: text))
        }
        add(.GET, "/metrics") { exchange in
            exchange.respond(
                HTTPResponse(status: 200, text: server.metricsText(), contentType: "text/plain; version=0.0.4; charset=utf-8"))
        }
        add(.GET, "/api/v1/openapi.json") { answer($0, 200, OpenAPI.document) }
        add(.POST, "/api/v1/reload") { exchange in
            server.reload { result in
                switch result {
                case .success(let change): answer(exchange, 200, change.object)
                case .failure(let refusal):
                    answer(
                        exchange, 422,
                        ["error": .string(refusal.description), "errors": JSONValue(refusal.errors.map(\.description))])
                }
            }
        }
        add(.GET, "/api/v1/plugins") { answer($0, 200, ["plugins": .array(server.registry.records.map(Listing.plugin))]) }
        add(.GET, "/api/v1/plugins/{id}") { exchange in
            guard let record = server.registry.record(exchange.request.parameter("id") ?? "") else {
                return missing(exchange, "plugin")
            }
            answer(exchange, 200, Listing.plugin(record).objectValue ?? [:])
        }
        add(.POST, "/api/v1/plugins/{id}/command") { command($0) }
        change(add, "reload") { id, exchange, done in
            server.reload(id, wait: exchange.request.query.contains { $0.name == "wait" && $0.value == "1" }, done)
        }
        change(add, "restart") { id, _, done in server.reload(id, handover: false, done) }
        change(add, "load") { id, _, done in server.load(id, done) }
        change(add, "disable") { id, _, done in server.disable(id, done) }
        change(add, "enable") { id, _, done in server.enable(id, done) }
        add(.GET, "/api/v1/apps") { answer($0, 200, ["apps": .array(server.configuration.apps.map { Listing.app($0, server) })]) }
        add(.GET, "/api/v1/apps/{app}") { exchange in
            guard let app = server.configuration.app(exchange.request.parameter("app") ?? "") else {
                return missing(exchange, "app")
            }
            answer(exchange, 200, Listing.app(app, server).objectValue ?? [:])
        }
        add(.GET, "/api/v1/streams") {
            answer($0, 200, ["streams": .array(server.streams.streams.map { Listing.stream($0, server) })])
        }
        add(.GET, "/api/v1/streams/{app}/{stream}") { stream($0) }
        add(.DELETE, "/api/v1/streams/{app}/{stream}") { kick($0) }
        add(.PATCH, "/api/v1/streams/{app}/{stream}/attributes") { setAttributes($0) }
        add(.GET, "/api/v1/sessions") { answer($0, 200, ["sessions": .array(server.sessions.values.map(Listing.session))]) }
        add(.GET, "/api/v1/sessions/{id}") { exchange in
            guard let session = session(exchange) else { return missing(exchange, "session") }
            answer(exchange, 200, Listing.session(session).objectValue ?? [:])
        }
        add(.DELETE, "/api/v1/sessions/{id}") { exchange in
            guard let session = session(exchange) else { return missing(exchange, "session") }
            session.stop("ended by the operator")
            answer(exchange, 200, ["ended": .bool(true)])
        }
        add(.GET, "/api/v1/events") { server.events.stream.add($0) }
        try? server.admin.routes.replace(owner: "sluice", with: routes)
    }

    /// A change of a plugin, answered when it is made or has failed.
    private func change(
        _ add: (HTTPMethod, String, Bool, @escaping HTTPHandler) -> Void, _ word: String,
        _ body: @escaping @Sendable (String, HTTPExchange, @escaping PluginChanges.Done) -> Void
    ) {
        add(.POST, "/api/v1/plugins/{id}/\(word)", false) { exchange in
            body(exchange.request.parameter("id") ?? "", exchange) { result in
                switch result {
                case .success(let change):
                    answer(
                        exchange, 200,
                        [
                            "plugin": .string(change.plugin), "generation": JSONValue(change.generation),
                            "ms": JSONValue(change.milliseconds), "text": .string(change.text),
                        ])
                case .failure(let failure):
                    let status =
                        switch failure.kind {
                        case .missing: 404
                        case .busy: 409
                        case .failed: 422
                        }
                    exchange.refuse(status: status, failure.description)
                }
            }
        }
    }

    private func answer(_ exchange: HTTPExchange, _ status: Int, _ object: JSONObject) {
        exchange.respond(
            HTTPResponse(
                status: status, text: JSONValue.object(object).serialized() + "\n", contentType: "application/json",
                headers: ["Cache-Control": "no-store"]))
    }

    private func missing(_ exchange: HTTPExchange, _ what: String) { exchange.refuse(status: 404, "no such \(what)") }

    private func session(_ exchange: HTTPExchange) -> Session? {
        guard let text = exchange.request.parameter("id"), let handle = UInt64(text) else { return nil }
        return server.sessions[handle]
    }

    private func stream(_ exchange: HTTPExchange) {
        guard let key = exchange.request.streamKey, let stream = server.streams[key] else { return missing(exchange, "stream") }
        stream.lane.post {
            let outputs = stream.sinks.map { OutputReport($0) }
            let loop = stream.lane.loop
            let lags = outputs.map { $0.log?.lag(on: loop) ?? loop.makeSucceededFuture(BroadcastLag()) }
            EventLoopFuture.whenAllSucceed(lags, on: loop).whenSuccess { lags in
                var object = Listing.stream(stream, server).objectValue ?? [:]
                let bitrate = stream.snapshot.figures.measuredBitrate
                object["outputs"] = .array(
                    zip(outputs, lags).map { output, lag in
                        var output = output
                        output.lag = lag
                        return output.listing(bitrate: bitrate)
                    })
                if !stream.steps.running.isEmpty { object["steps"] = stream.steps.listing }
                answer(exchange, 200, object)
            }
        }
    }

    private func kick(_ exchange: HTTPExchange) {
        guard let key = exchange.request.streamKey, let stream = server.streams[key] else { return missing(exchange, "stream") }
        stream.lane.post {
            guard let publication = stream.current else {
                stream.endIfIdle("ended by the operator")
                return answer(exchange, 200, ["ended": .bool(true)])
            }
            if publication.origin == .session {
                server.sessions[publication.connection]?.stop("ended by the operator")
            } else {
                publication.kick()
                server.end(publication, reason: "ended by the operator")
            }
            answer(exchange, 200, ["ended": .bool(true)])
        }
    }

    /// `{"overlay.text": "…", "overlay.png": ""}`: those keys are set, or taken away where the value is empty; others stay.
    private func setAttributes(_ exchange: HTTPExchange) {
        guard let key = exchange.request.streamKey, let stream = server.streams[key] else { return missing(exchange, "stream") }
        guard let object = (try? JSONValue(parsing: exchange.request.bodyBytes))?.objectValue else {
            return exchange.refuse(status: 400, "the body has to be {\"key\": \"value\"}").discard()
        }
        let keys = UInt8(ascii: "a")...UInt8(ascii: "z")
        let changed = object.keys.compactMap { key -> (String, String)? in
            let isKey =
                (1...64).contains(key.utf8.count)
                && key.utf8.allSatisfy { keys.contains($0) || "0123456789._-".utf8.contains($0) }
            guard isKey, let value = object[key]?.stringValue, value.utf8.count <= 4096 else { return nil }
            return (key, value)
        }
        guard changed.count == object.keys.count else {
            return exchange.refuse(status: 400, "keys: at most 64 of a-z 0-9 . _ -; values: texts of at most 4096 bytes")
                .discard()
        }
        stream.lane.post {
            guard stream.setAttributes(changed) else {
                return exchange.refuse(status: 422, "a stream has at most \(LiveStream.attributeLimit) attributes").discard()
            }
            answer(
                exchange, 200,
                [
                    "attributes": .object(
                        JSONObject(stream.attributes.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
                ])
        }
    }

    private func command(_ exchange: HTTPExchange) {
        guard let generation = server.registry.active(exchange.request.parameter("id") ?? "") else {
            return missing(exchange, "active plugin")
        }
        guard let body = try? JSONValue(parsing: exchange.request.bodyBytes), let list = body["argv"]?.arrayValue else {
            return exchange.refuse(status: 400, "the body has to be {\"argv\": [\"…\"]}").discard()
        }
        let arguments = list.compactMap(\.stringValue)
        guard arguments.count == list.count else { return exchange.refuse(status: 400, "argv has to hold texts").discard() }
        server.control.post {
            server.commands.run(generation, arguments, on: server.control.loop) { result in
                answer(
                    exchange, 200,
                    [
                        "exit": JSONValue(Int(result.exitCode)), "stdout": .string(result.standardOutput),
                        "stderr": .string(result.standardError),
                    ])
            }
        }
    }
}

extension Bool {
    /// For results that say only whether somebody still listened.
    func discard() {}
}
