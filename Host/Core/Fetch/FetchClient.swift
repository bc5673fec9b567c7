// FetchClient: the host's HTTP client, for all plugins. It owns connections, TLS and their reuse; it enforces origins, deadlines and
// sizes. It follows no redirect (the next address may be one that the manifest does not allow), keeps no cookie, decompresses nothing.

import AsyncHTTPClient
import HostPaths
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

public final class FetchClient: Sendable {
    private struct Parts: Sendable {
        let group: MultiThreadedEventLoopGroup
        let client: HTTPClient
    }
    private enum State: Sendable {
        /// Nobody has fetched anything: there is no thread and no connection.
        case unused
        case running(Parts)
        case over
    }

    private let state = Mutex(State.unused)
    private let trust: String?

    /// - Parameter trust: PEM file of further certificate authorities; nil: the system's alone.
    public init(trust: String? = nil) { self.trust = trust }

    private func client() throws(FetchError) -> HTTPClient {
        let found = state.withLock { state -> HTTPClient? in
            switch state {
            case .running(let parts): return parts.client
            case .over: return nil
            case .unused:
                let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
                let client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
                state = .running(Parts(group: group, client: client))
                return client
            }
        }
        guard let found else { throw .cancelled }
        return found
    }

    private var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        var tls = TLSConfiguration.makeClientConfiguration()
        if let trust { tls.additionalTrustRoots = [.file(trust)] }
        configuration.tlsConfiguration = tls
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .seconds(3))
        configuration.connectionPool.idleTimeout = .seconds(30)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.decompression = .disabled
        return configuration
    }

    /// Ends what is under way (`cancelled`) and closes all connections. Not from a thread of the client's.
    public func shutdown() {
        let parts = state.withLock { state -> Parts? in
            defer { state = .over }
            if case .running(let parts) = state { return parts }
            return nil
        }
        guard let parts else { return }
        try? parts.client.syncShutdown()
        try? parts.group.syncShutdownGracefully()
    }

    /// Begins a request. `done` is called once, later, on a thread of the client's.
    /// - Throws: what is wrong with the request; then `done` is not called.
    public func start(
        _ request: FetchRequest, egress: [Origin], done: @escaping @Sendable (Result<FetchAnswer, FetchError>) -> Void
    ) throws(FetchError) -> FetchOperation {
        let origin = try request.origin(allowedBy: egress)
        let made: HTTPClient.Request
        do {
            var body: HTTPClient.Body?
            if !request.body.isEmpty { body = .bytes(request.body) }
            made = try HTTPClient.Request(
                url: request.address, method: HTTPMethod(rawValue: request.method), headers: HTTPHeaders(request.headers),
                body: body)
        } catch {
            throw .invalid("the address cannot be read: \(error)")
        }
        // Two readers of one address have to find the same place in it.
        guard made.host.lowercased() == origin.host.trimmingBrackets, made.port == origin.port else {
            throw .invalid("the address can be read in two ways")
        }
        let receiver = FetchReceiver(limit: request.responseLimit, isHead: request.method == "HEAD")
        let client = try client()
        let deadline = NIODeadline.now() + .nanoseconds(Int64(clamping: request.nanoseconds))
        let task = client.execute(request: made, delegate: receiver, deadline: deadline)
        let operation = FetchOperation { task.cancel() }
        task.futureResult.whenComplete { result in
            switch result {
            case .success(let answer): done(.success(answer))
            case .failure(let error): done(.failure(Self.explain(error, origin, cancelled: operation.isCancelled)))
            }
        }
        return operation
    }

    private static func explain(_ error: any Error, _ origin: Origin, cancelled: Bool) -> FetchError {
        if cancelled { return .cancelled }
        if let error = error as? FetchError { return error }
        if let error = error as? HTTPClientError {
            switch error {
            case .deadlineExceeded, .readTimeout, .writeTimeout, .getConnectionFromPoolTimeout: return .timeout
            case .cancelled, .alreadyShutdown: return .cancelled
            case .connectTimeout: return .unreachable("\(origin): no connection in time")
            default: return .unreachable("\(origin): \(error.shortDescription)")
            }
        }
        return .unreachable("\(origin): \(error)")
    }
}

/// A request under way.
public final class FetchOperation: Sendable {
    private let end: @Sendable () -> Void
    private let cancelled = Atomic<Bool>(false)

    init(_ end: @escaping @Sendable () -> Void) { self.end = end }

    var isCancelled: Bool { cancelled.load(ordering: .acquiring) }

    /// [any] Its `done` comes with `cancelled`, unless an answer was first.
    public func cancel() {
        cancelled.store(true, ordering: .releasing)
        end()
    }
}

/// Gathers an answer, up to its limit.
private final class FetchReceiver: HTTPClientResponseDelegate {
    typealias Response = FetchAnswer

    private let limit: Int
    private let isHead: Bool
    private let answer = Mutex(FetchAnswer(status: 0, headers: [], body: []))

    init(limit: Int, isHead: Bool) {
        self.limit = limit
        self.isHead = isHead
    }

    func didReceiveHead(task: HTTPClient.Task<FetchAnswer>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        answer.withLock {
            $0.status = Int(head.status.code)
            $0.headers = head.headers.prefix(64).map { ($0.name.lowercased(), $0.value) }
        }
        if let length = head.headers.first(name: "content-length").flatMap({ Int($0) }), length > limit, !isHead {
            return task.eventLoop.makeFailedFuture(FetchError.tooLarge(limit: limit))
        }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<FetchAnswer>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
        let fits = answer.withLock { answer in
            guard answer.body.count + buffer.readableBytes <= limit else { return false }
            answer.body.append(contentsOf: buffer.readableBytesView)
            return true
        }
        return fits
            ? task.eventLoop.makeSucceededVoidFuture() : task.eventLoop.makeFailedFuture(FetchError.tooLarge(limit: limit))
    }

    func didFinishRequest(task: HTTPClient.Task<FetchAnswer>) throws -> FetchAnswer { answer.withLock { $0 } }
}

extension String {
    /// `[::1]` without its brackets.
    var trimmingBrackets: String { hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self }
}
