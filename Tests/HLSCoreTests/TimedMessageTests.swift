import Formats
import Testing

@testable import HLSCore

/// What a publisher says in the course of its stream, players of HLS hear at its time, as timed ID3.
@Suite struct TimedMessageTests {
    private static let track = TrackDescription(id: 63, kind: .data, codec: FourCC("amf0"), timescale: 1000)

    private struct Event: Equatable {
        var time: Int64
        var name: String
        var text: String
    }

    private func message(_ ms: Int64, _ values: [AMFValue] = ["onTextData", ["text": "hello"]]) -> SyntheticSource.Frame {
        SyntheticSource.Frame(
            timing: FrameTiming(track: 63, pts: ms, dts: ms), payload: AMF0.encode(values), wallClockMs: 1_700_000_000_000 + ms)
    }

    /// A source's frames with messages among them, each behind the frames of its time.
    private func frames(
        _ source: SyntheticSource, _ seconds: Double, _ messages: [SyntheticSource.Frame]
    ) -> [SyntheticSource.Frame] {
        (source.frames(seconds: seconds) + messages).enumerated().sorted {
            ($0.element.timing.dts, $0.offset) < ($1.element.timing.dts, $1.offset)
        }.map(\.element)
    }

    private func packager(
        _ source: SyntheticSource, _ messages: [SyntheticSource.Frame], seconds: Double = 9, muxed: Bool = false
    ) throws -> HLSPackager {
        var configuration = HLSConfiguration()
        configuration.muxed = muxed
        var packager = HLSPackager(configuration: configuration)
        try packager.tracks(source.tracks + [Self.track], discontinuity: false)
        _ = packager.request("index.m3u8", nowMs: 0)
        packager.feed(frames(source, seconds, messages))
        return packager
    }

    private func events(_ bytes: some Collection<UInt8>) throws -> [Event] {
        let bytes = Array(bytes)
        var reader = BoxReader(bytes)
        var found: [Event] = []
        while let box = try? reader.next() {
            guard box.type == FourCC("emsg") else { continue }
            let body = Array(bytes[box.payload])
            let texts = body[24...].split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
            #expect(String(decoding: texts[0], as: UTF8.self) == "https://aomedia.org/emsg/ID3")
            let tag = try #require(ID3Tag(Array(texts[2])))
            #expect(tag.frames.map(\.id) == [FourCC("TEXT")])
            let scale = body[4..<8].reduce(Int64(0)) { $0 << 8 | Int64($1) }
            let ticks = body[8..<16].reduce(Int64(0)) { $0 << 8 | Int64($1) }
            found.append(
                Event(time: ticks * 1000 / scale, name: String(decoding: texts[1], as: UTF8.self), text: tag.frames[0].text))
        }
        return found
    }

    private func leading(_ packager: HLSPackager) -> Rendition { packager.renditions[packager.leading] }

    @Test func theBytesAreThose() throws {
        let payload = AMF0.encode(["onCuePoint", ["objectType": "KalturaSyncPoint", "timestamp": 12, "id": "a_7"]])
        let message = try #require(payload.withUnsafeBytes { TimedMessage($0) })
        let json = #"{"objectType":"KalturaSyncPoint","timestamp":12,"id":"a_7"}"#
        #expect(message.name == "onCuePoint" && message.text == json)
        let bytes = SegmentEvent.bytes(message, id: 5, at: 1_080_000, timescale: 90_000)
        let box: [UInt8] = [
            0, 0, 0, 0x98, 0x65, 0x6D, 0x73, 0x67, 1, 0, 0, 0,  // emsg, version 1
            0, 1, 0x5F, 0x90, 0, 0, 0, 0, 0, 0x10, 0x7A, 0xC0,  // 90,000 a second; at 12 s
            0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 5,
        ]
        let tag: [UInt8] = [
            0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 0, 0x46, 0x54, 0x45, 0x58, 0x54, 0, 0, 0, 0x3C, 0, 0, 3,
        ]
        let names = Array("https://aomedia.org/emsg/ID3".utf8) + [0] + Array("onCuePoint".utf8) + [0]
        #expect(bytes == box + names + tag + Array(json.utf8), "\(bytes.count) \(json.utf8.count)")
    }

