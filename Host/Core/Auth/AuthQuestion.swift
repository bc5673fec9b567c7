import CSluice
import HostPaths

/// One question to an app's chain, as the host keeps it: bounded copies of what the asking plugin said.
struct AuthQuestion: Sendable {
    enum Action: UInt32, Sendable {
        case connect = 1
        case publish, play, admin

        var name: String {
            switch self {
            case .connect: "connect"
            case .publish: "publish"
            case .play: "play"
            case .admin: "admin"
            }
        }
    }

    var action: Action
    var protocolName = ""
    var scheme = ""
    var hostName = ""
    var port: UInt32 = 0
    var app: Name
    var path = ""
    var stream: Name?
    var url = ""
    var rawApp = ""
    var rawStream = ""
    var query: [(String, String)] = []
    var credentials: [(String, String)] = []
    var tls = false
    var peerAddress = ""
    var peerPort: UInt32 = 0
    var context = ""
    /// The session that asks, 0 for HTTP. Not of the question's identity: who is coalesced is asked for by the first.
    var connection: UInt64 = 0

    init(action: Action, app: Name, stream: Name?) {
        self.action = action
        self.app = app
        self.stream = stream
    }

    /// A copy of a plugin's question, or the reason why it is none.
    init(_ raw: sluice_auth_request) throws(Refused) {
        guard let action = Action(rawValue: raw.action) else { throw Refused(text: "unknown action \(raw.action)") }
        guard let app = Name(raw.app.string(limit: 300)) else { throw Refused(text: "the app is not a valid name") }
        let streamText = raw.stream.string(limit: 300)
        let stream = Name(streamText)
        guard action == .connect || action == .admin || stream != nil else {
            throw Refused(text: "the stream is not a valid name")
        }
        self.init(action: action, app: app, stream: stream)
        protocolName = raw.protocol.string(limit: 32)
        scheme = raw.scheme.string(limit: 32)
        hostName = raw.host_name.string(limit: 512)
        port = raw.port
        path = raw.path.string(limit: 4096)
        url = raw.url.string(limit: 4096)
        rawApp = raw.raw_app.string(limit: 4096)
        rawStream = raw.raw_stream.string(limit: 4096)
        query = copyPairs(raw.query, raw.query_count)
        credentials = copyPairs(raw.credentials, raw.credential_count)
        tls = raw.tls != 0
        peerAddress = raw.peer_address.string(limit: 128)
        peerPort = raw.peer_port
    }

    struct Refused: Error { let text: String }

    /// What makes two questions the same one: everything but the peer's port, under a keyed hash, so that no token lies in a table.
    func identity(key: [UInt8]) -> AuthIdentity {
        var bytes: [UInt8] = [UInt8(truncatingIfNeeded: action.rawValue), tls ? 1 : 0]
        func add(_ text: String) {
            let utf8 = Array(text.utf8)
            withUnsafeBytes(of: UInt32(truncatingIfNeeded: utf8.count)) { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: utf8)
        }
        for text in [
            protocolName, scheme, hostName, app.text, path, stream?.text ?? "", url, rawApp, rawStream, peerAddress, context,
        ] {
            add(text)
        }
        for list in [query, credentials] {
            add(String(list.count))
            for (name, value) in list {
                add(name)
                add(value)
            }
        }
        add(String(port))
        return AuthIdentity(digest: Digest.hmac(key: key, bytes))
    }

    /// Calls `body` with the C form, borrowed.
    func withC(deadline: UInt64, _ body: (UnsafePointer<sluice_auth_request>) -> Int32) -> Int32 {
        let arena = TextArena()
        var raw = sluice_auth_request()
        raw.struct_size = UInt32(MemoryLayout<sluice_auth_request>.size)
        raw.action = action.rawValue
        raw.connection = connection
        raw.protocol = arena.text(protocolName)
        raw.scheme = arena.text(scheme)
        raw.host_name = arena.text(hostName)
        raw.port = port
        raw.app = arena.text(app.text)
        raw.path = arena.text(path)
        raw.stream = arena.text(stream?.text ?? "")
        raw.url = arena.text(url)
        raw.raw_app = arena.text(rawApp)
        raw.raw_stream = arena.text(rawStream)
        raw.query = arena.pairs(query)
        raw.query_count = UInt32(query.count)
        raw.credentials = arena.pairs(credentials)
        raw.credential_count = UInt32(credentials.count)
        raw.tls = tls ? 1 : 0
        raw.peer_address = arena.text(peerAddress)
        raw.peer_port = peerPort
        raw.context = arena.text(context)
        raw.deadline_ns = deadline
        return withExtendedLifetime(arena) { withUnsafePointer(to: &raw, body) }
    }
}

/// A keyed hash of a whole question.
struct AuthIdentity: Hashable, Sendable {
    let digest: [UInt8]
}
