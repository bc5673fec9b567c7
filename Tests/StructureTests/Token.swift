/// A word, a text or a sign of Swift's source, as much of it as a manifest needs.
enum Token: Equatable, CustomStringConvertible {
    case word(String)
    case text(String)
    case symbol(Character)

    var opens: Bool { self == .symbol("(") || self == .symbol("[") || self == .symbol("{") }
    var closes: Bool { self == .symbol(")") || self == .symbol("]") || self == .symbol("}") }

    var description: String {
        switch self {
        case .word(let text), .text(let text): text
        case .symbol(let sign): String(sign)
        }
    }

    static func read(_ source: String) -> [Token] {
        var tokens: [Token] = []
        var rest = Substring(source)
        while let first = rest.first {
            if rest.hasPrefix("//") {
                rest = rest.drop { !$0.isNewline }
            } else if rest.hasPrefix("/*") {
                while !rest.isEmpty, !rest.hasPrefix("*/") { rest.removeFirst() }
                rest = rest.dropFirst(2)
            } else if first == "\"" {
                rest.removeFirst()
                var text = ""
                while let next = rest.popFirst(), next != "\"" {
                    text.append(next)
                    if next == "\\", let escaped = rest.popFirst() { text.append(escaped) }
                }
                tokens.append(.text(text))
            } else if first.isLetter || first == "_" {
                let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
                rest = rest.dropFirst(word.count)
                tokens.append(.word(String(word)))
            } else {
                if !first.isWhitespace { tokens.append(.symbol(first)) }
                rest.removeFirst()
            }
        }
        return tokens
    }
}
