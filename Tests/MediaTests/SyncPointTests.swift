import CHostMedia
import Testing

@testable import HostMedia

/// Messages for recordings: their bytes, their rhythm, their track.
@Suite struct SyncPointTests {
    private static let attributes = [
        "sync_points.every_ms": "60000", "sync_points.handler": "onMetaDataRecording", "sync_points.type": "KalturaSyncPoint",
        "sync_points.id": "0_ab12cd34_1",
    ]

    @Test func theBytesAreThose() throws {
        let plan = try #require(SyncPoints.Plan(Self.attributes))
        let bytes = SyncPoints.message(plan, number: 3, wallMilliseconds: 1_790_000_012_345)
        let expected: [UInt8] =
            [2, 0, 19] + Array("onMetaDataRecording".utf8) + [3, 0, 10] + Array("objectType".utf8) + [2, 0, 16]
            + Array("KalturaSyncPoint".utf8) + [0, 2] + Array("id".utf8) + [2, 0, 14] + Array("0_ab12cd34_1_3".utf8) + [0, 9]
            + Array("timestamp".utf8) + [0, 0x42, 0x7A, 0x0C, 0x45, 0x09, 0xC3, 0x90, 0, 0, 0, 9]
        #expect(bytes == expected)
    }

    @Test func theFirstIsDueAtOnceAndThenEverySoOften() throws {
        var points = SyncPoints()
        #expect(points.due == .max)
        points.follow(SyncPoints.Plan(Self.attributes))
        let second: UInt64 = 1_000_000_000
        var sent: [UInt64] = []
        for tick in 0..<2000 {
            let now = 7 * second + UInt64(tick) * second / 10
            if now >= points.due, points.next(at: now, wallMilliseconds: 1) != nil { sent.append(UInt64(tick)) }
        }
        #expect(sent == [0, 600, 1200, 1800])
        var off = Self.attributes
        off["sync_points.every_ms"] = "0"
        points.follow(SyncPoints.Plan(off))
        let none = points.next(at: .max, wallMilliseconds: 1)
        #expect(points.due == .max && points.plan != nil && none == nil)
        points.follow(SyncPoints.Plan(Self.attributes))
        let again = points.next(at: 500 * second, wallMilliseconds: 1)
        #expect(String(decoding: again ?? [], as: UTF8.self).contains("0_ab12cd34_1_4"), "numbers go on")
    }

    @Test(arguments: [("every_ms", "x"), ("every_ms", "-1"), ("every_ms", "86400001"), ("handler", ""), ("type", ""), ("id", "")])
    func attributesThatCannotBeAreNone(_ key: String, _ value: String) {
        var attributes = Self.attributes
        attributes["sync_points.\(key)"] = value
        #expect(SyncPoints.Plan(attributes) == nil)
        attributes["sync_points.\(key)"] = nil
        #expect(SyncPoints.Plan(attributes) == nil)
        attributes["sync_points.\(key)"] = String(repeating: "1", count: 300)
        #expect(SyncPoints.Plan(attributes) == nil)
    }

    @Test func theTrackHasAFreeNumberOrThereIsNone() {
        #expect(SyncPoints.track(beside: [Frames.video()])?.id == 62)
        #expect(SyncPoints.track(beside: [Frames.data(62), Frames.data(61)])?.id == 60)
        #expect(SyncPoints.track(beside: (0..<32).map { Frames.data(UInt32($0)) }) == nil)
        #expect(SyncPoints.track(beside: [])?.codecName == "amfr")
    }
}
