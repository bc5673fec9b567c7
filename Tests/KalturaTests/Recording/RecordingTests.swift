import KalturaCore
import SluiceJSON
import Testing

@Suite struct RecordingTests {
    private let entry: LiveEntry
    private let asset = LiveAsset(id: "0_as5e7001", flavor: 901, isAnchor: true)
    private let on: APIConversation.Outcome = .success(["status": 1])
    private let off: APIConversation.Outcome = .failure(.error(APIError(code: "INVALID_OBJECT_ID")))

    init() throws {
        var entry = LiveEntry(id: try #require(EntryID("0_ab12cd34")), partner: 102)
        entry.recordStatus = 2
        entry.recordedEntry = "0_rr55tt66"
        self.entry = entry
    }

    private func report(_ number: Int = 0, milliseconds: Int64 = 900_040, scheme: RecordingScheme = .chunks) -> RecordingReport {
        RecordingReport(entry, .primary, asset, scheme: scheme, file: "/s/\(number).mp4", milliseconds: milliseconds)
    }

    private func fields(_ call: APICall?) -> [String: String] {
        Dictionary(uniqueKeysWithValues: (call?.parameters ?? []).map { ($0.name, $0.value) })
    }

    @Test func `an entry is recorded when it, its switch and this server say so, by the partner's scheme`() {
        #expect(RecordingScheme(entry, .primary, isEnabled: true, permission: off) == .chunks)
        #expect(RecordingScheme(entry, .backup, isEnabled: true, permission: off) == .chunks)
        #expect(RecordingScheme(entry, .primary, isEnabled: true, permission: on) == .whole)
        #expect(RecordingScheme(entry, .backup, isEnabled: true, permission: on) == .off)
        #expect(RecordingScheme(entry, .primary, isEnabled: true, permission: .success(["status": "2"])) == .chunks)
        #expect(RecordingScheme(entry, .primary, isEnabled: false, permission: on) == .off)
        for (record, recording) in [(0, 2), (1, 0), (1, 1), (2, 3)] as [(Int32, Int32)] {
            var other = entry
            (other.recordStatus, other.recordingStatus) = (record, recording)
            #expect(RecordingScheme(other, .primary, isEnabled: true, permission: on) == .off)
        }
    }

    @Test func `names of chunks count up and are never those of files that are there`() {
        let taken: Set = ["0_ab12cd34.0_as5e7001.0_1.mp4", "0_ab12cd34.0_as5e7001.0_2.mp4"]
        #expect(asset.fileName(entry.id, .primary, number: 0) { taken.contains($0) } == "0_ab12cd34.0_as5e7001.0.mp4")
        #expect(asset.fileName(entry.id, .primary, number: 1) { taken.contains($0) } == "0_ab12cd34.0_as5e7001.0_3.mp4")
        #expect(asset.fileName(entry.id, .backup, number: 1) { taken.contains($0) } == "0_ab12cd34.0_as5e7001.1_1.mp4")
    }

    @Test func `assets are read, those with an id that is no name are not`() {
        let answer: JSONValue = [
            "objects": [
                ["id": "0_as5e7001", "flavorParamsId": "901", "tags": "source, recording_anchor"],
                ["id": "0_as5e7002", "flavorParamsId": 902, "tags": "mbr,recording_anchors"],
                ["id": "../x", "flavorParamsId": 903], ["id": "0_as5e7003"],
            ]
        ]
        #expect(LiveAsset.list(answer) == [asset, LiveAsset(id: "0_as5e7002", flavor: 902, isAnchor: false)])
        #expect(LiveAsset.list("x").isEmpty)
    }

    @Test func `a chunk is told in seconds, with its file`() throws {
        let calls = report().calls(actsForOthers: true)
        #expect(calls.map(\.name) == ["livestream.appendRecording"] && calls[0].actingFor == 102)
        #expect(
            fields(calls.first) == [
                "entryId": "0_ab12cd34", "assetId": "0_as5e7001", "mediaServerIndex": "0", "duration": "900.040",
                "resource:objectType": "KalturaServerFileResource", "resource:localFilePath": "/s/0.mp4", "isLastChunk": "0",
            ])
        #expect(report().calls(actsForOthers: false).first?.actingFor == nil)
    }

