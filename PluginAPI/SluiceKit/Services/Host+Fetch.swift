private import Synchronization

/// An HTTP request for the host's client; the manifest's `[permissions] egress` names the origins that it may go to.
public struct Fetch: Sendable {
    /// `GET`, `POST` …
    public var method: String
    /// http or https.
    public var url: String
    /// At most 64; host, content-length, transfer-encoding, connection and upgrade are the host's.
    public var headers: [(String, String)]
    /// At most 16 MiB; in a process of its own 960 KiB.
    public var body: [UInt8]
    /// Until the whole answer is there.
    public var milliseconds: UInt64
    /// Bytes of the answer's body.
    public var responseLimit: UInt64

    /// A request; by default GET with eight seconds and 1 MiB for the answer.
    public init(
        _ method: String = "GET", _ url: String, headers: [(String, String)] = [], body: [UInt8] = [],
        milliseconds: UInt64 = 8000,
        responseLimit: UInt64 = 1 << 20
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.milliseconds = milliseconds
        self.responseLimit = responseLimit
    }
}

/// What came back, whatever its status.
public struct FetchedAnswer: Sendable {
    /// The HTTP status.
    public var status: Int
    /// Names in lower case.
    public var headers: [(String, String)]
    /// As it came: nothing is decompressed.
    public var body: [UInt8]

    /// The first value of a header; the name in lower case.
    public func header(_ name: String) -> String? { headers.first { $0.0 == name }?.1 }
}

extension Host {
    /// Fetches. Throws `SLUICE_E_DENIED` (egress, or the service is not granted), `SLUICE_E_BACKEND` (no connection, TLS, garbage),
    /// `SLUICE_E_TIMEOUT`, `SLUICE_E_LIMIT` (too many, or too large an answer), `SLUICE_E_INVALID`; cancelled with its task, `SLUICE_E_CANCELLED`.
    public func fetch(_ request: Fetch) async throws(PluginError) -> FetchedAnswer {
        guard fetch != nil else { throw PluginError("the fetch service is not granted", code: SLUICE_E_DENIED) }
        let wait = FetchWait()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Result<FetchedAnswer, PluginError>, Never>) in
                start(request, wait, continuation)
            }
        } onCancel: {
            wait.cancel { cancelFetch($0) }
        }
        return try result.get()
    }

    private func cancelFetch(_ operation: sluice_handle) {
        if let fetch { _ = fetch.pointee.cancel(pointer, operation) }
    }

    private func start(
        _ request: Fetch, _ wait: FetchWait, _ continuation: CheckedContinuation<Result<FetchedAnswer, PluginError>, Never>
    ) {
        var arena = TextArena()
        var raw = sluice_fetch_request()
        raw.struct_size = UInt32(MemoryLayout<sluice_fetch_request>.size)
        raw.method = arena.text(request.method)
        raw.url = arena.text(request.url)
        raw.headers = arena.pairs(request.headers.map { (key: $0.0, value: $0.1) })
        raw.header_count = UInt32(truncatingIfNeeded: request.headers.count)
        raw.deadline_ns = monotonicNanoseconds &+ min(request.milliseconds, 86_400_000) &* 1_000_000
        raw.response_limit = max(request.responseLimit, 1)
        let box = Unmanaged.passRetained(FetchDone(continuation))
        var (operation, error) = (sluice_handle(0), sluice_error())
        error.struct_size = UInt32(MemoryLayout<sluice_error>.size)
        let status = request.body.withUnsafeBufferPointer { body in
            raw.body = sluice_bytes(data: body.baseAddress, size: UInt64(body.count))
            guard let fetch else { return SLUICE_E_DENIED }
            return fetch.pointee.start(
                pointer, &raw,
                { context, answer in
                    guard let context else { return }
                    Unmanaged<FetchDone>.fromOpaque(context).takeRetainedValue().finish(answer)
                }, box.toOpaque(), &operation, &error)
        }
        guard status == SLUICE_OK else {
            box.release()
            return continuation.resume(returning: .failure(PluginError(reason(error), code: status)))
        }
        wait.began(operation) { cancelFetch($0) }
    }
}

/// A continuation on its way through the host.
private final class FetchDone {
    private let continuation: CheckedContinuation<Result<FetchedAnswer, PluginError>, Never>

    init(_ continuation: CheckedContinuation<Result<FetchedAnswer, PluginError>, Never>) { self.continuation = continuation }

    func finish(_ answer: UnsafePointer<sluice_fetch_answer>?) {
        guard let found = answer?.pointee, found.failure == SLUICE_OK else {
            let (failure, reason) = (answer?.pointee.failure ?? SLUICE_E_FAILED, answer?.pointee.reason.string ?? "no answer")
            return continuation.resume(returning: .failure(PluginError(reason, code: failure)))
        }
        var headers: [(String, String)] = []
        if let pairs = found.headers {
            for index in 0..<Int(found.header_count) { headers.append((pairs[index].key.string, pairs[index].value.string)) }
        }
        let body = UnsafeBufferPointer(start: found.body.data, count: found.body.data == nil ? 0 : Int(clamping: found.body.size))
        continuation.resume(returning: .success(FetchedAnswer(status: Int(found.status), headers: headers, body: Array(body))))
    }
}

/// A request's handle, known to who cancels as soon as there is one.
private final class FetchWait: Sendable {
    private let state = Mutex<(handle: sluice_handle, isCancelled: Bool)>((0, false))

    func began(_ handle: sluice_handle, _ cancel: (sluice_handle) -> Void) {
        let isCancelled = state.withLock { state in
            state.handle = handle
            return state.isCancelled
        }
        if isCancelled { cancel(handle) }
    }

    func cancel(_ cancel: (sluice_handle) -> Void) {
        let handle = state.withLock { state in
            state.isCancelled = true
            return state.handle
        }
        if handle != 0 { cancel(handle) }
    }
}