    private static let forms: [(values: [AMFValue], name: String?, text: String)] = [
        (["onTextData", ["text": "a"]], "onTextData", #"{"text":"a"}"#), (["onFI", "12:00"], "onFI", #""12:00""#),
        (["x", .null, ["a": 1]], "x", #"{"a":1}"#), (["x", 1, [2]], "x", "[1,[2]]"), (["x"], nil, ""), (["x", .null], nil, ""),
        ([7, ["a": 1]], nil, ""), (["a\u{0}b", 1], "", "1"),
        ([.string(String(repeating: "n", count: 65)), 1], "", "1"), ([], nil, ""),
        (["x", .string(String(repeating: "y", count: TimedMessage.longestText))], nil, ""),
        (
            ["x", .string(String(repeating: "y", count: TimedMessage.longestText - 2))], "x",
            "\"" + String(repeating: "y", count: TimedMessage.longestText - 2) + "\""
        ),
    ]

    @Test func aMessageIsItsValueAsJSON() {
        for (values, name, text) in Self.forms {
            let made = AMF0.encode(values).withUnsafeBytes { TimedMessage($0) }
            #expect(made?.name == name && made?.text ?? "" == text, "\(values)")
        }
        let broken = AMF0.encode(["x", ["a": 1]])
        for count in 0..<broken.count {
            let made = broken.prefix(count).withUnsafeBytes { TimedMessage($0) }
            #expect(made == nil, "\(count)")
        }
        #expect([UInt8](repeating: 5, count: 20_000).withUnsafeBytes { TimedMessage($0) } == nil)
    }

    @Test(arguments: [(true, false, 0), (true, true, 0), (true, false, 2), (false, false, 0)])
    func eachIsInThePartThatItsTimeIsIn(hasVideo: Bool, muxed: Bool, bFrames: Int) throws {
        let source = SyntheticSource(bFrames: bFrames, hasVideo: hasVideo)
        let times: [Int64] = [50, 700, 1999, 2000, 2001, 3490, 3510, 5010]
        let packager = try packager(source, times.map { message($0, ["onTextData", .number(Double($0))]) }, muxed: muxed)
        let rendition = leading(packager)
        // The file's time of the source's 0; audio begins where it did.
        let origin = Int64(1000)
        var told: [Int64] = []
        for segment in rendition.segments {
            var start = segment.start
            for part in segment.parts {
                for event in try events(part.bytes) {
                    let source = try #require(Int64(event.text))
                    #expect(event.name == "onTextData" && abs(event.time - source - origin) <= 1, "\(event)")
                    told.append(source)
                    let place = (source + origin) * segment.timescale / 1000
                    #expect(place >= start - 1 && place < start + part.duration + 1, "\(source) in \(start)+\(part.duration)")
                }
                start += part.duration
            }
        }
        #expect(told == times)
        for other in packager.renditions where other.name != rendition.name {
            #expect(try other.segments.allSatisfy { try events($0.bytes).isEmpty })
        }
    }

    @Test func theSegmentsOwnComesFirst() throws {
        var configuration = HLSConfiguration()
        configuration.segmentID3 = "{segment}"
        var packager = HLSPackager(configuration: configuration)
        let source = SyntheticSource()
        try packager.tracks(source.tracks + [Self.track], discontinuity: false)
        packager.feed(frames(source, 6, [message(2050, ["x", "{segment}"])]))
        let second = try #require(leading(packager).segments.dropFirst().first)
        #expect(try events(second.bytes).map(\.text) == ["1", "\"{segment}\""])
    }

    @Test func aFloodIsBounded() throws {
        let flood = (0..<500).map { message(2100 + Int64($0), ["x", .number(Double($0))]) } + [message(4100, ["x", "later"])]
        let packager = try packager(SyntheticSource(), flood)
        let counts = try leading(packager).segments.map { try events($0.bytes).count }
        #expect(counts == [0, Rendition.mostEvents, 1, 0] && packager.droppedFrames == 500 - UInt64(Rendition.mostEvents))
    }

    @Test func whatIsNoMessageOrOfNoTimeIsLeftOut() throws {
        var broken = message(3000)
        broken.payload = [2, 0, 9, 1]
        var unknown = message(3000)
        unknown.timing = FrameTiming(track: 63, pts: FrameTiming.unknown, dts: FrameTiming.unknown)
        var other = message(3000)
        other.timing = FrameTiming(track: 62, pts: 3000, dts: 3000)
        let far = message(3_600_000)
        var packager = try packager(SyntheticSource(), [])
        packager.feed([broken, unknown, other, far])
        packager.streamEnded()
        #expect(try leading(packager).segments.allSatisfy { try events($0.bytes).isEmpty })
        #expect(packager.droppedFrames == 4)
    }

    @Test func whoComesLateIsToldWhatIsKept() throws {
        let stream = Stream(HLSConfiguration())
        let source = SyntheticSource()
        try stream.tracks(source.tracks + [Self.track], discontinuity: false)
        stream.feed(frames(source, 12, [message(7050)]))
        guard case .ready(let list) = stream.request("video.m3u8", nowMs: 0) else {
            Issue.record("no playlist")
            return
        }
        var told: [Event] = []
        for uri in ParsedPlaylist(String(decoding: list.body, as: UTF8.self)).complete.compactMap(\.uri) {
            guard case .ready(let segment) = stream.request(uri, nowMs: 0) else { continue }
            told += try events(Array(segment.body))
        }
        #expect(told.map(\.text) == [#"{"text":"hello"}"#])
    }

    @Test func whatWaitsIsHandedOver() throws {
        let stream = Stream(HLSConfiguration())
        let source = SyntheticSource()
        try stream.tracks(source.tracks + [Self.track], discontinuity: false)
        _ = stream.request("index.m3u8", nowMs: 0)
        let all = frames(source, 9, [message(4010, ["x", 1]), message(4020, ["x", 2])])
        let cut = all.firstIndex { $0.timing.dts >= 4_040 } ?? 0
        stream.feed(Array(all[..<cut]))
        let blob = try stream.exported()
        let next = try Stream(importing: blob)
        #expect(try next.exported() == blob)
        for one in [stream, next] {
            one.feed(Array(all[cut...]))
            var told: [Event] = []
            guard case .ready(let list) = one.request("video.m3u8", nowMs: 0) else {
                Issue.record("no playlist")
                return
            }
            for uri in ParsedPlaylist(String(decoding: list.body, as: UTF8.self)).complete.compactMap(\.uri) {
                guard case .ready(let segment) = one.request(uri, nowMs: 0) else { continue }
                told += try events(Array(segment.body))
            }
            #expect(told.map(\.text) == ["1", "2"])
        }
    }
}
