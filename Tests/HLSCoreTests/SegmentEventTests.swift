import Formats
import Testing

@testable import HLSCore

/// One timed ID3 tag at the start of each segment, and nowhere else.
@Suite struct SegmentEventTests {
    private static let text = #"{"objectType":"KalturaSyncPoint","timestamp":{time_ms},"id":"0_ab12cd34_1_{segment}"}"#

    private func packager(_ source: SyntheticSource, muxed: Bool = false, seconds: Double = 12) throws -> HLSPackager {
        var configuration = HLSConfiguration()
        (configuration.segmentID3, configuration.muxed) = (Self.text, muxed)
        var packager = HLSPackager(configuration: configuration)
        try packager.tracks(source.tracks, discontinuity: false)
        _ = packager.request("index.m3u8", nowMs: 0)
        packager.feed(source.frames(seconds: seconds))
        return packager
    }

    /// Payloads of the `emsg` boxes, and the type of the first box.
    private func events(_ bytes: [UInt8]) -> (first: FourCC?, payloads: [[UInt8]]) {
        var reader = BoxReader(bytes)
        var first: FourCC?
        var payloads: [[UInt8]] = []
        while let box = try? reader.next() {
            first = first ?? box.type
            if box.type == FourCC("emsg") { payloads.append(Array(bytes[box.payload])) }
        }
        return (first, payloads)
    }

    private func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }

    @Test(arguments: [("video", false, true), ("audio", false, false), ("main", true, true)])
    func everySegmentOfTheLeadingRenditionBeginsWithOne(_ name: String, muxed: Bool, hasVideo: Bool) throws {
        let isLeading = hasVideo || name == "audio"
        let source = SyntheticSource(bFrames: 2, hasVideo: hasVideo)
        let packager = try packager(source, muxed: muxed)
        let rendition = try #require(packager.renditions.first { $0.name == name })
        #expect(isLeading && rendition.segments.count >= 4)
        for segment in rendition.segments {
            let found = events(Array(segment.bytes))
            #expect(found.first == FourCC("emsg") && found.payloads.count == 1)
            let box = try #require(found.payloads.first)
            #expect(box[0] == 1 && number(box[4..<8]) == UInt64(segment.timescale))
            #expect(number(box[8..<16]) == UInt64(segment.start) && number(box[20..<24]) == UInt64(segment.sequence))
            let scheme = Array("https://aomedia.org/emsg/ID3".utf8) + [0, 0]
            #expect(box[24..<(24 + scheme.count)].elementsEqual(scheme))
            let tag = try #require(ID3Tag(Array(box[(24 + scheme.count)...])))
            let text =
                #"{"objectType":"KalturaSyncPoint","timestamp":\#(segment.wallClockMs),"id":"0_ab12cd34_1_\#(segment.sequence)"}"#
            #expect(tag.frames == [ID3Tag.Frame(id: FourCC("TEXT"), text: text)])
            #expect(segment.parts.dropFirst().allSatisfy { events(Array($0.bytes)).payloads.isEmpty })
        }
    }

    /// SPEC §15, test 13: the bytes that consumers of the old packager look for, in the box of aomedia.org/emsg/ID3.
    @Test func theBytesAreThose() {
        let text = #"{"objectType":"KalturaSyncPoint","timestamp":{time_ms},"id":"0_ab12cd34_1_{segment}"}"#
        let bytes = SegmentEvent.bytes(text, sequence: 7, wallClockMs: 1_790_000_012_345, start: 1_080_000, timescale: 90_000)
        let box: [UInt8] = [
            0, 0, 0, 0xA4, 0x65, 0x6D, 0x73, 0x67, 1, 0, 0, 0,  // emsg, version 1
            0, 1, 0x5F, 0x90, 0, 0, 0, 0, 0, 0x10, 0x7A, 0xC0,  // 90,000 a second; at 12 s
            0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 7,  // as long as it lasts; number 7
        ]
        let tag: [UInt8] = [
            0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 0, 0x5C,  // ID3, 2.4, 92 bytes
            0x54, 0x45, 0x58, 0x54, 0, 0, 0, 0x52, 0, 0, 3,  // TEXT, 82 bytes, UTF-8
        ]
        let json = #"{"objectType":"KalturaSyncPoint","timestamp":1790000012345,"id":"0_ab12cd34_1_7"}"#
        let scheme = Array("https://aomedia.org/emsg/ID3".utf8) + [0, 0]
        #expect(bytes == box + scheme + tag + Array(json.utf8), "\(bytes.count), \(json.utf8.count)")
    }

    @Test func aRenditionThatFollowsHasNone() throws {
        let packager = try packager(SyntheticSource())
        let audio = try #require(packager.renditions.first { $0.name == "audio" })
        #expect(audio.segments.count >= 3 && audio.segments.allSatisfy { events(Array($0.bytes)).payloads.isEmpty })
    }

    @Test func theOneOfTheSegmentBeingWrittenIsHandedOver() throws {
        var configuration = HLSConfiguration()
        configuration.segmentID3 = Self.text
        let source = SyntheticSource()
        for seconds in [6.02, 6.3, 7.1] {
            let stream = Stream(configuration)
            try stream.tracks(source.tracks, discontinuity: false)
            _ = stream.request("index.m3u8", nowMs: 0)
            let frames = source.frames(seconds: 10)
            let cut = frames.firstIndex { Double($0.timing.dts) >= seconds * 1000 } ?? 0
            stream.feed(Array(frames[..<cut]))
            let next = try Stream(importing: stream.exported())
            stream.feed(Array(frames[cut...]))
            next.feed(Array(frames[cut...]))
            guard case .ready(let list) = stream.request("video.m3u8", nowMs: 0) else {
                Issue.record("no playlist")
                return
            }
            for uri in ParsedPlaylist(String(decoding: list.body, as: UTF8.self)).complete.compactMap(\.uri) {
                #expect(stream.request(uri, nowMs: 0) == next.request(uri, nowMs: 0), "\(uri)")
            }
        }
    }

    @Test func aTextThatIsTooLongIsNone() {
        var configuration = HLSConfiguration()
        configuration.segmentID3 = String(repeating: "x", count: 1_025)
        #expect(configuration.bounded.segmentID3.isEmpty)
    }
}