    @Test func `the last chunk of the anchor first ends what replaces its recording`() {
        var last = report()
        last.isLast = true
        let calls = last.calls(actsForOthers: true)
        #expect(calls.map(\.name) == ["media.cancelReplace", "livestream.appendRecording"])
        #expect(fields(calls.first) == ["entryId": "0_rr55tt66"] && fields(calls.last)["isLastChunk"] == "1")
        last.server = .backup
        #expect(last.calls(actsForOthers: true).count == 1)
        last.server = .primary
        last.asset.isAnchor = false
        #expect(last.calls(actsForOthers: true).count == 1)
    }

    @Test func `a whole file is told with the recorded entry and the rendition`() {
        let calls = report(milliseconds: 61_000, scheme: .whole).calls(actsForOthers: true)
        #expect(
            calls.map(\.name) == ["livestream.setRecordedContent"]
                && fields(calls.first) == [
                    "entryId": "0_ab12cd34", "mediaServerIndex": "0", "duration": "61.000", "recordedEntryId": "0_rr55tt66",
                    "flavorParamsId": "901", "resource:objectType": "KalturaServerFileResource",
                    "resource:localFilePath": "/s/0.mp4",
                ])
    }

    @Test func `a job file says the same`() {
        var last = report()
        last.isLast = true
        last.file = "/s/a&b.mp4"
        let job = last.job(unixMilliseconds: 1_790_000_000_123, workMode: "kaltura")
        #expect(job.name == "0_ab12cd34_0_as5e7001_1790000000123.xml")
        #expect(
            job.text == """
                <?xml version="1.0"?>
                <upload><entryId>0_ab12cd34</entryId><assetId>0_as5e7001</assetId><partnerId>102</partnerId><index>0</index>\
                <duration>900.040</duration><isLastChunk>1</isLastChunk><filepath>/s/a&amp;b.mp4</filepath><workMode>kaltura</workMode></upload>

                """)
    }
}

@Suite struct ReportQueueTests {
    private let entry: LiveEntry
    private let asset = LiveAsset(id: "a1", flavor: 901, isAnchor: true)
    private let away: APIConversation.Outcome = .failure(.broken("HTTP status 500", opensCircuit: false))

