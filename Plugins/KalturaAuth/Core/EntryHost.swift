/// An entry named by the host of an address: `0_ab12cd34.p.SUFFIX`, `0-ab12cd34.b.SUFFIX`, `ab12cd34.p.SUFFIX` (forms B, B').
///
/// Host names ignore case, so the label is taken in lower case. A suffix matches whole labels only.
struct EntryHost: Hashable {
    var entry: EntryID
    var server: ServerIndex

    init?(_ host: String, suffixes: [String]) {
        let labels = Self.labels(host)
        let match = suffixes.contains { suffix in
            let tail = Self.labels(suffix)
            return !tail.isEmpty && labels.count == tail.count + 2 && labels.suffix(tail.count).elementsEqual(tail)
        }
        guard match, let entry = Self.entry(label: labels[0]) else { return nil }
        switch labels[1] {
        case "p": self.server = .primary
        case "b": self.server = .backup
        default: return nil
        }
        self.entry = entry
    }

    /// Lowercase labels; a dot before the first or after the last is no label.
    private static func labels(_ host: String) -> [String] {
        var text = ASCII.lowercased(host)[...]
        if text.hasPrefix(".") { text = text.dropFirst() }
        if text.hasSuffix(".") { text = text.dropLast() }
        return text.isEmpty ? [] : text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    }

    /// `-` stands for `_`, and a label that is only the eight characters has lost its leading `1_`.
    private static func entry(label: String) -> EntryID? {
        let bytes = label.utf8.map { $0 == ASCII.minus ? ASCII.underscore : $0 }
        let text = String(decoding: bytes, as: UTF8.self)
        return EntryID(text) ?? (bytes.count == EntryID.nameLength ? EntryID("1_" + text) : nil)
    }
}
