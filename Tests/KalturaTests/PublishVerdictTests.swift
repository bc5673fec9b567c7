import KalturaCore
import Testing

@Suite struct PublishVerdictTests {
    private func verdict(_ configuration: Configuration = Configuration(), _ change: (inout LiveEntry) -> Void) throws
        -> PublishVerdict
    {
        let id = try #require(EntryID("0_ab12cd34"))
        var entry = LiveEntry(id: id, partner: 102)
        change(&entry)
        return PublishVerdict(key: StreamKey(entry: id, server: .primary, index: 1), entry: entry, configuration: configuration)
    }

    @Test func `the defaults are those of the specification`() throws {
        let verdict = try verdict { _ in }
        #expect(verdict["duplicate"] == "stalled")
        #expect(verdict["stall_s"] == "5")
        #expect(verdict["linger_s"] == "180")
        #expect(verdict["dvr.window_s"] == "60")
        #expect(verdict["record.mode"] == "off")
        #expect(verdict["hls.segment_ms"] == nil)
        #expect(verdict.attributes.map(\.key) == verdict.attributes.map(\.key).sorted())
    }

    @Test func `each segment is to begin with a sync point, unless that is switched off`() throws {
        let text = #"{"objectType":"KalturaSyncPoint","timestamp":{time_ms},"id":"0_ab12cd34_1_{segment}"}"#
        #expect(try verdict { _ in }["hls.segment_id3"] == text)
        var configuration = Configuration()
        configuration.syncPoints = false
        #expect(try verdict(configuration) { _ in }["hls.segment_id3"] == nil)
    }

    @Test func `who asks for a recording gets sync points into it (11.2), and drift has its bound`() throws {
        func points(_ verdict: PublishVerdict) -> [String?] {
            ["every_ms", "handler", "type", "id"].map { verdict["sync_points.\($0)"] }
        }
        let fixed: [String?] = ["onMetaDataRecording", "KalturaSyncPoint", "0_ab12cd34_1"]
        #expect(try points(verdict { $0.recordStatus = 0 }) == ["0"] + fixed, "the track is there, should it be switched on")
        #expect(try points(verdict { $0.recordStatus = 1 }) == ["60000"] + fixed)
        let configured = try Configuration(
            json: #"{"sync_point_interval_ms": 8000, "sync_point_handler": "onMetaData", "max_pts_drift_ms": 5000}"#)
        #expect(try points(verdict(configured) { $0.recordStatus = 2 }) == ["8000", "onMetaData"] + fixed.dropFirst())
        #expect(try verdict(configured) { _ in }["clock.max_drift_ms"] == "5000")
        #expect(try verdict { _ in }["clock.max_drift_ms"] == "10000")
        var off = Configuration()
        off.syncPoints = false
        #expect(try points(verdict(off) { $0.recordStatus = 1 }) == [nil, nil, nil, nil])
        #expect(throws: ConfigurationError.self) { try Configuration(json: #"{"sync_point_handler": ""}"#) }
    }

    @Test func `explicit live is passed on where the entry has it`() throws {
        #expect(try verdict { $0.viewMode = 0 }["view.mode"] == nil)
        #expect(try verdict { ($0.explicitLive, $0.viewMode) = (true, 0) }["view.mode"] == "preview")
        #expect(try verdict { $0.explicitLive = true }["view.mode"] == "everyone")
    }

    @Test func `a ladder is added in its place`() throws {
        var verdict = try verdict { $0.conversionProfile = 31 }
        #expect(verdict["ladder.profile"] == nil, "the profile's number is nobody's business")
        verdict.set(ladder: "{}")
        #expect(verdict["ladder.profile"] == "{}" && verdict.attributes.map(\.key) == verdict.attributes.map(\.key).sorted())
    }

    @Test(
        arguments: [(nil, "7200"), (0, "7200"), (-3, "7200"), (1, "900"), (120, "7200"), (2000, "86400"), (Int64.max, "86400")]
            as [(Int64?, String)])
    func `the DVR window has a floor, a ceiling and a default`(minutes: Int64?, seconds: String) throws {
        let verdict = try verdict {
            $0.dvrStatus = 1
            $0.dvrWindow = minutes
        }
        #expect(verdict["dvr.window_s"] == seconds)
    }

    @Test(
        arguments: [(1000, "1000", 0), (20_000, "20000", 0), (999, "6000", 1), (20_001, "6000", 1), (0, "6000", 1)]
            as [(Int64, String, Int)])
    func `a segment duration out of range becomes six seconds, with a warning`(asked: Int64, used: String, warnings: Int) throws {
        let verdict = try verdict { $0.segmentDuration = asked }
        #expect(verdict["hls.segment_ms"] == used)
        #expect(verdict.warnings.count == warnings)
    }

    @Test(
        arguments: [
            (0, 2, "off"), (1, 2, "append"), (2, 2, "session"), (2, 0, "off"), (2, 1, "off"), (2, 3, "off"), (7, 2, "off"),
        ] as [(Int32, Int32, String)])
    func `recording needs both switches of the entry and ours`(record: Int32, recording: Int32, mode: String) throws {
        var configuration = Configuration()
        configuration.recording = true
        let change: (inout LiveEntry) -> Void = {
            $0.recordStatus = record
            $0.recordingStatus = recording
        }
        #expect(try verdict(configuration, change)["record.mode"] == mode)
        #expect(try verdict(Configuration(), change)["record.mode"] == "off")
    }
}
