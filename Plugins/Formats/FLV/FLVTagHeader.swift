/// The eleven bytes before the body of an FLV tag, FLV 10.1 §E.4.1; the size of the whole tag follows the body.
public struct FLVTagHeader: Equatable, Sendable {
    /// Bytes of the header on the wire.
    public static let byteCount = 11
    /// Bytes of the size that follows the body.
    public static let trailerByteCount = 4

    /// Five bits, usually of an `FLVTagType`.
    public var rawType: UInt8
    /// True for encrypted tags, which are not understood here.
    public var isFiltered: Bool
    /// Bytes of the body; below 2²⁴.
    public var bodyCount: UInt32
    /// Milliseconds, modulo 2³².
    public var timestamp: UInt32
    /// Always 0 in files.
    public var streamID: UInt32

    /// For a tag to be written; of `bodyCount` the low 24 bits count.
    public init(_ type: FLVTagType, bodyCount: Int, timestamp: UInt32) {
        rawType = type.rawValue
        isFiltered = false
        self.bodyCount = UInt32(truncatingIfNeeded: bodyCount) & 0xFF_FFFF
        self.timestamp = timestamp
        streamID = 0
    }

    /// From the next eleven bytes; nil (and nothing consumed) if there are fewer.
    public init?<Source>(_ reader: inout ByteReader<Source>) {
        guard reader.remaining >= Self.byteCount,
            let first = reader.u8(), let bodyCount = reader.u24(), let low = reader.u24(), let high = reader.u8(),
            let streamID = reader.u24()
        else { return nil }
        rawType = first & 0x1F
        isFiltered = first & 0x20 != 0
        self.bodyCount = bodyCount
        timestamp = UInt32(high) << 24 | low
        self.streamID = streamID
    }

    /// The type, if it is one of the known.
    public var type: FLVTagType? { FLVTagType(rawValue: rawType) }

    /// What follows the body: the size of header and body.
    public var trailer: UInt32 { bodyCount + UInt32(Self.byteCount) }

    /// Appends the eleven bytes.
    public func append(to writer: inout ByteWriter) {
        writer.u8((isFiltered ? 0x20 : 0) | rawType & 0x1F)
        writer.u24(bodyCount)
        writer.u24(timestamp)
        writer.u8(UInt8(truncatingIfNeeded: timestamp >> 24))
        writer.u24(streamID)
    }

    /// Appends the size that follows the body.
    public func appendTrailer(to writer: inout ByteWriter) {
        writer.u32(trailer)
    }
}
