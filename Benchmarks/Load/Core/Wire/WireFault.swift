/// What is wrong with bytes that a server sent.
public enum WireFault: Error, Equatable, CustomStringConvertible {
    case handshake(version: UInt8)
    /// A compressed chunk header on a chunk stream that has had none.
    case chunkWithoutHeader(chunkStream: UInt32)
    /// A new message header where a continuation belongs.
    case chunkInterrupted(chunkStream: UInt32)
    case tooManyChunkStreams
    case tooLong(what: String, bytes: Int)
    case flvSignature
    case flvTag(type: UInt8)
    case flvBackPointer(UInt32, expected: UInt32)
    case httpHead
    case httpStatus(Int)
    case httpChunk
    case playlist(String)
    case box(String)
    case refused(String)

    public var description: String {
        switch self {
        case .handshake(let version): "RTMP handshake with version \(version)"
        case .chunkWithoutHeader(let id): "chunk stream \(id) begins with a compressed header"
        case .chunkInterrupted(let id): "chunk stream \(id): a new header inside a message"
        case .tooManyChunkStreams: "too many chunk streams"
        case .tooLong(let what, let bytes): "\(what) is too long: \(bytes) bytes"
        case .flvSignature: "no FLV signature"
        case .flvTag(let type): "FLV tag of type \(type)"
        case .flvBackPointer(let value, let expected): "FLV back pointer \(value) instead of \(expected)"
        case .httpHead: "malformed HTTP response head"
        case .httpStatus(let status): "HTTP status \(status)"
        case .httpChunk: "malformed HTTP chunk"
        case .playlist(let what): "playlist: \(what)"
        case .box(let what): "MP4: \(what)"
        case .refused(let why): "refused: \(why)"
        }
    }
}
