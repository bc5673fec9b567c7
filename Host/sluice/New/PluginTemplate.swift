import HostConfig

/// A small complete plugin to begin with: one kind in one language. It is written under its author's name, with the SDK of its language.
struct PluginTemplate: Equatable {
    /// What it offers: `auth`, `sink`, `routes`, `protocol` …
    var kind: String
    /// `c`, `swift`, `rust`.
    var language: String

    /// Its folder below `PluginAPI/Templates`, and its own id there.
    var name: String { "\(language)-\(kind)" }

    /// All that are carried, by kind, then language.
    static let all: [PluginTemplate] = CarriedFile.sets.compactMap { set in
        let halves = set.split(separator: "-").map(String.init)
        return halves.count == 2 ? PluginTemplate(kind: halves[1], language: halves[0]) : nil
    }.sorted { ($0.kind, $0.language) < ($1.kind, $1.language) }

    /// - Throws: `Failure` that says which there are.
    static func find(kind: String, language: String) throws -> PluginTemplate {
        if let found = all.first(where: { $0.kind == kind && $0.language == language }) { return found }
        let kinds = Set(all.map(\.kind))
        let languages = Set(all.map(\.language))
        var hint = ""
        if !languages.contains(language), let near = Suggestion.nearest(to: language, among: languages) {
            hint = " (did you mean --language \(near)?)"
        } else if !kinds.contains(kind), let near = Suggestion.nearest(to: kind, among: kinds) {
            hint = " (did you mean --kind \(near)?)"
        }
        throw Failure(
            Exit.usage,
            "no template for --kind \(Output.safe(kind)) --language \(Output.safe(language))\(hint). There are: \(list)")
    }

    /// `auth (c, rust, swift), sink (c)`.
    static var list: String {
        Set(all.map(\.kind)).sorted().map { kind in
            "\(kind) (\(all.filter { $0.kind == kind }.map(\.language).joined(separator: ", ")))"
        }.joined(separator: ", ")
    }

    /// Why nothing can be called so; nil: it can.
    static func refusal(ofName name: String) -> String? {
        guard PluginID.isValid(name) else {
            return "a plugin's name is 1 to 32 of a-z, 0-9 and -, not \"\(Output.safe(name))\""
        }
        if name.hasPrefix("-") { return "\"\(name)\" would be taken for an option: let the name begin with a letter or a digit" }
        if PluginID.reserved.contains(name) { return "\"\(name)\" is a word of the host's own: take another name" }
        return nil
    }

    /// The name where a language wants an identifier: `-` becomes `_`, and what a compiler would not take gets `plugin_` in front.
    static func identifier(_ name: String) -> String {
        let identifier = name.replacing("-", with: "_")
        let isTaken = keywords.contains(identifier) || name.first.map { !$0.isLetter } ?? true
        return isTaken ? "plugin_" + identifier : identifier
    }

    /// Words of Swift and Rust that no module can be called.
    private static let keywords: Set<String> = [
        "abstract", "as", "async", "await", "become", "box", "break", "case", "catch", "class", "const", "continue", "core",
        "crate",
        "default", "defer", "deinit", "do", "dyn", "else", "enum", "extension", "extern", "fallthrough", "false", "final", "fn",
        "for",
        "func", "guard", "if", "impl", "import", "in", "init", "inout", "internal", "is", "kit", "let", "loop", "macro", "main",
        "match", "mod", "move", "mut", "nil", "operator", "override", "priv", "private", "protocol", "pub", "public", "ref",
        "repeat",
        "rethrows", "return", "self", "static", "std", "struct", "subscript", "super", "switch", "test", "throw", "throws",
        "trait",
        "true", "try", "type", "typealias", "typeof", "union", "unsafe", "unsized", "use", "var", "virtual", "where", "while",
        "yield",
    ]

    /// The folder's files under the plugin's name.
    func files(named name: String) -> [CarriedFile] {
        let here = self.name
        let identifierHere = here.replacing("-", with: "_")
        let identifier = Self.identifier(name)
        func renamed(_ text: String) -> String {
            text.replacing(identifierHere, with: identifier).replacing(here, with: name)
        }
        let own = CarriedFile.files(of: here).map { file in
            CarriedFile(
                path: renamed(file.path), bytes: Array(renamed(String(decoding: file.bytes, as: UTF8.self)).utf8),
                isExecutable: file.isExecutable)
        }
        return own + CarriedFile.files(of: language)
    }
}
