/// Why a stream of bytes is not FLV; offsets are from the start of the stream.
public enum FLVError: Error, Equatable, Sendable {
    /// The first three bytes are not "FLV", or the version is not 1.
    case notFLV
    /// The header says that it is shorter than nine bytes or longer than 256.
    case headerSize(UInt32)
    /// A tag is larger than the reader's limit.
    case tagTooLarge(bytes: UInt32, limit: Int, offset: Int)
    /// A tag is encrypted.
    case encrypted(offset: Int)
}

extension FLVError: CustomStringConvertible {
    /// One line for a log.
    public var description: String {
        switch self {
        case .notFLV: "stream does not begin as FLV version 1"
        case .headerSize(let size): "FLV header of \(size) bytes"
        case .tagTooLarge(let bytes, let limit, let offset):
            "FLV tag of \(bytes) bytes at byte \(offset) is larger than \(limit)"
        case .encrypted(let offset): "FLV tag at byte \(offset) is encrypted"
        }
    }
}
