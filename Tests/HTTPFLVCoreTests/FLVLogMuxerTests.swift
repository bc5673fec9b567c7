import Formats
import Testing

@testable import HTTPFLVCore

@Suite struct FLVLogMuxerTests {
    private static let avcC: [UInt8] = [1, 0x64, 0, 0x1E, 0xFF, 0xE1, 0, 4, 0x67, 0x64, 0, 0x1E, 1, 0, 2, 0x68, 0xEF]
    private static let h264 = TrackDescription(id: 0, kind: .video, codec: .avc1, configuration: avcC, width: 640, height: 360)
    private static let aac = TrackDescription(
        id: 1, kind: .audio, codec: .mp4a, configuration: [0x11, 0x90], sampleRate: 48_000, channels: 2)
    private static let hevc = TrackDescription(id: 0, kind: .video, codec: .hvc1, timescale: 90_000, configuration: [1, 2, 3])
    private static let opus = TrackDescription(
        id: 1, kind: .audio, codec: .opus, timescale: 48_000, configuration: OpusHead(channels: 2).serialized, sampleRate: 48_000)

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var tracks: [TrackDescription]
        var timing: FrameTiming
        var expected: FLVRecord
        var item: MediaItem
        var testDescription: String { name }
    }

    /// Payload of every case: seven bytes.
    private static let payload: [UInt8] = [0, 0, 0, 3, 0x65, 1, 2]

    static let cases: [Case] = [
        Case(
            name: "H.264 key frame with offset", tracks: [h264, aac],
            timing: FrameTiming(track: 0, pts: 1067, dts: 1000, flags: .key),
            expected: FLVRecord(isJoin: true, isVideo: true, timestamp: 1000),
            item: .frame(MediaFrame(codec: .avc1, flags: .key, compositionOffset: 67, payload: 5..<12))),
        Case(
            name: "H.264 other frame", tracks: [h264, aac], timing: FrameTiming(track: 0, pts: 1033, dts: 1033),
            expected: FLVRecord(isJoin: false, isVideo: true, timestamp: 1033),
            item: .frame(MediaFrame(codec: .avc1, flags: [], payload: 5..<12))),
        Case(
            name: "AAC beside video", tracks: [h264, aac], timing: FrameTiming(track: 1, pts: 21, dts: 21, flags: .key),
            expected: FLVRecord(isJoin: false, isVideo: false, timestamp: 21),
            item: .frame(MediaFrame(codec: .mp4a, flags: .key, payload: 2..<9))),
        Case(
            name: "AAC alone", tracks: [aac], timing: FrameTiming(track: 1, pts: 21, dts: 21, flags: .key),
            expected: FLVRecord(isJoin: true, isVideo: false, timestamp: 21),
            item: .frame(MediaFrame(codec: .mp4a, flags: .key, payload: 2..<9))),
        Case(
            name: "HEVC in 90 kHz", tracks: [hevc, opus], timing: FrameTiming(track: 0, pts: 93_000, dts: 90_000, flags: .key),
            expected: FLVRecord(isJoin: true, isVideo: true, timestamp: 1000),
            item: .frame(MediaFrame(codec: .hvc1, flags: .key, compositionOffset: 33, payload: 8..<15))),
        Case(
            name: "Opus, time beyond 32 bits", tracks: [hevc, opus],
            timing: FrameTiming(track: 1, pts: FrameTiming.unknown, dts: (4_294_967_296 + 5) * 48, flags: .key),
            expected: FLVRecord(isJoin: false, isVideo: false, timestamp: 5),
            item: .frame(MediaFrame(codec: .opus, flags: .key, payload: 5..<12))),
    ]

    private func tags(_ bytes: [UInt8], framing: FLVFraming, drip: Bool = false) throws -> [FLVTag] {
        var reader = FLVReader()
        var tags: [FLVTag] = []
        let plain = framing == .http ? bytes : try unwrap(bytes)
        for piece in drip ? plain.map({ [$0] }) : [plain] {
            reader.receive(piece)
            while let tag = try reader.next() { tags.append(tag) }
        }
        #expect(reader.buffered == 0 && reader.sizeMismatches == 0)
        return tags
    }

    private func unwrap(_ bytes: [UInt8]) throws -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let range = try #require(rest.withUnsafeBytes { WebSocketFrame.parse($0) })
            result += rest.dropFirst(range.lowerBound).prefix(range.count)
            rest = rest.dropFirst(range.upperBound)
        }
        return result
    }

    @Test(arguments: cases, [FLVFraming.http, .webSocket])
    func record(_ example: Case, _ framing: FLVFraming) throws {
        var muxer = FLVLogMuxer(framing: framing)
        muxer.setTracks(example.tracks)
        let record = Self.payload.withUnsafeBytes { muxer.append(example.timing, payload: $0) }
        #expect(record == example.expected)
        let prefix = muxer.prefix(at: example.expected.timestamp)
        let stream = FLVLogMuxer.fileHeader(tracks: example.tracks, framing: framing) + prefix + muxer.record
        for drip in [false, true] {
            let tags = try tags(stream, framing: framing, drip: drip)
            #expect(tags.count == 2 + example.tracks.count)
            #expect(tags.first?.header.type == .script)
            // onMetaData stays at time 0: ffmpeg takes one with another time for a track of text.
            #expect(tags.first?.header.timestamp == 0)
            #expect(tags.dropFirst().allSatisfy { $0.header.timestamp == example.expected.timestamp })
            let last = try #require(tags.last)
            #expect(last.header.type == (example.expected.isVideo ? .video : .audio))
            let items = example.expected.isVideo ? try MediaMessage.video(last.body) : try MediaMessage.audio(last.body)
            #expect(items == [example.item])
            #expect(Array(last.body.suffix(Self.payload.count)) == Self.payload)
        }
    }

    @Test func configurationsComeInThePrefix() throws {
        var muxer = FLVLogMuxer()
        muxer.setTracks([Self.h264, Self.aac])
        let tags = try tags(FLVLogMuxer.fileHeader(tracks: []) + muxer.prefix(at: 77), framing: .http)
        guard case .configuration(0, .avc1, let video) = try MediaMessage.video(tags[1].body).first,
            case .configuration(0, .mp4a, let audio) = try MediaMessage.audio(tags[2].body).first
        else {
            Issue.record("not the configurations")
            return
        }
        #expect(Array(tags[1].body[video]) == Self.avcC && Array(tags[2].body[audio]) == [0x11, 0x90])
        let values = try AMF0.decodeAll(tags[0].body)
        #expect(values.first?.stringValue == "onMetaData" && values.count == 2)
    }

    @Test func fileHeaderFlags() {
        #expect(FLVLogMuxer.fileHeader(tracks: [Self.h264, Self.aac])[4] == 5)
        #expect(FLVLogMuxer.fileHeader(tracks: [Self.h264])[4] == 1)
        #expect(FLVLogMuxer.fileHeader(tracks: [Self.aac])[4] == 4)
        #expect(FLVLogMuxer.fileHeader(tracks: []) == [0x46, 0x4C, 0x56, 1, 5, 0, 0, 0, 9, 0, 0, 0, 0])
        #expect(FLVLogMuxer.fileHeader(tracks: [], framing: .webSocket).prefix(2) == [0x82, 13])
    }

    @Test func audioAloneJoinsOncePerSecond() {
        var muxer = FLVLogMuxer()
        muxer.setTracks([Self.aac])
        let joins = (0..<100).filter { index in
            let time = Int64(index) * 64 / 3
            return Self.payload.withUnsafeBytes { muxer.append(FrameTiming(track: 1, pts: time, dts: time), payload: $0) }?.isJoin
                ?? false
        }
        #expect(joins.count == 3)
    }

    @Test func dataTracksBecomeScriptTags() throws {
        var muxer = FLVLogMuxer()
        muxer.setTracks([Self.aac, TrackDescription(id: 2, kind: .data, codec: FourCC("amf0"))])
        let body = AMF0.encode(["onTextData", .object([AMFProperty("text", .string("x"))])])
        let record = body.withUnsafeBytes { muxer.append(FrameTiming(track: 2, pts: 40, dts: 40), payload: $0) }
        #expect(record == FLVRecord(isJoin: false, isVideo: false, timestamp: 40))
        let tags = try tags(FLVLogMuxer.fileHeader(tracks: []) + muxer.record, framing: .http)
        #expect(tags.first?.header.type == .script && tags.first?.body == body)
    }

    @Test func refusals() {
        var muxer = FLVLogMuxer()
        muxer.setTracks([Self.h264])
        let unknown = FrameTiming(track: 0, pts: FrameTiming.unknown, dts: FrameTiming.unknown)
        let long = [UInt8](repeating: 0, count: FLVLogMuxer.maximumBodyBytes)
        Self.payload.withUnsafeBytes {
            #expect(muxer.append(FrameTiming(track: 5, pts: 0, dts: 0), payload: $0) == nil)
            #expect(muxer.append(unknown, payload: $0) == nil)
            #expect(muxer.append(FrameTiming(track: 0, pts: 0, dts: 0, flags: .config), payload: $0) == nil)
        }
        long.withUnsafeBytes { #expect(muxer.append(FrameTiming(track: 0, pts: 0, dts: 0), payload: $0) == nil) }
        #expect(muxer.append(FrameTiming(track: 0, pts: 0, dts: 0), payload: UnsafeRawBufferPointer(start: nil, count: 0)) == nil)
        #expect(muxer.record.isEmpty)
    }
}
