/// The answer to a question of the session: go on, or a refusal that the peer is told and that ends the connection.
public enum RTMPDecision: Sendable, Equatable {
    case allow
    case refuse(RTMPRefusal)
}

/// What the peer is told before the connection closes.
public struct RTMPRefusal: Sendable, Equatable {
    /// The onStatus code at publish and play, `NetStream.Publish.BadName` and the like. At connect it is always
    /// `NetConnection.Connect.Rejected`.
    public var code: String
    /// Text fit for the peer.
    public var description: String
    /// Additionally says `NetStream.Play.Failed`, for old encoder scripts.
    public var legacyPlayFailed: Bool

    public init(code: String, description: String, legacyPlayFailed: Bool = false) {
        self.code = code
        self.description = description
        self.legacyPlayFailed = legacyPlayFailed
    }
}
