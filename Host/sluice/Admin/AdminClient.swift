import NIOCore
import NIOHTTP1
import NIOPosix
import SluiceJSON

/// A small HTTP/1.1 client of the admin API: one connection per request, blocking for its caller.
struct AdminClient {
    /// An answer, whole.
    struct Answer: Sendable, Equatable {
        var status: Int
        var body: [UInt8]
    }

    /// Answers longer than this are cut off with an error.
    static let bodyLimit = 64 << 20

    let server: RunningServer

    init(_ server: RunningServer) { self.server = server }

    // MARK: - Requests

    /// The JSON behind an address.
    /// - Throws: `Failure`, with the exit code that fits the status.
    func get(_ path: String) throws -> JSONValue { try json(try send(.GET, path), path) }

    func delete(_ path: String) throws -> JSONValue { try json(try send(.DELETE, path), path) }

    func post(_ path: String, _ body: JSONValue, timeout: TimeAmount) throws -> JSONValue {
        try json(try send(.POST, path, body: body.serializedBytes(), timeout: timeout), path)
    }

    /// One request, one whole answer, whatever its status.
    func send(_ method: HTTPMethod, _ path: String, body: [UInt8] = [], timeout: TimeAmount = .seconds(15)) throws -> Answer {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let promise = loop.makePromise(of: Answer.self)
        try run(method, path, body: body, on: loop, timeout: timeout, done: promise) { _ in }
        return try wait(promise.futureResult)
    }

    /// One request whose answer goes on: the body is handed over piece by piece, on another thread, until the server ends it.
    func stream(_ path: String, _ receive: @escaping @Sendable (ByteBuffer) -> Void) throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let promise = loop.makePromise(of: Answer.self)
        try run(.GET, path, body: [], on: loop, timeout: nil, done: promise, receive)
        let answer = try wait(promise.futureResult)
        guard answer.status == 200 else {
            _ = try json(answer, path)
            throw Failure(Exit.failed, "the server answered \(path) with status \(answer.status)")
        }
    }

    private func run(
        _ method: HTTPMethod, _ path: String, body: [UInt8], on loop: any EventLoop, timeout: TimeAmount?,
        done: EventLoopPromise<Answer>, _ receive: @escaping @Sendable (ByteBuffer) -> Void
    ) throws {
        var head = HTTPRequestHead(version: .http1_1, method: method, uri: path)
        let name = server.host.contains(":") ? "[\(server.host)]" : server.host
        head.headers = [
            "Host": "\(name):\(server.port)", "Authorization": "Bearer \(server.token)", "Connection": "close",
            "User-Agent": "sluice",
            "Accept": "*/*",
        ]
        if method == .POST {
            head.headers.add(name: "Content-Type", value: "application/json")
            head.headers.add(name: "Content-Length", value: "\(body.count)")
        }
        let request = head
        let connecting = ClientBootstrap(group: loop).connectTimeout(.seconds(3)).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                try pipeline.addHTTPClientHandlers()
                try pipeline.addHandler(AdminExchange(request, body: body, timeout: timeout, done: done, receive))
            }
        }.connect(host: server.host, port: server.port)
        connecting.whenFailure { error in
            done.fail(Failure(Exit.noServer, "no answer from the server at \(request.headers["Host"].first ?? ""): \(error)"))
        }
    }

    private func wait(_ future: EventLoopFuture<Answer>) throws -> Answer { try future.wait() }

    // MARK: - Answers

    private func json(_ answer: Answer, _ path: String) throws -> JSONValue {
        let value = try? JSONValue(parsing: answer.body, limits: JSONLimits(bytes: Self.bodyLimit))
        let reason = value?["error"]?.stringValue ?? value?["reason"]?.stringValue
        switch answer.status {
        case 200...299:
            if let value { return value }
            if answer.body.isEmpty { return [:] }
            throw Failure(Exit.failed, "the server's answer to \(path) is no JSON")
        case 401, 403: throw Failure(Exit.notAllowed, "the server does not take the token of the data folder")
        case 404: throw Failure(Exit.notFound, reason ?? "nothing at \(path)")
        default: throw Failure(Exit.failed, reason ?? "the server answered \(path) with status \(answer.status)")
        }
    }

    /// One path part of an address.
    static func escaped(_ part: String) -> String {
        part.utf8.map { byte in
            return isUnreserved(byte)
                ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }

    /// RFC 3986 §2.3.
    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
