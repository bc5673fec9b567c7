// EventStream: server-sent events (WHATWG HTML §9.2) to any number of admin clients.
//
// Each event is encoded once. A client that lets more than its bound pile up is dropped, never waited for. It keeps no
// history: who comes late asks the API for the state first.

import NIOCore
import NIOHTTP1
import Synchronization

/// One stream of server-sent events; any thread.
public final class EventStream: Sendable {
    /// What bounds the clients.
    public struct Limits: Sendable {
        /// Clients at once; one more is answered 503.
        public var clients = 64
        /// Bytes not yet taken by a client, beyond which it is dropped.
        public var pendingBytes = 256 * 1024
        /// Time between two comments that keep a silent connection alive.
        public var heartbeat = TimeAmount.seconds(15)

        /// 64 clients, 256 KiB each, 15 s.
        public init() {}
    }

    private struct State {
        var clients: [UInt64: HTTPExchange] = [:]
        var lastEvent: UInt64 = 0
        var isBeating = false
    }

    private let limits: Limits
    private let state = Mutex(State())

    /// A stream without clients.
    public init(limits: Limits = .init()) {
        self.limits = limits
    }

    /// Clients now.
    public var count: Int { state.withLock { $0.clients.count } }

    /// Makes the exchange a client: answers 200 and keeps the response open; 503 when there are too many.
    /// - Returns: false when it was not taken.
    @discardableResult
    public func add(_ exchange: HTTPExchange) -> Bool {
        let hasRoom = state.withLock { state in
            guard state.clients.count < limits.clients else { return false }
            state.clients[exchange.id] = exchange
            return true
        }
        guard hasRoom else {
            exchange.refuse(status: 503, "too many event clients", headers: ["Retry-After": "10"])
            return false
        }
        let headers: HTTPHeaders = [
            "Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store", "X-Accel-Buffering": "no",
        ]
        guard exchange.begin(status: 200, headers: headers) else {
            remove(exchange)
            return false
        }
        exchange.write(ByteBuffer(string: ": sluice\nretry: 2000\n\n"))
        exchange.onClose { [weak self, weak exchange] in
            if let exchange { self?.remove(exchange) }
        }
        beat(on: exchange.loop)
        return true
    }

    /// Sends an event to all clients; a client that is behind by more than its bound is dropped.
    /// - Parameters:
    ///   - name: one word.
    ///   - data: any text, usually one line of JSON; line ends are kept by the format.
    public func publish(_ name: String, _ data: String) {
        let (id, clients) = state.withLock { state in
            state.lastEvent += 1
            return (state.lastEvent, Array(state.clients.values))
        }
        guard !clients.isEmpty else { return }
        send(EventStream.encode(id: id, name: name, data: data), to: clients)
    }

    /// Ends every client's response.
    public func close() {
        let clients = state.withLock { state in
            defer { state.clients = [:] }
            return Array(state.clients.values)
        }
        for client in clients { client.end() }
    }

    static func encode(id: UInt64, name: String, data: String) -> ByteBuffer {
        var out = ByteBuffer()
        let word = name.unicodeScalars.filter { $0 != "\r" && $0 != "\n" && $0 != "\0" }
        out.writeString("id: \(id)\nevent: ")
        out.writeString(String(String.UnicodeScalarView(word)))
        // Character-wise, CR LF is one: every line end becomes a new data line.
        for line in data.split(omittingEmptySubsequences: false, whereSeparator: { "\r\n".contains($0) || $0 == "\r\n" }) {
            out.writeString("\ndata: ")
            out.writeSubstring(line)
        }
        out.writeString("\n\n")
        return out
    }

    private func send(_ bytes: ByteBuffer, to clients: [HTTPExchange]) {
        for client in clients {
            if client.pendingBytes > limits.pendingBytes {
                remove(client)
                client.abort()
            } else if !client.write(bytes) {
                remove(client)
            }
        }
    }

    private func remove(_ exchange: HTTPExchange) {
        _ = state.withLock { $0.clients.removeValue(forKey: exchange.id) }
    }

    private func beat(on loop: any EventLoop) {
        let starts = state.withLock { state in
            defer { state.isBeating = true }
            return !state.isBeating
        }
        if starts { schedule(on: loop) }
    }

    private func schedule(on loop: any EventLoop) {
        loop.scheduleTask(in: limits.heartbeat) { [weak self] in
            guard let self else { return }
            let clients = state.withLock { state in
                if state.clients.isEmpty { state.isBeating = false }
                return Array(state.clients.values)
            }
            guard !clients.isEmpty else { return }
            send(ByteBuffer(string: ":\n\n"), to: clients)
            schedule(on: loop)
        }
    }
}
