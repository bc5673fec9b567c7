import Foundation

/// Reads structs and constants out of the headers: enough C for their house style, nothing else.
struct HeaderReader {
    struct Struct: Equatable {
        var name: String
        var fields: [String]
        /// The same as they are declared, with one space between words.
        var declarations: [String]
    }

    private(set) var structs: [Struct] = []
    /// Names of integer constants, and of texts.
    private(set) var integers: [String] = []
    private(set) var texts: [String] = []
    /// Name → declaration of the types that are no structs with fields, and of the entry.
    private(set) var types: [String: String] = [:]

    init(_ headers: [String]) throws {
        for header in headers { try read(Self.withoutComments(header)) }
        structs.sort { $0.name < $1.name }
        integers.sort()
        texts.sort()
    }

    struct Unreadable: Error { let line: String }

    private mutating func read(_ text: String) throws {
        for match in text.matches(of: /(?m)^#define (SLUICE_[A-Z0-9_]+) (.+)$/) {
            let (name, value) = (String(match.1), match.2.trimmingCharacters(in: .whitespaces))
            if value.hasPrefix("\"") { texts.append(name) } else if name != "SLUICE_EXPORT" { integers.append(name) }
        }
        for match in text.matches(of: /typedef struct (\w+) \{([^}]*)\} (\w+);/) {
            guard match.1 == match.3 else { throw Unreadable(line: String(match.0.prefix(80))) }
            let declarations = Self.declarations(String(match.2))
            structs.append(
                Struct(name: String(match.1), fields: try declarations.map(Self.name), declarations: declarations))
        }
        for match in text.matches(of: /(?m)^typedef [^{};]*?(\w+);|^typedef [^{};]*?\(\*(\w+)\)\([^{};]*\);/) {
            types[String(match.2 ?? match.1 ?? "")] = Self.oneLine(String(match.0))
        }
        for match in text.matches(of: /(?m)^SLUICE_EXPORT [^{};]*?(\w+)\([^{};]*\);/) {
            types[String(match.1)] = Self.oneLine(String(match.0))
        }
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private static func declarations(_ body: String) -> [String] {
        body.split(separator: ";").map { oneLine(String($0)) }.filter { !$0.isEmpty }
    }

    private static func name(_ field: String) throws -> String {
        // A pointer to a function (its result may be a pointer), an array, or a plain field.
        if let match = field.firstMatch(of: /\(\*(\w+)\)\s*\(/) { return String(match.1) }
        if let match = field.firstMatch(of: /(\w+)\[\w+\]$/) { return String(match.1) }
        if let match = field.firstMatch(of: /^[\w\s*]+?[\s*](\w+)$/) { return String(match.1) }
        throw Unreadable(line: field)
    }

    private static func withoutComments(_ text: String) -> String { text.replacing(/(?s)\/\*.*?\*\//, with: " ") }
}
