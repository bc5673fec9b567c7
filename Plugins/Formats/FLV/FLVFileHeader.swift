/// The start of an FLV file or stream, FLV 10.1 §E.2.
public struct FLVFileHeader: Equatable, Sendable {
    /// Bytes of the header on the wire; the size "0" of the tag before the first (four bytes) follows.
    public static let byteCount = 9

    /// Audio tags are to be expected. Only a hint: live streams often say what they do not hold.
    public var hasAudio: Bool
    /// Video tags are to be expected.
    public var hasVideo: Bool

    /// Both.
    public init(hasAudio: Bool, hasVideo: Bool) {
        self.hasAudio = hasAudio
        self.hasVideo = hasVideo
    }

    /// Appends the nine bytes and the size 0 of a previous tag.
    public func append(to writer: inout ByteWriter) {
        writer.utf8("FLV")
        writer.u8(1)
        writer.u8((hasAudio ? 4 : 0) | (hasVideo ? 1 : 0))
        writer.u32(UInt32(Self.byteCount))
        writer.u32(0)
    }
}
