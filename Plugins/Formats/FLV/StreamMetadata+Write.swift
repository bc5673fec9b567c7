extension StreamMetadata {
    /// The pairs that describe `tracks`: the first of a kind at the top level, others in `videoTrackIdInfoMap` and
    /// `audioTrackIdInfoMap` under the IDs that `FLVTrackMuxer.muxers(for:)` gives them.
    ///
    /// - Parameter extra: Further pairs, which replace ours of the same name and otherwise follow them.
    public static func properties(for tracks: [TrackDescription], extra: [AMFProperty] = []) -> [AMFProperty] {
        var properties: [AMFProperty] = []
        var videoMap: [AMFProperty] = []
        var audioMap: [AMFProperty] = []
        for (track, id) in zip(tracks, FLVTrackMuxer.trackIDs(for: tracks)) {
            guard let id else { continue }
            let pairs = track.kind == .video ? video(track) : audio(track, isTop: id == 0)
            switch (id, track.kind) {
            case (0, _): properties += pairs
            case (_, .video): videoMap.append(AMFProperty(String(id), .object(pairs)))
            default: audioMap.append(AMFProperty(String(id), .object(pairs)))
            }
        }
        if !videoMap.isEmpty { properties.append(AMFProperty("videoTrackIdInfoMap", .object(videoMap))) }
        if !audioMap.isEmpty { properties.append(AMFProperty("audioTrackIdInfoMap", .object(audioMap))) }
        let replaced = Set(extra.map(\.name))
        return properties.filter { !replaced.contains($0.name) } + extra
    }

    /// The body of an AMF0 data message or script tag: "onMetaData" and an ECMA array (or object) of `properties(for:extra:)`.
    public static func scriptData(
        for tracks: [TrackDescription], extra: [AMFProperty] = [], asObject: Bool = false
    ) -> [UInt8] {
        let properties = properties(for: tracks, extra: extra)
        return AMF0.encode(["onMetaData", asObject ? .object(properties) : .ecmaArray(properties)])
    }

    private static func video(_ track: TrackDescription) -> [AMFProperty] {
        var pairs: [AMFProperty] = []
        append("width", track.width, to: &pairs)
        append("height", track.height, to: &pairs)
        append("framerate", track.frameRateMilli, per: 1000, to: &pairs)
        append("videodatarate", track.bitrate, per: 1000, to: &pairs)
        let codec = track.codec == .avc1 ? UInt32(LegacyCodec.avc) : track.codec.rawValue
        pairs.append(AMFProperty("videocodecid", .number(Double(codec))))
        return pairs
    }

    /// The names of the top level are those of FLV 10.1; the map's are those of Enhanced RTMP.
    private static func audio(_ track: TrackDescription, isTop: Bool) -> [AMFProperty] {
        var pairs: [AMFProperty] = []
        append(isTop ? "audiosamplerate" : "samplerate", track.sampleRate, to: &pairs)
        append("audiodatarate", track.bitrate, per: 1000, to: &pairs)
        append(isTop ? "audiochannels" : "channels", track.channels, to: &pairs)
        if isTop, track.channels > 0 { pairs.append(AMFProperty("stereo", .boolean(track.channels > 1))) }
        let codec =
            switch track.codec {
            case .mp4a: UInt32(LegacyCodec.aac)
            case .mp3: UInt32(LegacyCodec.mp3)
            default: track.codec.rawValue
            }
        pairs.append(AMFProperty("audiocodecid", .number(Double(codec))))
        return pairs
    }

    private static func append(_ name: String, _ value: UInt32, per divisor: Double = 1, to pairs: inout [AMFProperty]) {
        guard value > 0 else { return }
        pairs.append(AMFProperty(name, .number(Double(value) / divisor)))
    }
}
