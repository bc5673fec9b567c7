import Foundation

/// Reads structs and constants out of the headers: enough C for their house style, nothing else.
struct HeaderReader {
    struct Struct: Equatable {
        var name: String
        var fields: [String]
    }

    private(set) var structs: [Struct] = []
    /// Names of integer constants, and of texts.
    private(set) var integers: [String] = []
    private(set) var texts: [String] = []

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
            structs.append(Struct(name: String(match.1), fields: try Self.fields(String(match.2))))
        }
    }

    private static func fields(_ body: String) throws -> [String] {
        try body.split(separator: ";").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }.filter { !$0.isEmpty }.map {
            field in
            // A pointer to a function (its result may be a pointer), an array, or a plain field.
            if let match = field.firstMatch(of: /\(\*(\w+)\)\s*\(/) { return String(match.1) }
            if let match = field.firstMatch(of: /(\w+)\[\w+\]$/) { return String(match.1) }
            if let match = field.firstMatch(of: /^[\w\s*]+?[\s*](\w+)$/) { return String(match.1) }
            throw Unreadable(line: field)
        }
    }

    private static func withoutComments(_ text: String) -> String { text.replacing(/(?s)\/\*.*?\*\//, with: " ") }
}
