/// How the records of a log are wrapped: two logs per stream, each the same bytes for all who watch that way.
public enum FLVFraming: Sendable, Equatable {
    /// Plain FLV, the body of an HTTP response.
    case http
    /// Each record one unmasked binary message of a WebSocket (RFC 6455 §5.2).
    case webSocket
}
