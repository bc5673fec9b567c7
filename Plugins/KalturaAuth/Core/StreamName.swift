/// A stream name as an encoder sends it, without its query (SPEC §2.2 `stream`, `short`).
public enum StreamName: Hashable, Sendable {
    /// `0_ab12cd34_1`: entry and stream index.
    case full(EntryID, index: Int32)
    /// `1`: the index alone, usable only when the entry is known already.
    case short(index: Int32)

    /// Takes `text` when the whole of it matches the grammar.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        if let index = ASCII.index(bytes[...]) {
            self = .short(index: index)
            return
        }
        guard let length = EntryID.prefixLength(of: bytes[...]), bytes.count > length + 1,
            bytes[length] == ASCII.underscore, let index = ASCII.index(bytes[(length + 1)...]),
            let entry = EntryID(String(decoding: bytes[..<length], as: UTF8.self))
        else { return nil }
        self = .full(entry, index: index)
    }

    /// The number that says which of the encoder's renditions this is; 0…999 999 999.
    public var index: Int32 {
        switch self {
        case .full(_, let index), .short(let index): index
        }
    }
}
