/// An entry that a publisher's credentials opened, and the input that they are for.
public struct AuthenticatedEntry: Hashable, Sendable {
    public var entry: LiveEntry
    public var server: ServerIndex

    public init(entry: LiveEntry, server: ServerIndex) {
        self.entry = entry
        self.server = server
    }
}
