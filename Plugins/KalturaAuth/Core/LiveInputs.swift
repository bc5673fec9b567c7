/// Which inputs are live here, by the host's events: an input is on air while any of its streams is.
public struct LiveInputs: Sendable {
    public struct Input: Hashable, Sendable {
        public var entry: EntryID
        public var server: ServerIndex
    }

    private var streams: [Input: Set<Int32>] = [:]

    public init() {}

    /// All live inputs.
    public var all: [Input] { Array(streams.keys) }

    /// A stream went live; returns its input when that is now on air by it.
    public mutating func began(_ name: String) -> Input? {
        guard let (input, index) = Self.parse(name) else { return nil }
        let first = streams[input] == nil
        streams[input, default: []].insert(index)
        return first ? input : nil
    }

    /// A stream ended; returns its input when nothing of it is left.
    public mutating func ended(_ name: String) -> Input? {
        guard let (input, index) = Self.parse(name), var indexes = streams[input] else { return nil }
        indexes.remove(index)
        streams[input] = indexes.isEmpty ? nil : indexes
        return indexes.isEmpty ? input : nil
    }

    /// `ENTRY_N` or `ENTRY_N~b`.
    static func parse(_ name: String) -> (Input, Int32)? {
        let isBackup = name.hasSuffix(ServerIndex.backup.nameSuffix)
        let plain = isBackup ? name.dropLast(ServerIndex.backup.nameSuffix.count) : name[...]
        guard case .full(let entry, let index) = StreamName(plain) else { return nil }
        return (Input(entry: entry, server: isBackup ? .backup : .primary), index)
    }
}
