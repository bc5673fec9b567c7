/// The publishers that were let in and whose connections are open: for diagnostics (SPEC §14), and to end one.
///
/// A publisher that is to go is refused at its next question; the host asks again every few seconds. Bounded; holds no token.
public struct LivePublishers: Sendable {
    public struct Publisher: Hashable, Sendable {
        /// The host's handle of the connection.
        public var connection: UInt64
        public var app: String
        /// Under which it is on air: `0_ab12cd34_1`.
        public var stream: String
        public var entry: EntryID
        public var partner: Int32
        public var server: ServerIndex
        public var scheme: String
        /// The peer's address.
        public var source: String
        public var address: MaskedAddress
        /// Microseconds since 1970 when it was let in.
        public var since: Int64
        /// Whether its stream has media.
        public var isLive = false
        /// What the catalogue answered, to what question and when; nil: it has to be asked.
        let answer: LiveEntry
        let key: DecisionKey
        fileprivate var decided: UInt64?

        public init(
            connection: UInt64, app: String, stream: String, entry: LiveEntry, credentials: Credentials, scheme: String,
            source: String, address: MaskedAddress, since: Int64
        ) {
            self.connection = connection
            self.app = app
            self.stream = stream
            self.entry = entry.id
            partner = entry.partner
            server = credentials.server
            answer = entry
            key = DecisionKey(credentials)
            self.scheme = scheme
            self.source = source
            self.address = address
            self.since = since
        }
    }

    private struct Connection {
        var publishers: [String: Publisher] = [:]
        var isEnding = false
        /// When the host asked about it last.
        var seen: UInt64
    }

    /// How many connections are kept, and how many streams of one.
    public static let capacity = 10_000
    public static let streamsOfOne = 16
    /// Milliseconds. A connection that the host does not ask about for so long is gone, though nobody said so.
    static let forgottenAfter: UInt64 = 60_000
    /// How long an answer holds for a publisher that is on air.
    public static let freshMilliseconds: UInt64 = 55_000

    private var connections: [UInt64: Connection] = [:]

    public init() {}

    /// In the order in which they came.
    public var all: [Publisher] {
        connections.values.flatMap(\.publishers.values).sorted { ($0.since, $0.stream) < ($1.since, $1.stream) }
    }

    /// How many have media.
    public var liveCount: Int { connections.values.reduce(0) { $0 + $1.publishers.values.count { $0.isLive } } }

    /// A publisher was let in, at `now` in milliseconds that never go back. `asked`: by the catalogue's word of this moment.
    public mutating func admit(_ publisher: Publisher, asked: Bool, now: UInt64) {
        var publisher = publisher
        var connection = connections[publisher.connection] ?? Connection(seen: now)
        let known = connection.publishers[publisher.stream]
        if let known {
            publisher.since = known.since
            publisher.isLive = publisher.isLive || known.isLive
        } else {
            if connection.publishers.isEmpty { makeRoom(now) }
            guard connections.count < Self.capacity, connection.publishers.count < Self.streamsOfOne else { return }
        }
        publisher.decided = asked ? now : known?.decided
        connection.seen = now
        connection.publishers[publisher.stream] = publisher
        connections[publisher.connection] = connection
    }

    private mutating func makeRoom(_ now: UInt64) {
        guard connections.count >= Self.capacity else { return }
        connections = connections.filter { now &- $0.value.seen < Self.forgottenAfter }
    }

    /// What a question means that asks for these credentials on this connection.
    public enum Standing: Hashable, Sendable {
        /// Nobody with these credentials is on air by it: a new publisher.
        case unknown
        /// It is on air, and the catalogue was asked lately.
        case fresh(LiveEntry)
        /// It is on air; ask again. When nobody can answer it goes on: what is on air stays (SPEC §4).
        case due(LiveEntry)
        /// An operator ends it.
        case ending
    }

    public mutating func standing(_ connection: UInt64, _ credentials: Credentials, now: UInt64) -> Standing {
        guard let open = connections[connection] else { return .unknown }
        connections[connection]?.seen = now
        guard !open.isEnding else { return .ending }
        let key = DecisionKey(credentials)
        guard let known = open.publishers.values.first(where: { $0.key == key && $0.isLive }) else { return .unknown }
        guard let decided = known.decided, now &- decided < Self.freshMilliseconds else { return .due(known.answer) }
        return .fresh(known.answer)
    }

    /// Its stream has media, or not any more.
    public mutating func set(live: Bool, stream: String) {
        for (id, connection) in connections where connection.publishers[stream] != nil {
            connections[id]?.publishers[stream]?.isLive = live
        }
    }

    public mutating func closed(_ connection: UInt64) { connections[connection] = nil }

    /// The catalogue changed: each is asked about again.
    public mutating func askAgain() {
        for (id, connection) in connections {
            for stream in connection.publishers.keys { connections[id]?.publishers[stream]?.decided = nil }
        }
    }

    /// Ends those of an entry, a stream or a connection; returns how many connections that are.
    public mutating func end(_ what: String) -> Int {
        var count = 0
        for (id, connection) in connections {
            let isMeant =
                what == String(id) || connection.publishers.values.contains { what == $0.entry.text || what == $0.stream }
            guard isMeant else { continue }
            connections[id]?.isEnding = true
            count += 1
        }
        return count
    }
}
