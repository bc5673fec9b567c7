/// Why bytes of a peer could not be taken; each ends the connection.
public enum RTMPError: Error, Sendable, Equatable {
    /// C0 is not 3; the guess says what seems to speak on the other side.
    case version(UInt8, guess: RTMPForeignProtocol)
    /// SetChunkSize with 0 or with the top bit set (RTMP 1.0 §5.4.1).
    case chunkSize(UInt32)
    /// A chunk of format 2 or 3 on a chunk stream that had no header to continue.
    case noHeader(chunkStream: UInt32, format: UInt8)
    /// A chunk of format 0, 1 or 2 before the message on its chunk stream was complete.
    case headerInsideMessage(chunkStream: UInt32)
    /// A message announces more than the limit.
    case messageTooLong(Int, limit: Int)
    /// All partially assembled messages together are over the budget.
    case pendingBytes(limit: Int)
    /// Too many chunk streams.
    case chunkStreams(limit: Int)
    /// A protocol control message is too short for its type.
    case shortControl(type: UInt8, length: Int)
    /// The peer went on sending while an answer was awaited.
    case heldBytes(limit: Int)
    /// A command or its AMF values cannot be read; the text names the field.
    case badCommand(String)
    /// More commands than the limit.
    case commandFlood
    /// More configuration changes than the limit.
    case configurationFlood
    /// A command in a state where it has no place.
    case outOfOrder(String)
}

/// What the first byte of a foreign protocol on the RTMP port looks like.
public enum RTMPForeignProtocol: Sendable, Equatable {
    case tls, http, encryptedRTMP, unknown
}

extension RTMPError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .version(let version, let guess): "handshake version \(version) instead of 3: \(guess)"
        case .chunkSize(let size): "chunk size \(size)"
        case .noHeader(let stream, let format): "chunk of format \(format) first on chunk stream \(stream)"
        case .headerInsideMessage(let stream): "new header inside a message on chunk stream \(stream)"
        case .messageTooLong(let length, let limit): "message of \(length) bytes, limit \(limit)"
        case .pendingBytes(let limit): "incomplete messages over \(limit) bytes"
        case .chunkStreams(let limit): "more than \(limit) chunk streams"
        case .shortControl(let type, let length): "control message \(type) of \(length) bytes"
        case .heldBytes(let limit): "more than \(limit) bytes before an answer"
        case .badCommand(let what): "bad command: \(what)"
        case .commandFlood: "too many commands"
        case .configurationFlood: "codec configuration changes too often"
        case .outOfOrder(let what): "out of order: \(what)"
        }
    }
}

extension RTMPForeignProtocol: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tls: "this looks like TLS, use the RTMPS port"
        case .http: "this looks like HTTP"
        case .encryptedRTMP: "RTMPE is not supported"
        case .unknown: "this is not RTMP"
        }
    }
}
