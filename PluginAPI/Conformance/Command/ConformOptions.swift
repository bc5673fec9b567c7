import Conformance
import Glibc

/// The command's arguments, read.
struct ConformOptions {
    enum Format: String { case text, json, junit }

    /// What is wrong with them, for who wrote them.
    struct Wrong: Error {
        let text: String
    }

    private(set) var library = ""
    private(set) var level = Level.conforms
    private(set) var manifest: String?
    private(set) var format = Format.text
    private(set) var match: String?
    private(set) var seed: UInt64?
    private(set) var capture: String?
    private(set) var reloads: Int?
    private(set) var list = false

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("--") else {
                guard library.isEmpty else { throw Wrong(text: "one library at a time: '\(argument)' is one too many") }
                library = argument
                continue
            }
            if argument == "--list" {
                list = true
                continue
            }
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            guard let value = parts.count > 1 ? parts[1] : rest.popFirst() else { throw Wrong(text: "\(argument) wants a value") }
            try set(parts[0], value)
        }
        if library.isEmpty, !list { throw Wrong(text: "which library?") }
    }

    private mutating func set(_ option: String, _ value: String) throws {
        switch option {
        case "--level":
            guard let known = Level(name: value) else { throw Wrong(text: "--level: '\(value)' is no level") }
            level = known
        case "--format":
            guard let known = Format(rawValue: value) else { throw Wrong(text: "--format: '\(value)' is no format") }
            format = known
        case "--manifest": manifest = value
        case "--match": match = value
        case "--capture": capture = value
        case "--seed":
            guard let number = UInt64(value) else { throw Wrong(text: "--seed: '\(value)' is no number") }
            seed = number
        case "--reloads":
            guard let number = Int(value), (1...1_000_000).contains(number) else { throw Wrong(text: "--reloads: '\(value)'") }
            reloads = number
        default: throw Wrong(text: "\(option) is no option")
        }
    }

    /// The manifest that was named, or the one beside the library, or none.
    func readManifest() throws -> Manifest? {
        if let manifest {
            guard let text = TextFile.read(manifest) else { throw ConformanceError.unreadable(manifest) }
            return try Manifest(parsing: text, file: manifest)
        }
        guard library.hasSuffix(".so") else { return nil }
        let stem = String(library.dropLast(3))
        guard let text = TextFile.read(stem + ".toml") else { return nil }
        return try Manifest(parsing: text, file: stem + ".toml")
    }

    func readableCapture() throws -> String? {
        guard let capture else { return nil }
        guard let path = realpath(capture, nil) else { throw ConformanceError.unreadable(capture) }
        defer { free(path) }
        return String(cString: path)
    }
}

/// A small file as text.
private enum TextFile {
    static func read(_ path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
