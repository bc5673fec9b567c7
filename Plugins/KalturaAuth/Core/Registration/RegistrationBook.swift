/// What of ours is on air, and what the back end has to be told of it when (SPEC §9). Events and times in, calls out.
///
/// Owns who was let in for what is on air, so that a question that is asked again while it lasts costs no call, and an entry that the
/// back end blocks or forgets is cut. Times are milliseconds of a clock that never goes back. Not thread-safe.
public struct RegistrationBook: Sendable {
    public typealias Input = LiveInputs.Input

    /// A call that is due; `finished` says what became of it.
    public struct Registration: Hashable, Sendable {
        public enum Kind: Hashable, Sendable {
            /// Media arrives: status 2.
            case broadcasting
            /// It can be watched: status 1.
            case playable
            case unregister
        }

        public var input: Input
        public var partner: Int32
        public var kind: Kind
        /// Whether the back end may make a recorded entry (§9.1, §9.2).
        public var mayRecord: Bool
    }

    struct OnAir {
        var entry: LiveEntry
        var keys: Set<DecisionKey>
        /// Streams with a publisher, and those that wait for theirs.
        var live: Set<String> = []
        var lost: Set<String> = []
        /// Milliseconds of media before `liveSince`.
        var played: UInt64 = 0
        var liveSince: UInt64?
        var isPlayable = false
        var callAt: UInt64
        var isCalling = false
        var failures = 0
        var unknown = 0
        var cut: RefusalReason?
        var calls: UInt64 = 0
    }

    static let retry: UInt64 = 5000
    /// Entries that were let in and never went on air are forgotten then.
    static let patience: UInt64 = 60_000

    private var settings = APISettings()
    var inputs: [Input: OnAir] = [:]
    private var admitted: [Input: (entry: LiveEntry, keys: Set<DecisionKey>, until: UInt64)] = [:]

    public init() {}

    public mutating func configure(_ settings: APISettings) { self.settings = settings }

    /// Inputs on air.
    public var count: Int { inputs.count }

    /// Whether the back end is told anything.
    var registers: Bool { settings.registers }

    // MARK: What the host says

    /// A publisher was let in; what it publishes may go on air now.
    public mutating func admitted(_ entry: LiveEntry, _ server: ServerIndex, _ key: DecisionKey, now: UInt64) {
        let input = Input(entry: entry.id, server: server)
        if inputs[input] != nil {
            inputs[input]?.keys.insert(key)
            inputs[input]?.cut = nil
            return
        }
        admitted = admitted.filter { $0.value.until > now }
        var keys = admitted[input]?.keys ?? []
        keys.insert(key)
        admitted[input] = (entry, keys, now &+ Self.patience)
    }

    /// A stream has media, again or for the first time.
    public mutating func live(_ name: String, now: UInt64) {
        guard let (input, _) = LiveInputs.parse(name) else { return }
        if inputs[input] == nil, let known = admitted.removeValue(forKey: input) {
            inputs[input] = OnAir(entry: known.entry, keys: known.keys, callAt: now)
        }
        inputs[input]?.lost.remove(name)
        inputs[input]?.live.insert(name)
        if inputs[input]?.liveSince == nil { inputs[input]?.liveSince = now }
    }

    /// A stream's publisher is gone; it is still there to be watched.
    public mutating func lost(_ name: String, now: UInt64) {
        guard let (input, _) = LiveInputs.parse(name), var one = inputs[input], one.live.remove(name) != nil else { return }
        one.lost.insert(name)
        if one.live.isEmpty, let since = one.liveSince {
            one.played &+= now &- since
            one.liveSince = nil
        }
        inputs[input] = one
    }

    /// A stream is over; the call that tells so, when it was the input's last.
    public mutating func ended(_ name: String, now: UInt64) -> Registration? {
        lost(name, now: now)
        guard let (input, _) = LiveInputs.parse(name), var one = inputs[input] else { return nil }
        one.lost.remove(name)
        inputs[input] = one.live.isEmpty && one.lost.isEmpty ? nil : one
        guard inputs[input] == nil, settings.registers, one.calls > 0 else { return nil }
        return Registration(input: input, partner: one.entry.partner, kind: .unregister, mayRecord: false)
    }

    // MARK: What the back end is told

