/// What the chain decided, as the protocol plugin hears it.
public struct AuthAnswer: Sendable {
    /// `allow`, `deny` or `later`.
    public var decision: Verdict.Decision
    /// For publish or attach, used up by that.
    public var grant: sluice_handle
    /// The name to publish or play under.
    public var stream: String
    /// Code for logs: `BAD_TOKEN`.
    public var reason: String
    /// Safe to show to the client.
    public var message: String
    /// The protocol status to answer with; empty: the protocol's default.
    public var status: String
    /// RTMP: also send NetStream.Play.Failed.
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
    /// What the peer wants to do.
    public var action: AuthQuestion.Action
    /// `rtmp`.
    public var protocolName: String
    /// `rtmp`, `rtmps`.
    public var scheme: String
    /// Of the address that the peer used, lower case, without port.
    public var hostName = ""
    /// Port of that address; 0: not said.
    public var port: UInt32 = 0
    /// One valid name.
    public var app: String
    /// What follows the app in the address, without leading slash.
    public var path = ""
    /// One valid name; empty at connect.
    public var stream = ""
    /// The raw address.
    public var url = ""
    /// RTMP: the raw `app` value.
    public var rawApp = ""
    /// RTMP: the raw stream text with its query.
    public var rawStream = ""
    /// Decoded pairs of the address, then of the stream text, in order.
    public var query: [(key: String, value: String)] = []
    /// What the protocol has: `user`, `password`, `bearer` …
    public var credentials: [(key: String, value: String)] = []

    /// A question about one app; all else is set afterwards.
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
