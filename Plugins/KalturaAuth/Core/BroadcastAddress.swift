/// A parsed broadcast address (SPEC §2): every form, A to F.
///
/// Owns the grammar and its limits. Parts may still be missing: `credentials(_:)` says which and refuses.
/// It never decides whether a token is right, and prints nothing of one but its mask.
public struct BroadcastAddress: Hashable, Sendable {
    /// Where the credentials were found.
    public enum Form: String, Hashable, Sendable {
        /// A, A', D: the query of the connect or RTSP address.
        case query
        /// C: pairs in the path.
        case path
        /// F: the query of the stream name.
        case streamKey
        /// E, E': the stream id of an SRT handshake.
        case streamID
        /// Nowhere.
        case none
    }

    /// The first part of the path, as written, without its query.
    public internal(set) var application: String
    public internal(set) var form: Form
    /// Whether the host named the entry (forms B, B').
    public internal(set) var namedByHost: Bool
    /// From the host, else from `e`, else from a full stream name.
    public internal(set) var entry: EntryID?
    /// From `p`; nil when it is missing or `-5` (unknown, to be looked up).
    public internal(set) var partner: Int32?
    /// From `i`, else from the host.
    public internal(set) var server: ServerIndex?
    /// E': the token is the `ep` text, the connection is encrypted with what it stands for (§2.5).
    public internal(set) var isEncrypted: Bool
    public internal(set) var token: Token?
    /// The stream's name without its query and without path pairs; nil before it is known.
    public internal(set) var streamName: String?

    /// The partner that means "unknown": the built-in media server partner.
    public static let unknownPartner: Int32 = -5

    /// Whether any of `p e i t` was given, so that a refusal may name what is missing.
    public var hasCredentials: Bool { form != .none }
}
