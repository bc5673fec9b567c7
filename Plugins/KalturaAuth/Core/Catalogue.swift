/// Who is asked whether credentials are good: the local catalogue now, the API and other stores later.
///
/// An answer is the entry, or a refusal with the reasons of SPEC §3.5; a back end that cannot be reached is BACKEND_DOWN.
/// Implementations compare tokens in constant time and do the same work for unknown entries as for known ones.
public protocol Catalogue: Sendable {
    /// Decides one question; may take as long as the back end does, never on a lane.
    func authenticate(_ question: CatalogueQuestion) async throws(Refusal) -> LiveEntry
}

/// One question to a catalogue.
public struct CatalogueQuestion: Hashable, Sendable {
    public var credentials: Credentials
    /// The peer's address, without port.
    public var source: String
    /// Under which name this server takes a place of the partner's quota; nil: the question leaves no trace.
    public var hostname: String?
    /// Unix seconds.
    public var now: Int64

    public init(credentials: Credentials, source: String, hostname: String?, now: Int64) {
        self.credentials = credentials
        self.source = source
        self.hostname = hostname
        self.now = now
    }
}