    init() throws { entry = LiveEntry(id: try #require(EntryID("0_ab12cd34")), partner: 102) }

    private func report(_ number: Int, _ asset: LiveAsset? = nil, milliseconds: Int64 = 1000) -> RecordingReport {
        RecordingReport(
            entry, .primary, asset ?? self.asset, scheme: .chunks, file: "/s/\(number).mp4", milliseconds: milliseconds)
    }

    private func error(_ code: String) -> APIConversation.Outcome { .failure(.error(APIError(code: code))) }

    @Test func `one at a time per asset, in order; a 500 is repeated with growing pauses, and nothing overtakes it`() {
        var queue = ReportQueue()
        for number in 0..<2 { #expect(queue.add(report(number), now: 0) == true) }
        #expect(queue.add(report(9, LiveAsset(id: "a2", flavor: 902, isAnchor: false)), now: 0) == true)
        #expect(Set(queue.due(0).map(\.file)) == ["/s/0.mp4", "/s/9.mp4"] && queue.due(0).isEmpty)
        var (now, pauses): (Int64, [Int64]) = (0, [])
        for _ in 0..<12 {
            #expect(queue.finished(report(0), away, now: now) == nil)
            let next = (now...now + 4000).first { !queue.due($0).isEmpty } ?? 0
            pauses.append(next - now)
            now = next
        }
        #expect(pauses == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600])
        #expect(queue.finished(report(0), .success([:]), now: now) == nil)
        #expect(queue.due(now).map(\.file) == ["/s/1.mp4"])
    }

    @Test func `after seven days it is given up; the file stays`() {
        var queue = ReportQueue()
        _ = queue.add(report(0), now: 0)
        _ = queue.due(0)
        #expect(queue.finished(report(0), away, now: 7 * 86_400 - 1) == nil)
        #expect(queue.due(8 * 86_400).count == 1)
        #expect(queue.finished(report(0), away, now: 8 * 86_400) == .givenUp(report(0), "HTTP status 500"))
        #expect(queue.count == 0)
    }

    @Test func `errors have their effects`() throws {
        let effects: [(String, ReportQueue.Effect)] = [
            ("LIVE_STREAM_EXCEEDED_MAX_RECORDED_DURATION", .stopRecording(entry.id)),
            ("KALTURA_RECORDING_ENABLED", .change(report(0), .whole)),
            ("KALTURA_RECORDING_DISABLED", .change(report(0), .chunks)),
            ("ASSET_ID_NOT_FOUND", .givenUp(report(0), "ASSET_ID_NOT_FOUND")),
        ]
        for (code, effect) in effects {
            var queue = ReportQueue()
            _ = queue.add(report(0), now: 0)
            _ = queue.due(0)
            #expect(queue.finished(report(0), error(code), now: 1) == effect && queue.count == 0)
        }
        var unknown = ReportQueue()
        _ = unknown.add(report(0), now: 0)
        _ = unknown.due(0)
        #expect(unknown.finished(report(0), error("INTERNAL_DATABASE_ERROR"), now: 1) == nil && unknown.count == 1)
    }

    @Test func `the end is told once, also when the last chunk had no media`() {
        var queue = ReportQueue()
        for number in 0..<2 { _ = queue.add(report(number), now: 0) }
        _ = queue.due(0)
        #expect(queue.add(report(2, milliseconds: 0), now: 0) == true)
        #expect(queue.count == 2)
        queue.ended(entry.id, .primary, asset)
        var told: [Bool] = [report(0).isLast]
        _ = queue.finished(report(0), .success([:]), now: 1)
        while let next = queue.due(1).first {
            told.append(next.isLast)
            _ = queue.finished(next, .success([:]), now: 1)
        }
        #expect(told == [false, true])
        queue.ended(entry.id, .primary, asset)
        #expect(queue.count == 0)
    }

    @Test func `what is on the disk is read again, and what cannot be read is left out`() {
        var queue = ReportQueue()
        for number in 0..<3 { _ = queue.add(report(number), now: 5) }
        _ = queue.due(5)
        _ = queue.finished(report(0), away, now: 5)
        var again = ReportQueue(queue.text)
        #expect(again.text == queue.text && again.count == 3 && again.due(9).isEmpty)
        #expect(again.due(10).map(\.file) == ["/s/0.mp4"])
        for text in ["", "{}", #"{"version":1,"reports":[{},{"report":{"entry":"x"},"since":1}]}"#, "[]"] {
            #expect(ReportQueue(text).count == 0)
        }
    }

    @Test func `a report goes through the API's client as any call, retried after a 500`() async throws {
        let server = ScriptedBackEnd { _, number in
            number == 0 ? .answer(status: 500, headers: [], body: []) : ScriptedBackEnd.entry()
        }
        var queue = ReportQueue()
        _ = queue.add(report(0), now: 0)
        let next = try #require(queue.due(0).first)
        let call = try #require(next.calls(actsForOthers: true).first)
        let outcome = await server.client().call(call, milliseconds: 5000)
        #expect(queue.finished(next, outcome, now: 1) == nil && queue.count == 0)
        #expect(server.asked.map(\.name) == ["livestream.appendRecording", "livestream.appendRecording"])
        #expect(server.asked.last?.fields["duration"] == "1.000" && server.asked.last?.fields["partnerId"] == "102")
    }
}
