/// The texts that were read last, with what they say: a text that is known is not read again.
///
/// TOMLKit (0.6.0) frees neither the tables that it parses nor the strings that it hands out, about 3 KiB for a manifest. A plugin
/// that is reloaded again and again would add them up, so only a text that *changed* costs them. Bounded in number and in bytes;
/// the text used longest ago goes first.
struct KnownTexts<Meaning: Sendable>: Sendable {
    private struct Known: Sendable {
        let text: String
        let meaning: Meaning
    }

    /// The one used last is at the end.
    private var known: [Known] = []
    private var bytes = 0
    private let countLimit: Int
    private let byteLimit: Int

    init(countLimit: Int = 64, byteLimit: Int = 1 << 20) {
        self.countLimit = countLimit
        self.byteLimit = byteLimit
    }

    mutating func meaning(of text: String) -> Meaning? {
        guard let place = known.lastIndex(where: { $0.text.utf8.elementsEqual(text.utf8) }) else { return nil }
        let found = known.remove(at: place)
        known.append(found)
        return found.meaning
    }

    mutating func remember(_ meaning: Meaning, of text: String) {
        guard text.utf8.count <= byteLimit else { return }
        while !known.isEmpty, known.count >= countLimit || bytes + text.utf8.count > byteLimit {
            bytes -= known.removeFirst().text.utf8.count
        }
        known.append(Known(text: text, meaning: meaning))
        bytes += text.utf8.count
    }
}
