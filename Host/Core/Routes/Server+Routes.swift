import CSluice
import HostHTTP
import HostPaths
import NIOCore
import NIOHTTP1

extension Server {
    /// [control] Puts a plugin's routes on the listeners; a pattern that overlaps another plugin's is refused.
    func registerRoutes(_ generation: PluginGeneration) throws {
        guard let table: UnsafePointer<sluice_routes_interface> = generation.interface(SLUICE_INTERFACE_ROUTES) else { return }
        var mediaRoutes: [Route] = []
        var adminRoutes: [Route] = []
        let stride = max(Int(table.pointee.route_stride), MemoryLayout<sluice_route>.stride)
        guard let list = table.pointee.routes else { return }
        for index in 0..<min(Int(table.pointee.route_count), 256) {
            let raw = UnsafeRawPointer(list).advanced(by: index * stride).assumingMemoryBound(to: sluice_route.self).pointee
            let route = RegisteredRoute(index: index, raw: raw)
            let pattern = try PathPattern(route.pattern)
            if route.isAdmin {
                let prefix = "/api/v1/plugins/\(generation.id)"
                guard route.pattern == prefix || route.pattern.hasPrefix(prefix + "/") else {
                    throw PluginFailure(step: "routes", text: "the admin route \(route.pattern) is not below \(prefix)")
                }
            } else if !route.pattern.hasPrefix("/{app}/{stream}") {
                throw PluginFailure(step: "routes", text: "the media route \(route.pattern) does not begin with /{app}/{stream}")
            }
            let handler: HTTPHandler = { [weak self] exchange in
                guard let self else { return }
                let routed = RoutedExchange(generation: generation, route: route, exchange: exchange)
                guard routed.begin() else { return }
                if route.isAdmin { self.control.post { self.handle(routed, sink: nil) } } else { self.route(routed) }
            }
            let methods = route.methods.map { HTTPMethod(rawValue: $0) }
            let made = Route(owner: generation.id, pattern: pattern, methods: methods, handler: handler)
            if route.isAdmin { adminRoutes.append(made) } else { mediaRoutes.append(made) }
            guard route.isAdmin, let short = shortPattern(route.pattern, generation) else { continue }
            adminRoutes.append(Route(owner: generation.id, pattern: try PathPattern(short), methods: methods, handler: handler))
        }
        try media.routes.replace(owner: generation.id, with: mediaRoutes)
        try admin.routes.replace(owner: generation.id, with: adminRoutes)
    }

    /// Where an admin route is too: `/NAME/…`, when the manifest's `[permissions] admin` gives it that.
    private func shortPattern(_ pattern: String, _ generation: PluginGeneration) -> String? {
        let short = pattern.dropFirst("/api/v1/plugins/\(generation.id)".count)
        return generation.manifest.permissions.admin.contains { short == "/\($0)" || short.hasPrefix("/\($0)/") }
            ? String(short) : nil
    }

    func unregisterRoutes(_ id: String) {
        media.routes.remove(owner: id)
        admin.routes.remove(owner: id)
    }

    /// [lane of the request] App, output and permission; then on to the lane that the route asks for.
    private func route(_ routed: RoutedExchange) {
        let exchange = routed.exchange
        guard let key = exchange.request.streamKey else { return routed.refuse(404, "no such app or stream") }
        guard let policy = policy(key.app) else { return routed.refuse(404, "no such app or stream") }
        if routed.route.has(SLUICE_ROUTE_OUTPUT), !policy.outputs.contains(routed.generation.id) {
            return routed.refuse(404, "the app does not serve that format")
        }
        if let header = policy.playHeader, !header.isMet(by: exchange.request.headers[header.name]) {
            return routed.refuse(403, "not allowed")
        }
        routed.key = key
        // Who watches goes on: playlists' children carry a token.
        if isDraining, !routed.route.has(SLUICE_ROUTE_AUTH_TOKEN) {
            return routed.refuse(503, Self.drainingText, headers: ["Retry-After": "\(Self.retryAfterSeconds)"])
        }
        let asks = routed.route.has(SLUICE_ROUTE_AUTH_PLAY) || routed.route.has(SLUICE_ROUTE_AUTH_TOKEN)
        guard asks, !policy.chain.open else {
            routed.grant = Grant(question: question(routed.exchange, key), verdict: .allow, key: key, expires: .max)
            return dispatch(routed)
        }
        if routed.route.has(SLUICE_ROUTE_AUTH_TOKEN), let token = exchange.request.viewerToken, holds(token, for: key) {
            routed.grant = Grant(question: question(routed.exchange, key), verdict: .allow, key: key, expires: .max)
            return dispatch(routed)
        }
        let question = question(exchange, key)
        routed.question = decide(question) { verdict in
            routed.playerLane.post {
                routed.question = nil
                self.decided(verdict, question, routed, key)
            }
        }
    }

    func holds(_ token: String, for key: StreamKey) -> Bool {
        var subjects = [key]
        if let group = streams[key]?.snapshot.group, let name = Name(group) {
            subjects.append(StreamKey(app: key.app, stream: name))
        }
        return viewerTokens.isValid(token, for: subjects, now: wallMicroseconds)
    }

