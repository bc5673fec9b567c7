import HostHTTP
import HostPaths
import NIOHTTP1

/// `/APP/STREAM/thumbnail.jpg`: the last still picture that a step gave of a stream. Who may play the stream may see it.
extension Server {
    /// Once, before listeners are open.
    func addStillRoute() {
        guard let pattern = try? PathPattern("/{app}/{stream}/thumbnail.jpg") else { return }
        let route = Route(owner: "sluice", pattern: pattern, methods: [.GET, .HEAD]) { [weak self] exchange in
            self?.answerStill(exchange)
        }
        try? media.routes.replace(owner: "sluice", with: [route])
    }

    /// [lane of the request]
    private func answerStill(_ exchange: HTTPExchange) {
        guard let key = exchange.request.streamKey, let policy = policy(key.app) else { return refuseStill(exchange) }
        if policy.chain.open { return showStill(of: key, exchange) }
        if let token = exchange.request.viewerToken, holds(token, for: key) { return showStill(of: key, exchange) }
        let wait = decide(question(exchange, key)) { verdict in
            guard verdict.decision == .allow else {
                let status = verdict.httpStatus == 0 ? 403 : Int(verdict.httpStatus)
                _ = exchange.refuse(status: status, verdict.message.isEmpty ? "not allowed" : verdict.message)
                return
            }
            self.showStill(of: StreamKey(app: key.app, stream: verdict.stream ?? key.stream), exchange)
        }
        exchange.onClose { [weak self] in self?.withdraw(wait) }
    }

    private func showStill(of key: StreamKey, _ exchange: HTTPExchange) {
        guard let still = streams[key]?.still.withLock({ $0 }) else { return refuseStill(exchange) }
        _ = exchange.respond(still.response)
    }

    private func refuseStill(_ exchange: HTTPExchange) {
        exchange.refuse(status: 404, "there is no picture of such a stream", headers: ["Cache-Control": "max-age=1"])
    }
}
