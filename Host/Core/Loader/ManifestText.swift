// ManifestText: the text of a manifest as an installation writes it: the author's or the operator's own words, with a few top-level
// values set. Comments, order and tables stay as they are.

import HostConfig

struct ManifestText: Equatable {
    private(set) var lines: [String]

    init(_ text: String) {
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
    }

    /// A manifest for a library that came without one: what it offers, and the services that it cannot do without.
    ///
    /// - Returns: nil when it has to be written by hand: a protocol's listeners are not the library's to choose.
    init?(of library: LibraryDescription, file: String) {
        func offers(_ noun: String) -> Bool { library.interfaces.contains { $0.hasPrefix("sluice.\(noun)/") } }
        guard !offers("protocol") else { return nil }
        let needs: [(noun: String, services: [String])] = [
            ("auth", ["auth"]), ("routes", ["exchange"]), ("sink", ["stream", "broadcast"]), ("source", ["stream"]),
            ("transform", ["stream"]),
        ]
        var services: [String] = []
        for need in needs where offers(need.noun) { services += need.services.filter { !services.contains($0) } }
        lines = ["id = \(Self.quoted(library.id))", "library = \(Self.quoted(file))"]
        lines.append("interfaces = [\(library.interfaces.map(Self.quoted).joined(separator: ", "))]")
        if !services.isEmpty {
            lines += ["", "[permissions]", "services = [\(services.map(Self.quoted).joined(separator: ", "))]"]
        }
    }

    var text: String { lines.joined(separator: "\n") + "\n" }

    func has(_ key: String) -> Bool { place(of: key) != nil }

    /// Sets a top-level value: in its line where the key has one, else behind the line of `library`.
    mutating func set(_ key: String, to value: String) {
        if let place = place(of: key) {
            lines[place] = "\(key) = \(value)"
        } else {
            lines.insert("\(key) = \(value)", at: place(of: "library").map { $0 + 1 } ?? 0)
        }
    }

    private func place(of key: String) -> Int? {
        let end = lines.firstIndex { $0.drop(while: \.isWhitespace).hasPrefix("[") } ?? lines.endIndex
        return lines[..<end].firstIndex { line in
            let rest = line.drop(while: \.isWhitespace)
            return rest.hasPrefix(key) && rest.dropFirst(key.count).drop(while: \.isWhitespace).hasPrefix("=")
        }
    }

    static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
