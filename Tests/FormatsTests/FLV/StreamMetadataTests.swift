import Formats
import Testing

@Suite struct StreamMetadataTests {
    @Test func whatFFmpegSends() throws {
        let values: [AMFValue] = [
            "@setDataFrame", "onMetaData",
            .ecmaArray([
                AMFProperty("duration", 0), AMFProperty("width", 1280), AMFProperty("height", 720),
                AMFProperty("videodatarate", 2441.40625), AMFProperty("framerate", 29.97), AMFProperty("videocodecid", 7),
                AMFProperty("audiodatarate", 125), AMFProperty("audiosamplerate", 44100), AMFProperty("audiosamplesize", 16),
                AMFProperty("stereo", true), AMFProperty("audiocodecid", 10), AMFProperty("encoder", "Lavf59.27.100"),
            ]),
        ]
        let metadata = try #require(StreamMetadata(values))
        let video = try #require(metadata.video.first)
        #expect(video.width == 1280 && video.height == 720 && video.frameRateMilli == 29970)
        #expect(video.bitrate == 2_441_406)
        #expect(video.codec == .avc1)
        let audio = try #require(metadata.audio.first)
        #expect(audio.sampleRate == 44100 && audio.channels == 2 && audio.bitrate == 125_000)
        #expect(audio.codec == .mp4a)
        #expect(metadata.encoder == "Lavf59.27.100")
    }

    @Test func codecsInEveryForm() {
        let codec = { (value: AMFValue) in StreamMetadata(properties: [AMFProperty("videocodecid", value)]).video.first?.codec }
        #expect(codec(1_635_135_537) == .av01)
        #expect(codec("hvc1") == .hvc1)
        #expect(codec(12) == .hvc1)
        #expect(codec(2) == nil)
        #expect(codec("H.264") == nil)
        #expect(codec(.null) == nil)
    }

    @Test func nonsenseIsNotSaid() {
        for value in [AMFValue.number(.nan), -1, .number(1e300), .number(.infinity), "1280", .null] {
            #expect(StreamMetadata(properties: [AMFProperty("width", value)]).video.isEmpty)
        }
        #expect(StreamMetadata(["onCuePoint", ["width": 1]]) == nil)
        #expect(StreamMetadata(["onMetaData"]) == nil)
        #expect(StreamMetadata(["onMetaData", .null]) == nil)
        #expect(StreamMetadata([]) == nil)
        #expect(StreamMetadata([["width": 4]])?.video.first?.width == 4)
    }

    @Test func moreTracksInherit() throws {
        let top: AMFValue = [
            "width": 1920, "height": 1080, "videocodecid": 1_635_135_537,
            "videoTrackIdInfoMap": [
                "1": ["width": 1280, "height": 720], "2": ["videocodecid": "avc1"], "x": ["width": 1], "300": ["width": 1],
            ],
        ]
        let metadata = try #require(StreamMetadata([top]))
        #expect(metadata.video.map(\.trackID) == [0, 1, 2])
        #expect(metadata.video.map(\.width) == [1920, 1280, 1920])
        #expect(metadata.video.map(\.codec) == [.av01, .av01, .avc1])
        #expect(metadata.audio.isEmpty)
    }

    @Test func writtenAndReadAgain() throws {
        let tracks = [
            TrackDescription(
                id: 0, kind: .video, codec: .avc1, width: 1280, height: 720, frameRateMilli: 29970, bitrate: 2_500_000),
            TrackDescription(id: 1, kind: .audio, codec: .mp4a, sampleRate: 48000, channels: 6, bitrate: 128_000),
            TrackDescription(id: 2, kind: .video, codec: .av01, width: 640, height: 360),
            TrackDescription(id: 3, kind: .audio, codec: .opus, sampleRate: 48000, channels: 1),
            TrackDescription(id: 4, kind: .data, codec: FourCC("text")),
        ]
        for asObject in [false, true] {
            let bytes = StreamMetadata.scriptData(for: tracks, extra: [AMFProperty("encoder", "x")], asObject: asObject)
            let metadata = try #require(StreamMetadata(try AMF0.decodeAll(bytes)))
            #expect(metadata.encoder == "x")
            #expect(metadata.video.map(\.codec) == [.avc1, .av01])
            #expect(metadata.video.map(\.width) == [1280, 640])
            #expect(metadata.video.first?.frameRateMilli == 29970)
            #expect(metadata.video.first?.bitrate == 2_500_000)
            #expect(metadata.audio.map(\.codec) == [.mp4a, .opus])
            #expect(metadata.audio.map(\.channels) == [6, 1])
            #expect(metadata.audio.map(\.trackID) == [0, 1])
        }
    }

    @Test func extraPairsReplaceOurs() {
        let track = TrackDescription(id: 0, kind: .video, codec: .avc1, width: 1280)
        let properties = StreamMetadata.properties(for: [track], extra: [AMFProperty("width", 5), AMFProperty("title", "t")])
        #expect(properties.map(\.name) == ["videocodecid", "width", "title"])
        #expect(AMFValue.object(properties)["width"] == 5)
    }
}