    /// The calls that are due. Each is answered by `finished`, before there is another for its input.
    public mutating func due(_ now: UInt64) -> [Registration] {
        guard settings.registers else { return [] }
        var calls: [Registration] = []
        for (input, one) in inputs where !one.isCalling {
            var one = one
            let played = one.played &+ (one.liveSince.map { now &- $0 } ?? 0)
            if !one.isPlayable, played >= settings.playableAfter.milliseconds(segment: one.entry.segmentDuration) {
                one.isPlayable = true
                one.callAt = min(one.callAt, now)
            }
            guard now >= one.callAt else { continue }
            one.isCalling = true
            one.calls &+= 1
            inputs[input] = one
            calls.append(
                Registration(
                    input: input, partner: one.entry.partner, kind: one.isPlayable ? .playable : .broadcasting,
                    mayRecord: input.server == .primary && one.entry.recordingStatus == 2))
        }
        return calls
    }

    /// What became of a call. Returns why the input is cut from now on, when it is.
    public mutating func finished(
        _ call: Registration, _ result: Result<LiveEntry?, APIFailure>, now: UInt64, random: UInt64
    ) -> RefusalReason? {
        guard call.kind != .unregister, var one = inputs[call.input] else { return nil }
        defer { inputs[call.input] = one }
        one.isCalling = false
        let period = UInt64(clamping: settings.keepAliveSeconds) &* 1000
        let usual = now &+ period &- period / 10 &+ (period > 9 ? random % (period / 5) : 0)
        switch result {
        case .success(let entry):
            (one.failures, one.unknown) = (0, 0)
            one.callAt = usual
            if let entry, entry.id == call.input.entry, entry.partner == call.partner { one.entry = entry }
            return nil
        case .failure(let failure):
            one.failures += 1
            one.callAt = one.failures == 1 ? now &+ Self.retry : usual
            guard case .error(let error) = failure else { return nil }
            switch error.reason {
            case .blocked: one.cut = .blocked
            case .noEntry:
                one.unknown += 1
                if one.unknown >= 2 { one.cut = .noEntry }
            default: one.unknown = 0
            }
            return one.cut
        }
    }

    /// A call that is not made after all: the host knows no such stream, and its end will be told.
    public mutating func postpone(_ call: Registration, now: UInt64) {
        inputs[call.input]?.isCalling = false
        inputs[call.input]?.callAt = now &+ Self.retry
    }

    /// The names of an input's streams.
    public func streams(of input: Input) -> [String] { inputs[input].map { Array($0.live.union($0.lost)) } ?? [] }

    /// The back end says of an entry that it is blocked: both of its inputs are cut.
    public mutating func cut(_ entry: EntryID, _ reason: RefusalReason) {
        for server in [ServerIndex.primary, .backup] { inputs[Input(entry: entry, server: server)]?.cut = reason }
    }

    // MARK: Who is on air

    /// What holds for a publisher that is asked about again.
    public enum Standing: Hashable, Sendable {
        /// Nothing is known: ask the back end.
        case unknown
        case good(LiveEntry)
        case cut(RefusalReason)
    }

    /// Whether this key opened what is on air now; `stream` says which stream it asks for, given the entry.
    public func standing(_ key: DecisionKey, stream: (LiveEntry) -> String?) -> Standing {
        guard let one = inputs[Input(entry: key.entry, server: key.server)], one.keys.contains(key) else { return .unknown }
        guard let name = stream(one.entry), one.live.contains(name) else { return .unknown }
        return one.cut.map { .cut($0) } ?? .good(one.entry)
    }
}

extension RegistrationBook.Registration {
    /// The call that says it (SPEC §9.2).
    public func call(hostname: String, application: String, actsForOthers: Bool) -> APICall {
        let index = "\(input.server.rawValue)"
        let actingFor = actsForOthers ? partner : nil
        guard kind != .unregister else {
            return APICall(
                "livestream", "unregisterMediaServer",
                ["entryId": input.entry.text, "hostname": hostname, "mediaServerIndex": index], actingFor: actingFor,
                expects: .anything)
        }
        return APICall(
            "livestream", "registerMediaServer",
            [
                "entryId": input.entry.text, "hostname": hostname, "mediaServerIndex": index, "applicationName": application,
                "liveEntryStatus": kind == .playable ? "1" : "2", "shouldCreateRecordedEntry": mayRecord ? "1" : "0",
            ], actingFor: actingFor)
    }
}
