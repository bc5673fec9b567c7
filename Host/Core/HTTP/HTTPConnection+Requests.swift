import HostPaths
import NIOCore
import NIOHTTP1
import Synchronization

/// From the parts of a request to a handler's call.
extension HTTPConnection {
    func process(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head): accept(head)
        case .body(let bytes): collect(bytes)
        case .end: dispatch()
        }
    }

    private func accept(_ head: HTTPRequestHead) {
        skipsToEnd = true  // until the head is found good
        if let problem = RequestCheck.framing(head) {
            return refuse(status: problem.status, problem.reason, close: true)
        }
        lease.markAuthenticated()  // a whole good head: no longer a stranger that costs a place per address
        let declared = RequestCheck.bodyLength(head)
        keepsAlive = head.isKeepAlive && !head.headers.contains(name: "upgrade") && head.method != .CONNECT
        isHEAD = head.method == .HEAD
        // A refusal before the body has come leaves the body unread, which only a close can follow.
        let closes = !keepsAlive || declared != .none
        if case .length(let length) = declared, length > service.limits.bodyBytes {
            return refuse(status: 413, "request body is too large", close: true)
        }
        if head.method == .OPTIONS, head.uri == "*" {
            return refuse(with: HTTPResponse(status: 204, headers: ["Allow": "GET, HEAD, OPTIONS"]), close: closes)
        }
        let path: RequestPath
        do {
            path = try RequestPath(target: head.uri.utf8, cutsViewerToken: service.configuration.cutsViewerTokens)
        } catch {
            return refuse(status: error.status, error.description, close: closes)
        }
        route(head, path, closes)
    }

    private func route(_ head: HTTPRequestHead, _ path: RequestPath, _ closes: Bool) {
        let match = service.routes.match(head.method, path)
        if let gate = service.configuration.gate {
            if let refusal = gate.refusal(head, isTLS: isTLS, match) {
                let response = service.refusal(status: refusal.status, reason: refusal.reason, headers: refusal.headers)
                return refuse(with: response, close: closes)
            }
        }
        switch match {
        case .none:
            refuse(status: 404, "nothing is here", close: closes)
        case .missingSlash:
            let query = path.rawQuery.map { "?" + $0 } ?? ""
            refuse(with: HTTPResponse(status: 301, headers: ["Location": path.rawPath + "/" + query]), close: closes)
        case .wrongMethod(let methods, _, _):
            let allow = RequestCheck.allow(methods)
            if head.method == .OPTIONS {
                refuse(with: RequestCheck.options(allow, crossOrigin: service.configuration.allowsCrossOrigin), close: closes)
            } else {
                let response = service.refusal(status: 405, reason: "method not allowed", headers: ["Allow": allow])
                refuse(with: response, close: closes)
            }
        case .found(let route, let parameters):
            if let expectation = head.headers.first(name: "expect") {
                guard expectation.lowercased() == "100-continue" else {
                    return refuse(status: 417, "expectation is not understood", close: closes)
                }
                if RequestCheck.bodyLength(head) != .none, head.version.minor > 0 {
                    context?.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
                }
            }
            setDeadline(in: service.limits.bodyTime)
            skipsToEnd = false
            phase = .body(Collected(head: head, path: path, route: route, parameters: parameters))
        }
    }

    private func collect(_ bytes: ByteBuffer) {
        guard case .body(var collected) = phase else { return }
        phase = .head  // gives up the other reference, so that the append does not copy
        let limits = service.limits
        bodyBudget += bytes.readableBytes
        let inAll = service.bodyBytes.wrappingAdd(bytes.readableBytes, ordering: .relaxed).newValue
        guard collected.body.readableBytes + bytes.readableBytes <= limits.bodyBytes, inAll <= limits.bodyBytesInAll else {
            return refuse(status: 413, "request body is too large", close: true)
        }
        collected.body.writeImmutableBuffer(bytes)
        phase = .body(collected)
    }

    func giveBackBodyBudget() {
        guard bodyBudget > 0 else { return }
        service.bodyBytes.wrappingSubtract(bodyBudget, ordering: .relaxed)
        bodyBudget = 0
    }

    private func dispatch() {
        guard case .body(let collected) = phase else { return }
        let request = HTTPRequest(
            method: collected.head.method, path: collected.path, headers: collected.head.headers, body: collected.body,
            parameters: collected.parameters, peerAddress: peer.host, peerPort: peer.port, isTLS: isTLS,
            isVersion11: collected.head.version.minor > 0)
        giveBackBodyBudget()
        let exchange = HTTPExchange(request: request, connection: self)
        phase = .handling(exchange)
        setDeadline(in: service.limits.handlerTime)
        service.counters.requestHandled()
        collected.route.handler(exchange)
    }

    /// Refuses the request under way before a handler has seen it.
    func refuse(status: Int, _ reason: String, close: Bool) {
        refuse(with: service.refusal(status: status, reason: reason), close: close)
    }

    func refuse(with response: HTTPResponse, close: Bool) {
        service.counters.requestRefused()
        giveBackBodyBudget()
        send(response, variant(for: nil, response, close: close), body: isHEAD ? nil : response.body, close: close)
    }
}
