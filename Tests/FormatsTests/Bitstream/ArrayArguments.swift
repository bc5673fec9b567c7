import Formats

// The parsers take spans, which cannot pass through `#expect`; tests have arrays.

extension NALFormat {
    func inspect(_ bytes: [UInt8], lengthSize: Int = 4) throws -> Summary {
        try inspect(bytes.span.bytes, lengthSize: lengthSize)
    }

    func canonical(_ bytes: [UInt8], lengthSize: Int = 4) throws -> [UInt8] {
        try canonical(bytes.span.bytes, lengthSize: lengthSize)
    }

    func parameterSets(in bytes: [UInt8], lengthSize: Int = 4) throws -> [[UInt8]] {
        try parameterSets(in: bytes.span.bytes, lengthSize: lengthSize)
    }
}

extension AnnexB {
    static func units(in bytes: [UInt8]) -> [[UInt8]] { units(in: bytes.span.bytes) }
    static func lengthPrefixed(_ bytes: [UInt8]) -> [UInt8] { lengthPrefixed(bytes.span.bytes) }
    static func byteStream(_ bytes: [UInt8]) throws -> [UInt8] { try byteStream(bytes.span.bytes) }
}

extension AV1TemporalUnit {
    static func inspect(_ bytes: [UInt8]) throws -> Summary { try inspect(bytes.span.bytes) }
    static func canonical(_ bytes: [UInt8]) throws -> [UInt8] { try canonical(bytes.span.bytes) }
}

extension VP8FrameHeader {
    init(_ bytes: [UInt8]) throws { try self.init(bytes.span.bytes) }
}

extension VP9FrameHeader {
    init(_ bytes: [UInt8]) throws { try self.init(bytes.span.bytes) }
}

extension ADTSHeader {
    init(_ bytes: [UInt8], at offset: Int = 0) throws { try self.init(bytes.span.bytes, at: offset) }
}

extension MP3Header {
    init(_ bytes: [UInt8]) throws { try self.init(bytes.span.bytes) }
}

extension AC3Header {
    init(_ bytes: [UInt8]) throws { try self.init(bytes.span.bytes) }
}

extension OpusPacket {
    static func duration(_ bytes: [UInt8]) -> UInt32? { duration(bytes.span.bytes) }
}

extension TrackDescription {
    /// The track after a frame, and whether anything changed.
    func applying(firstFrame bytes: [UInt8]) -> (track: TrackDescription, changed: Bool) {
        var track = self
        let changed = track.apply(firstFrame: bytes.span.bytes)
        return (track, changed)
    }
}
