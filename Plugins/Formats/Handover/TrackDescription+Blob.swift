extension BlobWriter {
    /// A track, whole.
    public mutating func track(_ track: TrackDescription) {
        u32(track.id)
        u8(UInt8(truncatingIfNeeded: track.kind.rawValue))
        u32(track.codec.rawValue)
        u32(track.timescale)
        run(track.configuration)
        u32(track.width)
        u32(track.height)
        u32(track.frameRateMilli)
        u32(track.sampleRate)
        u32(track.channels)
        u32(track.bitrate)
        text(track.language)
    }
}

extension BlobReader {
    /// What `BlobWriter.track` wrote; a configuration of up to 16 MiB, and nothing said of whether it fits the codec.
    public mutating func track() throws(BlobError) -> TrackDescription {
        let id = try u32()
        let at = offset
        guard let kind = TrackKind(rawValue: UInt32(try u8())) else { throw .value(field: "track kind", offset: at) }
        let codec = FourCC(rawValue: try u32())
        let timescale = try u32()
        var track = TrackDescription(id: id, kind: kind, codec: codec, timescale: timescale)
        track.configuration = try run("configuration", limit: 1 << 24)
        track.width = try u32()
        track.height = try u32()
        track.frameRateMilli = try u32()
        track.sampleRate = try u32()
        track.channels = try u32()
        track.bitrate = try u32()
        track.language = try text("language", limit: 255)
        return track
    }
}
