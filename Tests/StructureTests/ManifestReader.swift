/// Reads targets and products out of the text of Package.swift: literals, and the file's own `let` constants. It runs nothing, so that it
/// works while SwiftPM holds its lock.
struct ManifestReader {
    struct Target: Equatable {
        var name: String
        var kind: String
        var path = ""
        /// Targets of this package by name.
        var dependencies: [String] = []
        /// Names of packages whose products it takes.
        var packages: [String] = []
        /// The text of its linker settings, constants put in.
        var linkerSettings = ""
    }

    struct Library: Equatable {
        var name: String
        var isDynamic: Bool
        var targets: [String]
    }

    private(set) var targets: [Target] = []
    private(set) var libraries: [Library] = []
    private var constants: [String: [Token]] = [:]

    private static let kinds: Set = [
        "target", "executableTarget", "testTarget", "systemLibrary", "macro", "plugin", "binaryTarget",
    ]

    init(_ text: String) {
        let tokens = Token.read(text)
        readConstants(tokens)
        for index in tokens.indices where index > 0 && tokens[index - 1] == .symbol(".") {
            guard case .word(let kind) = tokens[index], index + 1 < tokens.count, tokens[index + 1] == .symbol("(") else {
                continue
            }
            let arguments = Self.arguments(Self.balanced(tokens, from: index + 1))
            guard let name = arguments["name"].flatMap(Self.text) else { continue }
            if kind == "library" {
                let isDynamic = arguments["type"]?.contains(.word("dynamic")) ?? false
                libraries.append(Library(name: name, isDynamic: isDynamic, targets: Self.texts(arguments["targets"] ?? [])))
            } else if Self.kinds.contains(kind), arguments["path"] != nil {
                targets.append(target(name, kind, arguments))
            }
        }
    }

    private func target(_ name: String, _ kind: String, _ arguments: [String: [Token]]) -> Target {
        var target = Target(name: name, kind: kind)
        target.path = arguments["path"].flatMap(Self.text) ?? ""
        let tokens = expanded(arguments["dependencies"] ?? [])
        var index = 0
        while index < tokens.count {
            if case .word(let call) = tokens[index], index + 1 < tokens.count, tokens[index + 1] == .symbol("(") {
                let inner = Self.balanced(tokens, from: index + 1)
                let named = Self.arguments(inner)
                if call == "product" {
                    target.packages.append(named["package"].flatMap(Self.text) ?? "?")
                } else if let other = named["name"].flatMap(Self.text) {
                    target.dependencies.append(other)
                }
                index += inner.count + 3
                continue
            }
            if case .text(let other) = tokens[index] { target.dependencies.append(other) }
            index += 1
        }
        target.linkerSettings = expanded(arguments["linkerSettings"] ?? []).map(\.description).joined(separator: " ")
        return target
    }

    /// `let NAME: TYPE = …` up to the next line that begins a statement: what balances.
    private mutating func readConstants(_ tokens: [Token]) {
        for index in tokens.indices {
            guard tokens[index] == .word("let"), index + 1 < tokens.count, case .word(let name) = tokens[index + 1],
                let equal = tokens[index...].firstIndex(of: .symbol("="))
            else { continue }
            var value: [Token] = []
            var depth = 0
            for token in tokens[(equal + 1)...] {
                if depth == 0, token == .word("let") || token == .word("func") { break }
                if token.opens { depth += 1 }
                if token.closes { depth -= 1 }
                value.append(token)
            }
            constants[name] = value
        }
    }

    private func expanded(_ tokens: [Token], depth: Int = 0) -> [Token] {
        guard depth < 8 else { return tokens }
        return tokens.indices.flatMap { index -> [Token] in
            guard case .word(let name) = tokens[index], let value = constants[name],
                index == 0 || tokens[index - 1] != .symbol("."),
                index + 1 >= tokens.count || tokens[index + 1] != .symbol(":")
            else { return [tokens[index]] }
            return expanded(value, depth: depth + 1)
        }
    }

    /// What stands between the bracket at `start` and its partner.
    private static func balanced(_ tokens: [Token], from start: Int) -> [Token] {
        var depth = 0
        var inner: [Token] = []
        for token in tokens[start...] {
            if token.closes { depth -= 1 }
            if depth == 0, token.closes { return inner }
            if depth > 0 { inner.append(token) }
            if token.opens { depth += 1 }
        }
        return inner
    }

    /// `name: value, name: value` by name.
    private static func arguments(_ tokens: [Token]) -> [String: [Token]] {
        var found: [String: [Token]] = [:]
        var depth = 0
        var name = ""
        for (index, token) in tokens.enumerated() {
            if depth == 0, case .word(let word) = token, index + 1 < tokens.count, tokens[index + 1] == .symbol(":") {
                name = word
                continue
            }
            if depth == 0, token == .symbol(":") || token == .symbol(",") { continue }
            if token.opens { depth += 1 }
            if token.closes { depth -= 1 }
            found[name, default: []].append(token)
        }
        return found
    }

    private static func text(_ tokens: [Token]) -> String? { texts(tokens).first }

    private static func texts(_ tokens: [Token]) -> [String] {
        tokens.compactMap { if case .text(let text) = $0 { text } else { nil } }
    }
}
