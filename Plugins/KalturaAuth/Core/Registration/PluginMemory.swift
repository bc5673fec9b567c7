import Formats
import SluiceJSON

/// What the next generation of the plugin, or its next process, has to know of this one: who is on air and by which keys they were let
/// in, and who was let in lately. As JSON, for a file that only the server's user can read.
///
/// Of tokens it holds the SHA-256, as the keys do. Reading never fails: what cannot be read is left out.
public struct PluginMemory: Sendable {
    public typealias LetIn = (key: DecisionKey, entry: LiveEntry, age: UInt64)

    /// An input on air.
    public struct OnAir: Hashable, Sendable {
        public var entry: LiveEntry
        public var server: ServerIndex
        public var keys: Set<DecisionKey>
        /// Streams, whether they have a publisher or wait for theirs.
        public var streams: Set<String>
        /// Whether the back end was told of it, and that it can be watched.
        public var isTold: Bool
        public var isPlayable: Bool
    }

    /// The most of either that is read.
    static let limit = 10_000

    /// Whose answers these are: the back end's address and the partner that asks. For any other they mean nothing.
    public var backEnd = ""
    /// Apps that the streams are in.
    public var apps: Set<String> = []
    public var onAir: [OnAir] = []
    public var letIn: [LetIn] = []

    public init() {}

    /// `wall`: unix seconds.
    public func text(wall: Int64) -> String {
        let onAir = onAir.map { one in
            [
                "entry": one.entry.apiObject, "server": .integer(Int64(one.server.rawValue)),
                "keys": .array(one.keys.map(Self.key)), "streams": .array(one.streams.sorted().map { .string($0) }),
                "told": .bool(one.isTold), "playable": .bool(one.isPlayable),
            ] as JSONValue
        }
        let letIn = letIn.map { one in
            [
                "entry": one.entry.apiObject, "server": .integer(Int64(one.key.server.rawValue)), "key": Self.key(one.key),
                "at": .integer(wall &- Int64(clamping: one.age / 1000)),
            ] as JSONValue
        }
        let all: JSONValue = [
            "version": 1, "back_end": .string(backEnd), "apps": .array(apps.sorted().map { .string($0) }),
            "on_air": .array(onAir), "let_in": .array(letIn),
        ]
        return all.serialized()
    }

    /// `wall`: unix seconds; what claims to be of later was written under another clock, and is left out.
    public init(_ text: String, wall: Int64) {
        let limits = JSONLimits(depth: 8, bytes: 32 << 20, values: 1_000_000)
        guard let all = try? JSONValue(parsing: text, limits: limits), all["version"]?.int64Value == 1 else { return }
        backEnd = all["back_end"]?.stringValue ?? ""
        apps = Set((all["apps"]?.arrayValue ?? []).prefix(100).compactMap(\.stringValue))
        for one in (all["on_air"]?.arrayValue ?? []).prefix(Self.limit) {
            guard let (entry, server) = Self.subject(one) else { continue }
            let keys = (one["keys"]?.arrayValue ?? []).compactMap { Self.key($0, entry.id, server) }
            onAir.append(
                OnAir(
                    entry: entry, server: server, keys: Set(keys),
                    streams: Set((one["streams"]?.arrayValue ?? []).compactMap(\.stringValue)),
                    isTold: one["told"]?.boolValue ?? true, isPlayable: one["playable"]?.boolValue ?? false))
        }
        for one in (all["let_in"]?.arrayValue ?? []).prefix(Self.limit) {
            guard let (entry, server) = Self.subject(one), let key = one["key"].flatMap({ Self.key($0, entry.id, server) }),
                let at = one["at"]?.int64Value, at <= wall
            else { continue }
            letIn.append((key, entry, UInt64(clamping: wall &- at) &* 1000))
        }
    }

    private static func subject(_ one: JSONValue) -> (LiveEntry, ServerIndex)? {
        guard let entry = one["entry"].flatMap({ LiveEntry(api: $0) }),
            let server = one["server"]?.int64Value.flatMap({ UInt8(exactly: $0) }).flatMap(ServerIndex.init(rawValue:))
        else { return nil }
        return (entry, server)
    }

    private static func key(_ key: DecisionKey) -> JSONValue {
        ["partner": .integer(Int64(key.partner)), "token_sha256": .string(Hex.text(key.digest))]
    }

    private static func key(_ value: JSONValue, _ entry: EntryID, _ server: ServerIndex) -> DecisionKey? {
        guard let partner = value["partner"]?.int64Value.flatMap({ Int32(exactly: $0) }),
            let digest = value["token_sha256"]?.stringValue.flatMap({ Hex.bytes($0) }), digest.count == 32
        else { return nil }
        return DecisionKey(partner: partner, entry: entry, server: server, digest: digest)
    }
}

extension RegistrationBook {
    /// What of a stream is there still.
    public enum Presence: Sendable { case live, lost, gone }

    /// Who is on air, for another generation.
    public var saved: [PluginMemory.OnAir] {
        inputs.map { input, one in
            PluginMemory.OnAir(
                entry: one.entry, server: input.server, keys: one.keys, streams: one.live.union(one.lost), isTold: one.calls > 0,
                isPlayable: one.isPlayable)
        }
    }

    /// Takes over who is on air still; returns the calls that tell the back end what has ended meanwhile.
    public mutating func restore(
        _ saved: [PluginMemory.OnAir], now: UInt64, presence: (String) -> Presence
    ) -> [Registration] {
        var over: [Registration] = []
        for known in saved {
            let input = Input(entry: known.entry.id, server: known.server)
            guard inputs[input] == nil else { continue }
            var one = OnAir(entry: known.entry, keys: known.keys, callAt: now)
            for name in known.streams where LiveInputs.parse(name)?.0 == input {
                switch presence(name) {
                case .live: one.live.insert(name)
                case .lost: one.lost.insert(name)
                case .gone: break
                }
            }
            one.isPlayable = known.isPlayable
            one.calls = known.isTold ? 1 : 0
            one.liveSince = one.live.isEmpty ? nil : now
            if !one.live.isEmpty || !one.lost.isEmpty {
                inputs[input] = one
            } else if known.isTold, registers {
                over.append(Registration(input: input, partner: known.entry.partner, kind: .unregister, mayRecord: false))
            }
        }
        return over
    }
}
