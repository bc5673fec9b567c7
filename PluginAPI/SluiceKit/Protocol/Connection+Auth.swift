/// What the chain decided, as the protocol plugin hears it.
public struct AuthAnswer: Sendable {
    public var decision: Verdict.Decision
    /// For publish or attach, used up by that.
    public var grant: sluice_handle
    /// The name to publish or play under.
    public var stream: String
    public var reason: String
    public var message: String
    public var status: String
    public var legacyPlayFailed: Bool

    init(_ raw: sluice_auth_answer) {
        decision = Verdict.Decision(rawValue: raw.decision) ?? .deny
        grant = raw.grant
        stream = raw.stream.string
        reason = raw.reason.string
        message = raw.message.string
        status = raw.status.string
        legacyPlayFailed = raw.flags & SLUICE_VERDICT_FLAG_LEGACY_PLAY_FAILED != 0
    }
}

/// A question as a protocol plugin puts it.
public struct AuthInquiry: Sendable {
    public var action: AuthQuestion.Action
    public var protocolName: String
    public var scheme: String
    public var hostName = ""
    public var port: UInt32 = 0
    public var app: String
    public var path = ""
    public var stream = ""
    public var url = ""
    public var rawApp = ""
    public var rawStream = ""
    public var query: [(key: String, value: String)] = []
    public var credentials: [(key: String, value: String)] = []

    public init(_ action: AuthQuestion.Action, protocolName: String, scheme: String, app: String) {
        self.action = action
        self.protocolName = protocolName
        self.scheme = scheme
        self.app = app
    }
}

private final class Answered {
    let done: (AuthAnswer) -> Void
    init(_ done: @escaping (AuthAnswer) -> Void) { self.done = done }
}

extension Connection {
    /// Asks the app's chain. `done` is called once, later, on the lane, unless the connection ends first.
    /// The returned operation has to be given to `release` when the session closes before the answer.
    public func ask(_ inquiry: AuthInquiry, _ done: @escaping (AuthAnswer) -> Void) throws(PluginError) -> AuthOperation {
        guard let auth = host.auth else { throw PluginError("the auth service is not granted", code: SLUICE_E_DENIED) }
        var arena = TextArena()
        var request = sluice_auth_request()
        request.struct_size = UInt32(MemoryLayout<sluice_auth_request>.size)
        request.action = inquiry.action.rawValue
        request.connection = handle
        request.protocol = arena.text(inquiry.protocolName)
        request.scheme = arena.text(inquiry.scheme)
        request.host_name = arena.text(inquiry.hostName)
        request.port = inquiry.port
        request.app = arena.text(inquiry.app)
        request.path = arena.text(inquiry.path)
        request.stream = arena.text(inquiry.stream)
        request.url = arena.text(inquiry.url)
        request.raw_app = arena.text(inquiry.rawApp)
        request.raw_stream = arena.text(inquiry.rawStream)
        request.query = arena.pairs(inquiry.query)
        request.query_count = UInt32(inquiry.query.count)
        request.credentials = arena.pairs(inquiry.credentials)
        request.credential_count = UInt32(inquiry.credentials.count)
        request.tls = tls ? 1 : 0
        request.peer_address = arena.text(peerAddress)
        request.peer_port = peerPort

        let operation = AuthOperation(host: host)
        let context = Unmanaged.passRetained(
            Answered { [weak operation] answer in
                operation?.finished()
                done(answer)
            })
        operation.context = context.toOpaque()
        do throws(PluginError) {
            try checked("ask") { error in
                auth.pointee.ask(
                    host.pointer, &request,
                    { context, answer in
                        guard let context, let answer else { return }
                        let box = Unmanaged<Answered>.fromOpaque(context).takeRetainedValue()
                        box.done(AuthAnswer(answer.pointee))
                    }, operation.context, &operation.handle, error)
            }
        } catch {
            operation.context = nil
            context.release()
            throw error
        }
        return operation
    }
}

/// A question under way; dropping it does not cancel it, `cancel` does. Lane-confined.
public final class AuthOperation {
    private let host: Host
    fileprivate var handle: sluice_handle = 0
    fileprivate var context: UnsafeMutableRawPointer?

    fileprivate init(host: Host) { self.host = host }

    /// Whether the answer has come, or none will.
    public var isOver: Bool { context == nil }

    fileprivate func finished() { context = nil }

    /// No answer comes any more.
    public func cancel() {
        guard let context, let auth = host.auth else { return }
        self.context = nil
        _ = auth.pointee.cancel(host.pointer, handle)
        Unmanaged<Answered>.fromOpaque(context).release()
    }
}
