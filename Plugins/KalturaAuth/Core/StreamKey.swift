/// What a live stream is keyed by: entry, server index and stream index (SPEC §3.1).
///
/// Primary and backup of one entry send equal stream names and must not collide, so the backup's name gets `~b`.
public struct StreamKey: Hashable, Sendable {
    public let entry: EntryID
    public let server: ServerIndex
    /// 0…999 999 999.
    public let index: Int32

    public init(entry: EntryID, server: ServerIndex, index: Int32) {
        self.entry = entry
        self.server = server
        self.index = index
    }

    /// The key of the name that the host publishes under; nil for a name that is none of ours.
    public init?(name: String) {
        guard let (input, index) = LiveInputs.parse(name) else { return nil }
        self.init(entry: input.entry, server: input.server, index: index)
    }

    /// The name the host publishes under: `ENTRY_N`, of a backup `ENTRY_N~b`.
    public var name: String { "\(entry)_\(index)\(server.nameSuffix)" }

    /// The multivariant group: `ENTRY`, of a backup `ENTRY~b`.
    public var group: String { "\(entry)\(server.nameSuffix)" }
}
