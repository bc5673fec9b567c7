/// Why the session asks for the connection to be closed; what was sent before is to be flushed first.
public enum RTMPCloseReason: Sendable, Equatable {
    /// The peer's bytes cannot be taken.
    case protocolError(RTMPError)
    /// The peer was refused and told so.
    case refused(RTMPRefusal)
    /// The handshake was not complete in time.
    case handshakeTimeout
    /// Connected, but neither publish nor play came in time.
    case idleTimeout
    /// A publisher sent no audio or video.
    case publisherSilent
    /// A player did not answer a ping.
    case pingTimeout
    /// The peer ended it.
    case peerClosed
    /// The server ended it; the text says why.
    case ended(String)
}

extension RTMPCloseReason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .protocolError(let error): "protocol error: \(error)"
        case .refused(let refusal): "refused: \(refusal.code) \(refusal.description)"
        case .handshakeTimeout: "handshake not complete in time"
        case .idleTimeout: "neither publish nor play in time"
        case .publisherSilent: "publisher sent no media in time"
        case .pingTimeout: "no answer to ping"
        case .peerClosed: "peer closed"
        case .ended(let why): why
        }
    }
}
