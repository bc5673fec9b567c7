import Formats
import Testing

@Suite struct FLVTrackMuxerTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var track: TrackDescription
        var id: UInt8 = 0
        var timing = FrameTiming(track: 0, pts: 40, dts: 40, flags: .key)
        var header: [UInt8]
        var configuration: [UInt8]?
        var end: [UInt8]?
        var testDescription: String { name }
    }

    static func video(_ codec: FourCC, _ timescale: UInt32 = 1000) -> TrackDescription {
        TrackDescription(id: 0, kind: .video, codec: codec, timescale: timescale, configuration: [1, 2])
    }

    static func audio(_ codec: FourCC, rate: UInt32 = 48000, channels: UInt32 = 2) -> TrackDescription {
        TrackDescription(id: 1, kind: .audio, codec: codec, configuration: [1, 2], sampleRate: rate, channels: channels)
    }

    static let cases: [Case] = [
        Case(
            name: "H.264", track: video(.avc1), header: wire("17 01 000000"), configuration: wire("17 00 000000 0102"),
            end: wire("17 02 000000")),
        Case(
            name: "H.264 B frame", track: video(.avc1), timing: FrameTiming(track: 0, pts: 120, dts: 40),
            header: wire("27 01 000050"), configuration: wire("17 00 000000 0102"), end: wire("17 02 000000")),
        Case(
            name: "H.264 at 90 kHz, presented before it is decoded", track: video(.avc1, 90_000),
            timing: FrameTiming(track: 0, pts: 0, dts: 90), header: wire("27 01 FFFFFF"),
            configuration: wire("17 00 000000 0102"), end: wire("17 02 000000")),
        Case(
            name: "H.264 of track 2", track: video(.avc1), id: 2, header: wire("96 03 'avc1' 02"),
            configuration: wire("96 00 'avc1' 02 0102"), end: wire("96 02 'avc1' 02")),
        Case(
            name: "HEVC", track: video(.hvc1), header: wire("93 'hvc1'"), configuration: wire("90 'hvc1' 0102"),
            end: wire("92 'hvc1'")),
        Case(
            name: "HEVC B frame", track: video(.hvc1), timing: FrameTiming(track: 0, pts: 73, dts: 40, flags: .droppable),
            header: wire("A1 'hvc1' 000021"), configuration: wire("90 'hvc1' 0102"), end: wire("92 'hvc1'")),
        Case(
            name: "HEVC B frame of track 1", track: video(.hvc1), id: 1, timing: FrameTiming(track: 0, pts: 73, dts: 40),
            header: wire("A6 01 'hvc1' 01 000021"), configuration: wire("96 00 'hvc1' 01 0102"), end: wire("96 02 'hvc1' 01")),
        Case(
            name: "AV1, offset does not exist", track: video(.av01), timing: FrameTiming(track: 0, pts: 73, dts: 40),
            header: wire("A1 'av01'"), configuration: wire("90 'av01' 0102"), end: wire("92 'av01'")),
        Case(
            name: "VP9", track: video(.vp09), header: wire("91 'vp09'"), configuration: wire("90 'vp09' 0102"),
            end: wire("92 'vp09'")),
        Case(name: "AAC", track: audio(.mp4a), header: wire("AF 01"), configuration: wire("AF 00 0102"), end: nil),
        Case(
            name: "AAC of track 1", track: audio(.mp4a), id: 1, header: wire("95 01 'mp4a' 01"),
            configuration: wire("95 00 'mp4a' 01 0102"), end: wire("95 02 'mp4a' 01")),
        Case(name: "MP3", track: audio(.mp3), header: wire("2F"), configuration: nil, end: nil),
        Case(
            name: "MP3, mono, 22 kHz", track: audio(.mp3, rate: 22050, channels: 1), header: wire("2A"), configuration: nil,
            end: nil),
        Case(name: "MP3, 8 kHz", track: audio(.mp3, rate: 8000, channels: 1), header: wire("E2"), configuration: nil, end: nil),
        Case(
            name: "Opus", track: audio(.opus), header: wire("91 'Opus'"), configuration: wire("90 'Opus' 0102"),
            end: wire("92 'Opus'")),
        Case(name: "AC-3", track: audio(.ac3), header: wire("91 'ac-3'"), configuration: nil, end: wire("92 'ac-3'")),
        Case(name: "E-AC-3", track: audio(.ec3), header: wire("91 'ec-3'"), configuration: nil, end: wire("92 'ec-3'")),
    ]

    @Test(arguments: cases) func writes(_ line: Case) throws {
        let muxer = try #require(FLVTrackMuxer(track: line.track, trackID: line.id))
        var writer = ByteWriter()
        muxer.appendFrameHeader(line.timing, to: &writer)
        #expect(writer.bytes == line.header)
        #expect(writer.count <= FLVTrackMuxer.maximumFrameHeaderBytes)
        #expect(muxer.configurationBody() == line.configuration)
        #expect(muxer.sequenceEndBody() == line.end)
        #expect(muxer.isLegacy == (line.header.count < 5 || line.track.kind == .video && line.header[0] & 0x80 == 0))
    }

    /// What is written is read as what it was.
    @Test(arguments: cases) func reads(_ line: Case) throws {
        let muxer = try #require(FLVTrackMuxer(track: line.track, trackID: line.id))
        let parse = { (body: [UInt8]) throws(MediaMessageError) in
            line.track.kind == .video ? try MediaMessage.video(body) : try MediaMessage.audio(body)
        }
        let body = muxer.frameBody(line.timing, payload: [9, 8, 7])
        guard case .frame(let frame) = try parse(body).first else {
            Issue.record("no frame")
            return
        }
        #expect(frame.trackID == line.id)
        #expect(frame.codec == line.track.codec)
        #expect(Array(body[frame.payload]) == [9, 8, 7])
        #expect(frame.flags.contains(.key) == (line.track.kind == .audio || line.timing.flags.contains(.key)))
        if [.avc1, .hvc1].contains(line.track.codec) {
            #expect(frame.compositionOffset == muxer.compositionOffset(of: line.timing))
        }
        if let body = muxer.configurationBody() {
            guard case .configuration(line.id, line.track.codec, let record) = try parse(body).first else {
                Issue.record("no configuration")
                return
            }
            #expect(Array(body[record]) == [1, 2])
        }
        if let body = muxer.sequenceEndBody() {
            #expect(try parse(body) == [.sequenceEnd(trackID: line.id, codec: line.track.codec)])
        }
    }

    @Test func dataTracksHaveNoMessages() {
        #expect(FLVTrackMuxer(track: TrackDescription(id: 2, kind: .data, codec: FourCC("text"))) == nil)
        let muxers = FLVTrackMuxer.muxers(for: [
            Self.video(.avc1), Self.audio(.mp4a), TrackDescription(id: 2, kind: .data, codec: FourCC("text")),
            Self.video(.hvc1), Self.audio(.opus), Self.audio(.opus),
        ])
        #expect(muxers.map { $0?.trackID } == [0, 0, nil, 1, 1, 2])
        #expect(FLVTrackMuxer.muxers(for: [TrackDescription](repeating: Self.video(.avc1), count: 300)).last == .some(nil))
    }

    @Test func enhancedOnRequest() throws {
        let muxer = try #require(FLVTrackMuxer(track: Self.audio(.mp4a), enhanced: true))
        #expect(!muxer.isLegacy)
        #expect(muxer.frameBody(FrameTiming(track: 1, pts: 0, dts: 0), payload: [5]) == wire("91 'mp4a' 05"))
    }

    @Test func noConfigurationYet() throws {
        var track = Self.video(.avc1)
        track.configuration = []
        #expect(try #require(FLVTrackMuxer(track: track)).configurationBody() == nil)
        track = Self.audio(.opus)
        track.configuration = []
        #expect(try #require(FLVTrackMuxer(track: track)).configurationBody() == wire("90 'Opus'"))
    }

    @Test func flacMarkerIsAddedOnce() throws {
        let info = [UInt8](repeating: 7, count: 34)
        let forms: [[UInt8]] = [info, wire("80000022") + info, wire("'fLaC' 80000022") + info]
        for form in forms {
            var track = Self.audio(.flac)
            track.configuration = form
            #expect(
                try #require(FLVTrackMuxer(track: track)).configurationBody() == wire("90 'fLaC' 'fLaC' 80000022") + info)
        }
    }

    @Test func times() throws {
        let muxer = try #require(FLVTrackMuxer(track: Self.video(.avc1, 90_000)))
        let time = { (pts: Int64, dts: Int64) in FrameTiming(track: 0, pts: pts, dts: dts) }
        #expect(muxer.timestamp(of: time(180, 90)) == 1)
        #expect(muxer.timestamp(of: time(180, FrameTiming.unknown)) == 2)
        #expect(muxer.timestamp(of: time(FrameTiming.unknown, FrameTiming.unknown)) == nil)
        #expect(muxer.timestamp(of: time(-90, -90)) == -1)
        #expect(muxer.compositionOffset(of: time(FrameTiming.unknown, 5)) == 0)
        #expect(muxer.compositionOffset(of: time(.max, 0)) == 0x7F_FFFF)
        #expect(muxer.compositionOffset(of: time(.min + 1, .max)) == -0x80_0000)
        // Offset and timestamp are rounded alike, so that their sum is the presentation time rounded.
        for dts in Int64(-200)..<200 {
            let timing = time(dts + 3003, dts)
            let sum = Int64(muxer.compositionOffset(of: timing)) + (muxer.timestamp(of: timing) ?? 0)
            #expect(sum == MediaTime.rescale(dts + 3003, from: 90_000, to: 1000))
        }
        let noScale = try #require(FLVTrackMuxer(track: Self.video(.avc1, 0)))
        #expect(noScale.timestamp(of: time(7, 7)) == nil)
        #expect(noScale.compositionOffset(of: time(8, 7)) == 0)
    }
}
