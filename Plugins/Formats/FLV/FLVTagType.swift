/// What an FLV tag carries; the numbers are those of RTMP message types.
public enum FLVTagType: UInt8, Sendable {
    case audio = 8
    case video = 9
    /// Script data behind a byte 0, with switches to AMF3.
    case scriptAMF3 = 15
    /// Script data in AMF0.
    case script = 18
}
