import Formats
import Testing

@Suite struct InitializationSegmentTests {
    static func track(_ id: UInt32, _ codec: FourCC, _ configuration: [UInt8], timescale: UInt32 = 90000) throws
        -> TrackDescription
    {
        try TrackDescription.describing(id: id, codec: codec, timescale: timescale, configuration: configuration)
    }

    static let table: [(codec: FourCC, configuration: [UInt8], entry: StaticString, box: StaticString, payload: [UInt8])] = [
        (.avc1, ParameterSets.avc, "avc1", "avcC", ParameterSets.avc),
        (.hvc1, ParameterSets.hevc, "hvc1", "hvcC", ParameterSets.hevc),
        (.av01, ParameterSets.av1, "av01", "av1C", ParameterSets.av1),
        (.vp09, wire("00 15 82 02 02 02 0000"), "vp09", "vpcC", wire("01000000 00 15 82 02 02 02 0000")),
        (.vp08, [], "vp08", "vpcC", wire("01000000 00 00 82 02 02 02 0000")),
        (
            .mp4a, ParameterSets.aac, "mp4a", "esds",
            wire(
                """
                00000000 03 8080 80 25 0000 00 04 808080 17 40 15 000000 00000000 00000000 05 808080 05 121056e500
                06 808080 01 02
                """)
        ),
        (.opus, ParameterSets.opus, "Opus", "dOps", wire("00 02 0138 0000BB80 0000 00")),
        (.flac, ParameterSets.flac, "fLaC", "dfLa", wire("00000000") + ParameterSets.flac),
        (.ac3, wire("103de0"), "ac-3", "dac3", wire("103de0")),
        (.ec3, wire("0600200400"), "ec-3", "dec3", wire("0600200400")),
    ]

    @Test(arguments: table.indices)
    func sampleEntries(row: Int) throws {
        let item = Self.table[row]
        let track = try Self.track(0, item.codec, item.configuration)
        let bytes = try InitializationSegment.make(tracks: [track])
        let movie = try MovieTrack.all(in: bytes)
        #expect(movie.count == 1)
        let read = try #require(movie.first)
        #expect(read.trackID == 1 && read.timescale == 90000 && read.entry == FourCC(item.entry))
        #expect(read.handler == FourCC(track.kind == .video ? "vide" : "soun"))
        #expect(UInt32(read.width) == track.width && UInt32(read.height) == track.height)
        #expect(UInt32(read.channels) == track.channels)
        #expect(read.entryBoxes.first?.type == FourCC(item.box))
        #expect(read.entryBoxes.first?.payload == item.payload)
    }

    @Test func layerThreeIsMP4Audio() throws {
        var track = TrackDescription(id: 1, kind: .audio, codec: .mp3, timescale: 44100)
        #expect(throws: MP4Error.configuration(.mp3, "sample rate unknown")) { try InitializationSegment.make(tracks: [track]) }
        (track.sampleRate, track.channels) = (44100, 2)
        let read = try #require(MovieTrack.all(in: InitializationSegment.make(tracks: [track])).first)
        #expect(read.entry == .mp4a && read.trackID == 2)
        #expect(read.entryBoxes.first?.payload[17] == 0x6B)
    }

    @Test func severalTracks() throws {
        var video = try Self.track(0, .avc1, ParameterSets.avcHigh10)
        video.bitrate = 2_500_000
        var audio = try Self.track(1, .mp4a, ParameterSets.aac, timescale: 44100)
        audio.language = "deu"
        let bytes = try InitializationSegment.make(tracks: [video, audio])
        let movie = try MovieTrack.all(in: bytes)
        #expect(movie.map(\.trackID) == [1, 2] && movie.map(\.timescale) == [90000, 44100])
        #expect(movie[0].entryBoxes.map(\.type.description) == ["avcC", "colr", "pasp", "btrt"])
        #expect(movie[0].entryBoxes[2].payload == wire("00000004 00000003"))
        #expect(movie[0].entryBoxes[1].payload == wire("'nclx' 0002 0002 0009 00"))
        #expect(BoxReader.find([FourCC("moov"), FourCC("mvex"), FourCC("trex")], in: bytes) != nil)
        // 'deu' as three five-bit letters in mdhd.
        #expect(bytes.containsSequence(wire("10B5 0000")))
        audio.language = "de-CH"
        let tagged = try InitializationSegment.make(tracks: [audio])
        #expect(tagged.containsSequence(wire("'elng' 00000000 'de-CH' 00")))
        #expect(tagged.containsSequence(wire("'cmfc'")) && !bytes.containsSequence(wire("'cmfc'")))
    }

    @Test func lengthsBecomeFourBytes() throws {
        var configuration = ParameterSets.avc
        configuration[4] = 0xFD
        let read = try #require(
            MovieTrack.all(in: InitializationSegment.make(tracks: [Self.track(0, .avc1, configuration)])).first)
        #expect(read.entryBoxes.first?.payload == ParameterSets.avc)
    }

    @Test func refusals() throws {
        let video = try Self.track(0, .avc1, ParameterSets.avc)
        #expect(throws: MP4Error.trackCount(0)) { try InitializationSegment.make(tracks: []) }
        #expect(throws: MP4Error.trackCount(65)) { try InitializationSegment.make(tracks: Array(repeating: video, count: 65)) }
        #expect(throws: MP4Error.invalidTrack(id: 0)) { try InitializationSegment.make(tracks: [video, video]) }
        var other = video
        other.timescale = 0
        #expect(throws: MP4Error.invalidTrack(id: 0)) { try InitializationSegment.make(tracks: [other]) }
        other = video
        other.id = .max
        #expect(throws: MP4Error.invalidTrack(id: .max)) { try InitializationSegment.make(tracks: [other]) }
        other = video
        other.configuration = Array(video.configuration.prefix(20))
        #expect(throws: MP4Error.self) { try InitializationSegment.make(tracks: [other]) }
        other.configuration = []
        #expect(throws: MP4Error.self) { try InitializationSegment.make(tracks: [other]) }
        other.codec = .vvc1
        #expect(throws: MP4Error.unsupportedCodec(.vvc1)) { try InitializationSegment.make(tracks: [other]) }
        other.configuration = [UInt8](repeating: 0, count: 65537)
        #expect(throws: MP4Error.overLimit("configuration of vvc1", limit: 65536)) {
            try InitializationSegment.make(tracks: [other])
        }
    }
}

extension [UInt8] {
    /// Whether the bytes occur somewhere.
    func containsSequence(_ needle: [UInt8]) -> Bool {
        guard !needle.isEmpty, count >= needle.count else { return false }
        return (0...(count - needle.count)).contains { self[$0..<($0 + needle.count)].elementsEqual(needle) }
    }
}
