import Formats

extension HLSConfiguration {
    func write(to writer: inout BlobWriter) {
        for value in [
            segmentMs, partMs, windowSegments, keepSegments, idleSegments, maximumBytes, maximumSegmentMs, maximumSkewMs,
            windowMs,
        ] { writer.int(value) }
        writer.bool(muxed)
        writer.text(tag)
        writer.text(segmentID3)
    }

    /// Only what `bounded` gives.
    init(from reader: inout BlobReader, version: UInt16) throws(BlobError) {
        let at = reader.offset
        self.init()
        segmentMs = try reader.int("segment_ms", in: 0...Int.max)
        partMs = try reader.int("part_ms", in: 0...Int.max)
        windowSegments = try reader.int("window_segments", in: 0...Int.max)
        keepSegments = try reader.int("keep_segments", in: 0...Int.max)
        idleSegments = try reader.int("idle_segments", in: 0...Int.max)
        maximumBytes = try reader.int("maximum bytes", in: 0...Int.max)
        maximumSegmentMs = try reader.int("maximum segment", in: 0...Int.max)
        maximumSkewMs = try reader.int("maximum skew", in: 0...Int.max)
        windowMs = try reader.int("window", in: 0...Int.max)
        muxed = try reader.bool("muxed")
        tag = try reader.text("tag", limit: 32)
        if version >= 3 { segmentID3 = try reader.text("segment ID3", limit: HLSConfiguration.longestID3) }
        guard self == bounded else { throw .value(field: "configuration", offset: at) }
    }
}
