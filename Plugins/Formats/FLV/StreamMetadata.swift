/// What `onMetaData` says of a stream, FLV 10.1 §E.5 and Enhanced RTMP v2 "Enhancing onMetaData".
public struct StreamMetadata: Equatable, Sendable {
    /// At most one entry per track ID; track 0 first if it is described at all.
    public var video: [TrackMetadata] = []
    /// As `video`.
    public var audio: [TrackMetadata] = []
    /// The program that made the stream; empty if not said.
    public var encoder: String = ""

    /// Nothing said.
    public init() {}

    /// From the values of a data message: `["onMetaData", {…}]`, `["@setDataFrame", "onMetaData", {…}]` or `[{…}]`; nil if it
    /// is another event or has no object or ECMA array.
    public init?(_ values: [AMFValue]) {
        var names: [String] = []
        for value in values {
            if let properties = value.objectProperties {
                guard names.allSatisfy({ $0 == "@setDataFrame" || $0 == "onMetaData" }) else { return nil }
                self.init(properties: properties)
                return
            }
            guard case .string(let name) = value else { return nil }
            names.append(name)
        }
        return nil
    }

    /// From the pairs; what is not a number where one belongs, negative or too large is taken as not said.
    public init(properties: [AMFProperty]) {
        let top = AMFValue.object(properties)
        encoder = top["encoder"]?.stringValue ?? ""
        video = Self.tracks(top, map: "videoTrackIdInfoMap", Self.readVideo)
        audio = Self.tracks(top, map: "audioTrackIdInfoMap", Self.readAudio)
    }

    /// Track 0 from the top level, then the map's, which inherit what they do not say ("delta style").
    private static func tracks(
        _ top: AMFValue, map: String, _ read: (AMFValue, inout TrackMetadata) -> Void
    ) -> [TrackMetadata] {
        let nothing = TrackMetadata(trackID: 0)
        var first = nothing
        read(top, &first)
        var tracks = first == nothing ? [] : [first]
        var known: Set<UInt8> = [0]
        for entry in top[map]?.objectProperties ?? [] {
            guard let id = UInt8(entry.name), entry.value.objectProperties != nil, known.insert(id).inserted else { continue }
            var track = first
            track.trackID = id
            read(entry.value, &track)
            tracks.append(track)
        }
        return tracks
    }

    private static func readVideo(_ value: AMFValue, _ track: inout TrackMetadata) {
        set(&track.width, value["width"])
        set(&track.height, value["height"])
        set(&track.frameRateMilli, value["framerate"], scale: 1000)
        set(&track.bitrate, value["videodatarate"], scale: 1000)
        if let codec = codec(value["videocodecid"], legacy: [7: .avc1, 12: .hvc1]) { track.codec = codec }
    }

    private static func readAudio(_ value: AMFValue, _ track: inout TrackMetadata) {
        if let isStereo = value["stereo"]?.booleanValue { track.channels = isStereo ? 2 : 1 }
        set(&track.channels, value["audiochannels"])
        set(&track.channels, value["channels"])
        set(&track.sampleRate, value["audiosamplerate"])
        set(&track.sampleRate, value["samplerate"])
        set(&track.bitrate, value["audiodatarate"], scale: 1000)
        if let codec = codec(value["audiocodecid"], legacy: [10: .mp4a, 2: .mp3, 14: .mp3]) { track.codec = codec }
    }

    private static func set(_ field: inout UInt32, _ value: AMFValue?, scale: Double = 1) {
        guard let number = value?.doubleValue, let whole = UInt32(exactly: (number * scale).rounded()), whole > 0 else {
            return
        }
        field = whole
    }

    private static func codec(_ value: AMFValue?, legacy: [UInt32: FourCC]) -> FourCC? {
        if let text = value?.stringValue { return FourCC(text: text) }
        guard let number = value?.uint32Value else { return nil }
        if let codec = legacy[number] { return codec }
        let codec = FourCC(rawValue: number)
        return codec.isPrintable ? codec : nil
    }
}
