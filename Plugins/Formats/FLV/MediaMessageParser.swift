/// The walk through one message: first byte, ModEx blocks, multitrack byte, FourCC, then one body per track.
struct MediaMessageParser {
    let bytes: UnsafeRawBufferPointer
    let kind: TrackKind
    var reader: ByteReader<UnsafeRawBufferPointer>
    var frameType: UInt8 = 0
    var nanoOffset: UInt32 = 0

    init(_ bytes: UnsafeRawBufferPointer, kind: TrackKind) {
        self.bytes = bytes
        self.kind = kind
        self.reader = ByteReader(bytes)
    }

    /// What is the same for all bytes of a track's body.
    struct Track {
        var packetType: UInt8
        var id: UInt8
        var codec: FourCC
    }

    mutating func byte() throws(MediaMessageError) -> UInt8 {
        guard let byte = reader.u8() else { throw .truncated(offset: reader.position) }
        return byte
    }

    /// The FourCC at the position, which has to be a codec of this kind.
    mutating func codec() throws(MediaMessageError) -> FourCC {
        let offset = reader.position
        guard let codec = reader.fourCC() else { throw .truncated(offset: offset) }
        guard codec.isEnhanced(kind) else { throw .unknownFourCC(codec, offset: offset) }
        return codec
    }

    /// Skips ModEx blocks, noting the nanosecond offset, and answers the packet type behind them (Enhanced RTMP v2 "ModEx").
    mutating func modEx(_ first: UInt8) throws(MediaMessageError) -> UInt8 {
        var packetType = first
        while packetType == MediaPacketType.modEx {
            var size = Int(try byte()) + 1
            if size == 256 {
                guard let long = reader.u16() else { throw .truncated(offset: reader.position) }
                size = Int(long) + 1
            }
            let offset = reader.position
            guard var data = reader.reader(size) else { throw .truncated(offset: offset) }
            let next = try byte()
            packetType = next & 0x0F
            if next >> 4 == MediaPacketType.timestampOffsetNano {
                guard let nano = data.u24(), nano <= 999_999 else { throw .nanoOffset(offset: offset) }
                nanoOffset = nano
            }
        }
        return packetType
    }

    /// The tracks of a multitrack message, from the byte after the header on; each body is handed to `body`.
    mutating func multitrack(
        nested: UInt8, _ body: (Self, Track, Range<Int>) throws(MediaMessageError) -> Void
    ) throws(MediaMessageError) {
        let offset = reader.position
        let types = try byte()
        let packetType = types & 0x0F
        guard packetType != nested else { throw .nestedMultitrack(offset: offset) }
        switch types >> 4 {
        case MultitrackType.oneTrack:
            let codec = try codec()
            let track = Track(packetType: packetType, id: try byte(), codec: codec)
            try body(self, track, reader.restRange)
        case MultitrackType.manyTracks:
            let codec = try codec()
            repeat { try sizedTrack(packetType, codec, body) } while !reader.isAtEnd
        case MultitrackType.manyTracksManyCodecs:
            repeat { try sizedTrack(packetType, try codec(), body) } while !reader.isAtEnd
        default:
            throw .unknownMultitrackType(types >> 4, offset: offset)
        }
    }

    private mutating func sizedTrack(
        _ packetType: UInt8, _ codec: FourCC, _ body: (Self, Track, Range<Int>) throws(MediaMessageError) -> Void
    ) throws(MediaMessageError) {
        let track = Track(packetType: packetType, id: try byte(), codec: codec)
        let offset = reader.position
        guard let size = reader.u24() else { throw .truncated(offset: offset) }
        guard let range = reader.range(Int(size)) else {
            throw .trackSize(size, remaining: reader.remaining, offset: offset)
        }
        try body(self, track, range)
    }

    /// The signed 24-bit number at the start of `range`, which it loses.
    func compositionOffset(_ range: inout Range<Int>) throws(MediaMessageError) -> Int32 {
        var body = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[range]))
        guard let offset = body.i24() else { throw .truncated(offset: range.lowerBound) }
        range = (range.lowerBound + 3)..<range.upperBound
        return offset
    }
}