    func question(_ exchange: HTTPExchange, _ key: StreamKey) -> AuthQuestion {
        let request = exchange.request
        var question = AuthQuestion(action: .play, app: key.app, stream: key.stream)
        question.protocolName = "http"
        question.scheme = request.isTLS ? "https" : "http"
        let host = request.headers.first(name: "host") ?? ""
        question.hostName = String(host.split(separator: ":").first ?? "").lowercased()
        question.url = "\(question.scheme)://\(host)\(request.path.rawPath)"
        question.query = request.query.map { ($0.name, $0.value) }
        if let bearer = request.headers.first(name: "authorization"), bearer.lowercased().hasPrefix("bearer ") {
            question.credentials = [("bearer", String(bearer.dropFirst(7)))]
        }
        question.tls = request.isTLS
        question.peerAddress = request.peerAddress
        question.peerPort = UInt32(clamping: request.peerPort)
        return question
    }

    private func decided(_ verdict: Verdict, _ question: AuthQuestion, _ routed: RoutedExchange, _ key: StreamKey) {
        guard verdict.decision == .allow else {
            let status = verdict.httpStatus == 0 ? 403 : Int(verdict.httpStatus)
            return routed.refuse(status, verdict.message.isEmpty ? "not allowed" : verdict.message)
        }
        let allowed = StreamKey(app: key.app, stream: verdict.stream ?? key.stream)
        routed.key = allowed
        routed.grant = Grant(question: question, verdict: verdict, key: allowed, expires: .max)
        let day: Int64 = 86_400_000_000
        let until = verdict.notAfter > 0 ? verdict.notAfter : wallMicroseconds + day
        let token = viewerTokens.make(for: allowed, viewer: UInt32.random(in: 0...(.max)), notAfter: until)
        routed.childPrefix = "~\(token)/"
        dispatch(routed)
    }

    /// [lane of the request] Calls the handler on the stream's lane with its sink, or here.
    private func dispatch(_ routed: RoutedExchange) {
        guard routed.route.has(SLUICE_ROUTE_SINK) else { return handle(routed, sink: nil) }
        guard let key = routed.key, let stream = streams[key] else { return routed.refuse(404, "the stream is not on air") }
        stream.lane.post {
            guard let sink = stream.sink(of: routed.generation.id) else { return routed.refuse(404, "the stream is not on air") }
            // Begins anew then: the sink may be gone.
            if sink.holds({ self.dispatch(routed) }) { return }
            self.handle(routed, sink: sink)
        }
    }

    private func isSame(_ route: RegisteredRoute, in table: sluice_routes_interface) -> Bool {
        guard let list = table.routes, route.index < Int(table.route_count) else { return false }
        let stride = max(Int(table.route_stride), MemoryLayout<sluice_route>.stride)
        let raw = UnsafeRawPointer(list).advanced(by: route.index * stride).assumingMemoryBound(to: sluice_route.self).pointee
        return raw.pattern.string(limit: 512) == route.pattern
    }

    /// [lane of the stream, of the request, or control] Calls the plugin.
    private func handle(_ routed: RoutedExchange, sink: SinkInstance?) {
        // A sink that stayed with an older generation is that one's to answer for.
        let generation = sink?.generation ?? routed.generation
        guard let table: UnsafePointer<sluice_routes_interface> = generation.interface(SLUICE_INTERFACE_ROUTES) else {
            return routed.refuse(503, "the plugin is not there")
        }
        // Indices are a table's own: another generation's may stand for another route.
        guard generation === routed.generation || isSame(routed.route, in: table.pointee) else {
            return routed.refuse(503, "the plugin is being replaced")
        }
        routed.sinkHandle = sink?.handle ?? 0
        let request = routed.exchange.request
        let arena = TextArena()
        var raw = sluice_request()
        raw.struct_size = UInt32(MemoryLayout<sluice_request>.size)
        raw.route = UInt32(routed.route.index)
        raw.exchange = routed.handle
        raw.method = arena.text(request.method.rawValue)
        raw.path = arena.text("/" + request.path.parts.joined(separator: "/") + (request.path.endsInSlash ? "/" : ""))
        raw.query = arena.text(request.path.rawQuery ?? "")
        var parameters = request.parameters.map { ($0.name, $0.value) }
        if let key = routed.key, let index = parameters.firstIndex(where: { $0.0 == "stream" }) {
            parameters[index].1 = key.stream.text
        }
        raw.parameters = arena.pairs(parameters)
        raw.parameter_count = UInt32(parameters.count)
        let query = request.query.map { ($0.name, $0.value) }
        raw.query_pairs = arena.pairs(query)
        raw.query_count = UInt32(query.count)
        let headers = request.headers.map { ($0.name.lowercased(), $0.value) }.filter {
            $0.0 != "authorization" && $0.0 != "cookie"
        }
        raw.headers = arena.pairs(headers)
        raw.header_count = UInt32(headers.count)
        raw.tls = request.isTLS ? 1 : 0
        raw.body = arena.bytes(request.bodyBytes)
        raw.peer_address = arena.text(request.peerAddress)
        raw.child_prefix = arena.text(routed.childPrefix)
        raw.websocket = request.isWebSocketUpgrade && routed.route.has(SLUICE_ROUTE_WEBSOCKET) ? 1 : 0
        raw.now_ns = now
        var error = sluice_error.make()
        let status = withExtendedLifetime(arena) {
            generation.call(.handle, else: SLUICE_E_CANCELLED) {
                table.pointee.handle?(generation.instance, &raw, sink?.pointer, &error) ?? SLUICE_E_FAILED
            }
        }
        guard status < 0 else { return }
        guard !generation.budget.isClosed else { return routed.refuse(503, "the plugin is quarantined") }
        generation.failed(status, "a route failed: \(error.reason(or: "status \(status)"))")
        log.error(
            "route failed",
            ["plugin": generation.id, "route": routed.route.pattern, "reason": error.reason(or: "status \(status)")])
        routed.refuse(500, "the request could not be answered")
    }
}
