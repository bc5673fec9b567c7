import KalturaCore
import Testing

@Suite struct RegistrationBookTests {
    private let entry: LiveEntry
    private let key: DecisionKey

    init() throws {
        var entry = LiveEntry(id: try #require(EntryID("0_ab12cd34")), partner: 102)
        entry.segmentDuration = 4000
        self.entry = entry
        key = DecisionKey(Credentials(entry: entry.id, partner: 102, server: .primary, token: Token("a1b2c3d4")))
    }

    /// A book whose calls are answered at once.
    private struct Rhythm {
        var book = RegistrationBook()
        var answer: Result<LiveEntry?, APIFailure> = .success(nil)
        var said: [String] = []

        /// Looks each second, as the plugin does.
        mutating func run(_ from: UInt64, _ to: UInt64) -> RefusalReason? {
            var cut: RefusalReason?
            for now in stride(from: from, through: to, by: 1000) {
                for call in book.due(now) {
                    said.append("\(now / 1000) \(call.kind)")
                    cut = book.finished(call, answer, now: now, random: 6000) ?? cut
                }
            }
            return cut
        }
    }

    private func onAir(_ settings: APISettings = APISettings(), server: ServerIndex = .primary) -> Rhythm {
        var rhythm = Rhythm()
        rhythm.book.configure(settings)
        rhythm.book.admitted(entry, server, key, now: 0)
        rhythm.book.live("0_ab12cd34_1\(server.nameSuffix)", now: 0)
        return rhythm
    }

    @Test func `broadcasting at once, playable after three segments, then each minute, and at the end it is told`() {
        var rhythm = onAir()
        #expect(rhythm.run(0, 200_000) == nil)
        #expect(rhythm.said == ["0 broadcasting", "12 playable", "72 playable", "132 playable", "192 playable"])
        let last = rhythm.book.ended("0_ab12cd34_1", now: 201_000)
        #expect(last?.kind == .unregister && last?.partner == 102)
        #expect(rhythm.book.ended("0_ab12cd34_1", now: 202_000) == nil && rhythm.book.count == 0)
        #expect(rhythm.run(300_000, 400_000) == nil && rhythm.said.count == 5)
    }

    @Test func `the rhythm varies by a tenth`() {
        var ends: [UInt64] = []
        for random: UInt64 in [0, 5999, 11_999, .max] {
            var rhythm = onAir()
            let call = rhythm.book.due(0).first
            #expect(call != nil)
            guard let call else { continue }
            _ = rhythm.book.finished(call, .success(nil), now: 0, random: random)
            // Playable in between; then the repetition.
            for playable in rhythm.book.due(12_000) {
                _ = rhythm.book.finished(playable, .success(nil), now: 12_000, random: random)
            }
            ends.append((12_000...90_000).first { rhythm.book.due($0).count == 1 } ?? 0)
        }
        #expect(ends.allSatisfy { (66_000...78_000).contains($0) } && ends[0] == 66_000 && ends[2] == 77_999)
    }

    @Test func `a lost input keeps its registration, and media does not count while it is away`() {
        var rhythm = onAir()
        _ = rhythm.run(0, 5000)
        rhythm.book.lost("0_ab12cd34_1", now: 5000)
        _ = rhythm.run(6000, 59_000)
        #expect(rhythm.said == ["0 broadcasting"])
        rhythm.book.live("0_ab12cd34_1", now: 59_000)
        _ = rhythm.run(60_000, 68_000)
        #expect(rhythm.said == ["0 broadcasting", "60 broadcasting", "66 playable"])
        rhythm.book.lost("0_ab12cd34_1", now: 68_000)
        _ = rhythm.run(69_000, 130_000)
        #expect(rhythm.said.last == "126 playable")
        #expect(rhythm.book.ended("0_ab12cd34_1", now: 131_000)?.kind == .unregister)
    }

    @Test func `a lost call is repeated after five seconds, then in the usual rhythm`() {
        var rhythm = onAir()
        rhythm.answer = .failure(.broken("away", opensCircuit: false))
        #expect(rhythm.run(0, 100_000) == nil)
        #expect(rhythm.said == ["0 broadcasting", "5 broadcasting", "12 playable", "72 playable"])
        rhythm.answer = .success(nil)
        _ = rhythm.run(101_000, 200_000)
        rhythm.answer = .failure(.circuitOpen)
        #expect(rhythm.run(201_000, 300_000) == nil, "streaming goes on")
    }

    @Test func `a blocked entry is cut at once, one that is gone after two answers`() {
        var blocked = onAir()
        blocked.answer = .failure(.error(APIError(code: "SERVICE_FORBIDDEN_CONTENT_BLOCKED")))
        #expect(blocked.run(0, 0) == .blocked)
        #expect(blocked.book.standing(key) { _ in "0_ab12cd34_1" } == .cut(.blocked))
        var gone = onAir()
        gone.answer = .failure(.error(APIError(code: "ENTRY_ID_NOT_FOUND")))
        #expect(gone.run(0, 4000) == nil)
        #expect(gone.book.standing(key) { _ in "0_ab12cd34_1" } == .good(entry))
        #expect(gone.run(5000, 5000) == .noEntry)
        #expect(gone.book.standing(key) { _ in "0_ab12cd34_1" } == .cut(.noEntry))
    }

    @Test func `who is on air is known by its key and its stream only`() throws {
        var rhythm = onAir()
        let book = rhythm.book
        #expect(book.standing(key) { _ in "0_ab12cd34_1" } == .good(entry))
        #expect(book.standing(key) { _ in "0_ab12cd34_2" } == .unknown)
        #expect(book.standing(key) { _ in nil } == .unknown)
        let wrong = DecisionKey(Credentials(entry: entry.id, partner: 102, server: .primary, token: Token("x")))
        let backup = DecisionKey(Credentials(entry: entry.id, partner: 102, server: .backup, token: Token("a1b2c3d4")))
        for other in [wrong, backup] { #expect(book.standing(other) { _ in "0_ab12cd34_1" } == .unknown) }
        rhythm.book.lost("0_ab12cd34_1", now: 10)
        #expect(rhythm.book.standing(key) { _ in "0_ab12cd34_1" } == .unknown, "who comes back is asked about")
    }

    @Test func `primary and backup are told each for itself`() throws {
        var rhythm = onAir()
        rhythm.book.admitted(entry, .backup, key, now: 0)
        rhythm.book.live("0_ab12cd34_1~b", now: 0)
        rhythm.book.live("0_ab12cd34_2", now: 0)
        let calls = rhythm.book.due(0)
        #expect(calls.count == 2 && Set(calls.map(\.input.server)) == [.primary, .backup])
        for call in calls {
            #expect(call.mayRecord == (call.input.server == .primary))
            _ = rhythm.book.finished(call, .success(nil), now: 0, random: 0)
        }
        #expect(rhythm.book.ended("0_ab12cd34_2", now: 1) == nil, "another stream of it is on air")
        #expect(rhythm.book.ended("0_ab12cd34_1", now: 1)?.input.server == .primary)
        #expect(rhythm.book.count == 1)
    }

    @Test func `a renewed entry takes the place of the known one`() {
        var rhythm = onAir()
        var renewed = entry
        renewed.recordedEntry = "0_rr55tt66"
        rhythm.answer = .success(renewed)
        _ = rhythm.run(0, 0)
        #expect(rhythm.book.standing(key) { _ in "0_ab12cd34_1" } == .good(renewed))
    }

    @Test func `nothing is told when it is switched off, or of streams that nobody was let in for`() {
        var settings = APISettings()
        settings.registers = false
        var rhythm = onAir(settings)
        _ = rhythm.run(0, 100_000)
        #expect(rhythm.said.isEmpty && rhythm.book.ended("0_ab12cd34_1", now: 1) == nil)
        var strange = Rhythm()
        strange.book.live("0_ab12cd34_1", now: 0)
        strange.book.live("other", now: 0)
        _ = strange.run(0, 100_000)
        #expect(strange.said.isEmpty)
    }

    @Test func `calls say what the specification says`() throws {
        let call = try #require(onAirOnce())
        let text = call.call(hostname: "edge-a", application: "kLive", actsForOthers: true)
        #expect(text.name == "livestream.registerMediaServer" && text.actingFor == 102)
        let fields = Dictionary(uniqueKeysWithValues: text.parameters.map { ($0.name, $0.value) })
        #expect(
            fields == [
                "entryId": "0_ab12cd34", "hostname": "edge-a", "mediaServerIndex": "0", "applicationName": "kLive",
                "liveEntryStatus": "2", "shouldCreateRecordedEntry": "1",
            ])
        #expect(call.call(hostname: "h", application: "a", actsForOthers: false).actingFor == nil)
    }

    private func onAirOnce() -> RegistrationBook.Registration? {
        var rhythm = onAir()
        return rhythm.book.due(0).first
    }
}

@Suite struct AlertLogTests {
    @Test func `a beacon a minute per entry and reason, with its number and without a token`() throws {
        var log = AlertLog()
        let id = try #require(EntryID("0_ab12cd34"))
        func beacon(_ refusal: Refusal, _ stream: String = "", _ now: UInt64 = 0) -> APICall? {
            log.beacon(
                refusal, entry: id, server: .backup, partner: 102, streamName: stream, now: now, wall: 1_790_000_000_000_000)
        }
        let first = try #require(beacon(Refusal(.badToken, detail: "LIVE_STREAM_INVALID_TOKEN")))
        #expect(first.name == "beacon.add" && first.actingFor == 102)
        let fields = Dictionary(uniqueKeysWithValues: first.parameters.map { ($0.name, $0.value) })
        #expect(fields["beacon:eventType"] == "1_healthData" && fields["beacon:relatedObjectType"] == "4")
        #expect(fields["beacon:objectId"] == "0_ab12cd34" && fields["shouldLog"] == "1")
        #expect(
            fields["beacon:privateData"]
                == #"{"alerts":[{"Arguments":{"entryId":"0_ab12cd34","alertType":"LIVE_STREAM_INVALID_TOKEN","parameter":"0_ab12cd34"},"#
                + #""Time":1790000000000,"Code":111}],"maxSeverity":4}"#)
        #expect(beacon(Refusal(.badToken), "", 59_999) == nil)
        #expect(beacon(Refusal(.quota, detail: "LIVE_STREAM_EXCEEDED_MAX_PASSTHRU"), "", 59_999) != nil)
        #expect(beacon(Refusal(.badToken), "", 60_000) != nil)
        #expect(beacon(Refusal(.backendDown, detail: "away")) == nil)
        let name = try #require(beacon(Refusal(.entryMismatch), "0_zz99yy88_1", 60_000))
        #expect(name.parameters.contains { $0.value.contains("\"Code\":112") && $0.value.contains("0_zz99yy88_1") })
        let pasted = try #require(beacon(Refusal(.badStreamName), "tOkEnPasted", 60_000))
        #expect(pasted.parameters.contains { $0.value.contains("INCORRECT_STREAM_NAME") })
        #expect(!pasted.parameters.contains { $0.value.contains("kEnPasted") })
    }
}
