/// The start of a VP8 frame (RFC 6386 §9.1): key frame and size.
public struct VP8FrameHeader: Sendable, Equatable {
    /// A key frame.
    public var isKey: Bool
    /// `version`, 0...3 in use.
    public var version: UInt8
    /// `show_frame`.
    public var isShown: Bool
    /// Size of a key frame, 1...16383 each; 0 otherwise.
    public var width: UInt32 = 0, height: UInt32 = 0

    /// Reads the first bytes of a frame.
    public init(_ frame: RawSpan) throws(BitstreamError) {
        guard let tag = frame.byte(at: 0), frame.byteCount >= 3 else { throw .truncated(field: "frame_tag", bitOffset: 0) }
        isKey = tag & 1 == 0
        version = tag >> 1 & 7
        isShown = tag & 0x10 != 0
        guard isKey else { return }
        guard let start = frame.bigEndian(at: 3, width: 3) else { throw .truncated(field: "start_code", bitOffset: 24) }
        guard start == 0x9D012A else { throw .invalid(field: "start_code", value: UInt64(truncatingIfNeeded: start)) }
        guard let horizontal = frame.bigEndian(at: 6, width: 2), let vertical = frame.bigEndian(at: 8, width: 2) else {
            throw .truncated(field: "size", bitOffset: 48)
        }
        width = UInt32(UInt16(truncatingIfNeeded: horizontal).byteSwapped & 0x3FFF)
        height = UInt32(UInt16(truncatingIfNeeded: vertical).byteSwapped & 0x3FFF)
        guard width > 0, height > 0 else { throw .invalid(field: "size", value: 0) }
    }
}
