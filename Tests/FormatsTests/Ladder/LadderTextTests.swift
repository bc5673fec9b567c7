import Formats
import TestSupport
import Testing

/// What the attribute `ladder.profile` holds.
@Suite struct LadderTextTests {
    private static func rendition(_ name: String, _ video: LadderTreatment<LadderVideo> = .passThrough) -> LadderRendition {
        LadderRendition(name: name, streamName: "0_ab12cd34_\(name)", video: video, audio: .passThrough)
    }

    private static func video(_ size: LadderFrameSize) -> LadderTreatment<LadderVideo> {
        .encode(LadderVideo(codec: .avc1, bitrate: .fixed(900_000), size: size))
    }

    private static let whole = Ladder(
        renditions: [
            rendition("source"),
            LadderRendition(
                name: "sd", streamName: "0_ab12cd34_903",
                video: .encode(
                    LadderVideo(
                        codec: .avc1, profile: "main", bitrate: .fixed(900_000), isConstantBitrate: true, size: .height(480),
                        keyFrames: .every(60), skippedFrames: 1, prefersHardware: true, gpu: 0)),
                audio: .encode(LadderAudio(codec: .opus, bitrate: .source))),
        ], groups: [LadderGroup(name: "all", streamName: "0_ab12cd34_1_all", members: ["source", "sd"])],
        deinterlaces: true, prefersHardwareDecoder: true, prefersHardwareScaler: true, assumedFrameRateMilli: 25_000)

    static let ladders: [(name: String, ladder: Ladder, text: String)] = [
        (
            "one that passes through", Ladder(renditions: [rendition("source")]),
            #"{"renditions":[{"name":"source","stream":"0_ab12cd34_source","video":"pass","audio":"pass"}]}"#
        ),
        (
            "everything", whole,
            #"{"renditions":[{"name":"source","stream":"0_ab12cd34_source","video":"pass","audio":"pass"},"#
                + #"{"name":"sd","stream":"0_ab12cd34_903","video":{"codec":"avc1","profile":"main","bitrate":900000,"constant":true,"#
                + #""fit":"height","height":480,"keys":60,"skip":1,"hardware":true,"gpu":0},"audio":{"codec":"Opus","bitrate":"source"}}],"#
                + #""groups":[{"name":"all","stream":"0_ab12cd34_1_all","members":["source","sd"]}],"#
                + #""deinterlace":true,"decoder":"hardware","scaler":"hardware","frame_rate_milli":25000}"#
        ),
        (
            "every way to fit",
            Ladder(
                renditions: [
                    rendition("w", video(.width(640))), rendition("l", video(.letterbox(width: 640, height: 360))),
                    rendition("s", video(.stretch(width: 2, height: 16_384))), rendition("c", video(.crop(width: 8, height: 6))),
                    LadderRendition(name: "v", streamName: "v", video: video(.source), audio: .omitted),
                    LadderRendition(name: "a", streamName: "a", video: .omitted, audio: .passThrough),
                ]), ""
        ),
    ]

    @Test(arguments: ladders.indices) func `a ladder is written, and read again`(number: Int) throws {
        let row = Self.ladders[number]
        if !row.text.isEmpty { #expect(row.ladder.text == row.text, "\(row.name)") }
        #expect(try Ladder(text: row.ladder.text) == row.ladder, "\(row.name)")
        #expect(row.ladder.fittedText()?.leftOut == 0)
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"renditions":[]}"#, #"{"renditions":[{}]}"#, #"{"renditions":[{"name":"a","stream":"b"}]}"#,
        #"{"renditions":[{"name":"","stream":"b","video":"pass"}]}"#,
        #"{"renditions":[{"name":"a","stream":"b","video":"copy"}]}"#,
        #"{"renditions":[{"name":"a","stream":"b","video":"pass"},{"name":"a","stream":"c","video":"pass"}]}"#,
        #"{"renditions":[{"name":"a","stream":"b","video":{"codec":"avc1"}}]}"#,
        #"{"renditions":[{"name":"a","stream":"b","video":{"codec":"avc","bitrate":1}}]}"#,
        #"{"renditions":[{"name":"a","stream":"b","video":{"codec":"avc1","bitrate":-1}}]}"#,
        #"{"renditions":[{"name":"a","stream":"b","video":{"codec":"avc1","bitrate":1,"fit":"height"}}]}"#,
        #"{"renditions":[{"name":"a","stream":"b","video":{"codec":"avc1","bitrate":1,"fit":"width","width":99999}}]}"#,
        #"{"renditions":[{"name":"a","stream":"b","video":"pass"}],"groups":[{"name":"g","stream":"s","members":["z"]}]}"#,
    ])
    func `what is no ladder is refused`(text: String) {
        #expect(throws: LadderError.self) { try Ladder(text: text) }
    }

    @Test func `one that is too long for an attribute goes without its last renditions`() throws {
        let names = (0..<64).map { "rendition-number-\($0)" }
        let long = Ladder(
            renditions: names.map { Self.rendition($0, Self.video(.height(480))) },
            groups: [LadderGroup(name: "all", streamName: "all", members: names)])
        let fitted = try #require(long.fittedText())
        #expect(fitted.text.utf8.count <= Ladder.longestText && fitted.leftOut > 0)
        let read = try Ladder(text: fitted.text)
        #expect(read.renditions.count == 64 - fitted.leftOut && read.renditions.first == long.renditions.first)
        #expect(read.groups.first?.members == read.renditions.map(\.name))
        #expect(Ladder(renditions: [Self.rendition(String(repeating: "x", count: 5_000))]).fittedText() == nil)
    }

    @Test func `a text that is cut or flipped anywhere is read or refused`() {
        let bytes = Array(Self.whole.text.utf8)
        for length in 0..<bytes.count {
            #expect(throws: LadderError.self) { try Ladder(text: String(decoding: bytes[..<length], as: UTF8.self)) }
        }
        var random = SeededGenerator(seed: 5)
        for _ in 0..<300 {
            var flipped = bytes
            flipped[Int.random(in: bytes.indices, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
            guard let read = try? Ladder(text: String(decoding: flipped, as: UTF8.self)) else { continue }
            #expect((try? Ladder(text: read.text)) == read)
        }
    }
}
