import Formats
import SluiceJSON

/// The ladders of what is on air here and was a moment ago (SPEC §8.1): one question per broadcast and input, the last good answer kept for
/// when there is none. Events and times in, questions out; no I/O. Bounded; not thread-safe.
///
/// A stream is asked for twice: when it is published, with nothing known of it, and when its tracks are.
public struct ProfileBook: Sendable {
    /// Grows with each change of what `text` says.
    public private(set) var revision: UInt64 = 0
    /// Streams.
    static let capacity = 4_000
    /// Milliseconds that a stream which was let in may take to go on air.
    static let patience: UInt64 = 60_000

    private struct Held {
        var entry: LiveEntry
        /// What was known of the input that the answer is for.
        var input: ProfileInput
        var answer: Result<String, Refusal>
        /// Of this broadcast, until then at least when it is not on air yet.
        var isCurrent = true
        var isLive = false
        var isAsking = false
        var until: UInt64
    }

    private var held: [StreamKey: Held] = [:]
    /// Who was refused a moment ago, and until when that holds.
    private var refused: [StreamKey: (refusal: Refusal, until: UInt64)] = [:]
    /// Milliseconds that NO_PROFILE holds for a stream that asks again.
    static let refusalHolds: UInt64 = 2_000
    /// Milliseconds that a good answer is kept beyond its broadcast.
    public var grace: UInt64 = 600_000

    public init() {}

    /// What holds for a stream that is published; nil: ask.
    public func current(_ key: StreamKey, now: UInt64) -> Result<String, Refusal>? {
        if let refused = refused[key], now < refused.until { return .failure(refused.refusal) }
        guard let one = held[key], one.isCurrent, one.isLive || now < one.until else { return nil }
        return one.answer
    }

    /// What holds now that an answer is there; nil: nothing is known, and of a stream on air (`isOnAir`) that is no reason to end it.
    /// `fallback` is the text of the configured one.
    public mutating func took(
        _ answer: ProfileAnswer, of key: StreamKey, _ entry: LiveEntry, _ input: ProfileInput, fallback: String?,
        isOnAir: Bool = false, now: UInt64
    ) -> Result<String?, Refusal> {
        let before = held[key]
        let isLive = isOnAir || before?.isLive ?? false
        let result: Result<String, Refusal>
        switch answer {
        case .ladder(let text, _): result = .success(text)
        case .refused(let refusal): result = .failure(refusal)
        case .failed(let why):
            if let before, case .success = before.answer, isLive || now < before.until &+ grace {
                result = before.answer
            } else if let fallback {
                result = .success(fallback)
            } else {
                return isLive ? .success(nil) : .failure(Refusal(.noProfile, detail: "no profile: \(why)"))
            }
        }
        refused[key] = nil
        // A stream that is not let in is asked for anew, but not each time.
        guard (try? result.get()) != nil || isLive else {
            held[key] = nil
            if case .refused(let refusal) = answer {
                if refused.count >= Self.capacity { refused = refused.filter { now < $0.value.until } }
                if refused.count < Self.capacity { refused[key] = (refusal, now &+ Self.refusalHolds) }
            }
            return result.map { $0 }
        }
        makeRoom(now)
        held[key] = Held(
            entry: entry, input: input, answer: result, isLive: isLive, isAsking: before?.isAsking ?? false,
            until: now &+ Self.patience)
        revision &+= 1
        return result.map { $0 }
    }

    /// A stream has tracks, or others. Whether to look at them in a moment and ask by `question`; false: somebody does already.
    public mutating func live(_ key: StreamKey) -> Bool {
        guard let one = held[key], one.isCurrent else { return false }
        held[key]?.isLive = true
        held[key]?.isAsking = true
        return !one.isAsking
    }

    /// Whose profile to ask for anew, now that this is known of the stream; nil: the answer is for such an input already.
    public mutating func question(_ key: StreamKey, _ input: ProfileInput?) -> LiveEntry? {
        guard let one = held[key], one.isLive, let input, one.input != input else {
            held[key]?.isAsking = false
            return nil
        }
        return one.entry
    }

    /// A stream is over: its next publisher is asked for anew.
    public mutating func ended(_ key: StreamKey, now: UInt64) {
        held[key]?.isCurrent = false
        held[key]?.isLive = false
        held[key]?.isAsking = false
        held[key]?.until = now
    }

    // MARK: The next generation

    /// Bytes of `text`.
    static let longestText = 4 << 20

    /// The good answers, those on air first, for the generation of the plugin that comes after this one.
    public var text: String {
        var list: [JSONValue] = []
        var length = 0
        for (key, one) in held.sorted(by: { $0.value.isLive && !$1.value.isLive }) {
            guard case .success(let ladder) = one.answer else { continue }
            length += ladder.utf8.count + 200
            guard length <= Self.longestText else { break }
            list.append([
                "stream": .string(key.name), "partner": .integer(Int64(one.entry.partner)),
                "profile": .integer(one.entry.conversionProfile), "ladder": .string(ladder),
            ])
        }
        return JSONValue.object(["version": 1, "ladders": .array(list)]).serialized()
    }

    /// Takes over what an earlier generation knew: as last good answers, so each stream is asked for anew. What cannot be read is left out.
    public mutating func restore(_ text: String, now: UInt64) {
        let limits = JSONLimits(depth: 8, bytes: 2 * Self.longestText, values: 100_000)
        guard let all = try? JSONValue(parsing: text, limits: limits), all["version"]?.int64Value == 1 else { return }
        for item in all["ladders"]?.arrayValue?.prefix(Self.capacity) ?? [] {
            guard let key = item["stream"]?.stringValue.flatMap({ StreamKey(name: $0) }), held[key] == nil,
                let partner = item["partner"]?.int64Value.flatMap({ Int32(exactly: $0) }),
                let ladder = item["ladder"]?.stringValue, (try? Ladder(text: ladder)) != nil
            else { continue }
            var entry = LiveEntry(id: key.entry, partner: partner)
            entry.conversionProfile = item["profile"]?.int64Value ?? 0
            held[key] = Held(entry: entry, input: ProfileInput(), answer: .success(ladder), isCurrent: false, until: now)
        }
    }

    /// Streams that are remembered.
    public var count: Int { held.count }

    private mutating func makeRoom(_ now: UInt64) {
        guard held.count >= Self.capacity else { return }
        held = held.filter { $0.value.isLive || now < $0.value.until &+ grace }
        if held.count >= Self.capacity { held = held.filter { $0.value.isLive } }
        if held.count >= Self.capacity { held.removeAll() }
    }
}
