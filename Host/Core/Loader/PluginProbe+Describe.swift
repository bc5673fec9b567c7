import Glibc
import SluiceJSON

extension PluginProbe {
    /// What a library says of itself, asked in a child process.
    func description(of path: String) throws(Refusal) -> LibraryDescription {
        let text = try child(["--describe", path])
        guard let value = try? JSONValue(parsing: text), let description = LibraryDescription(value) else { throw .exited(0) }
        return description
    }

    // MARK: In the child

    /// What `sluice-runner --describe FILE` does: prints the descriptor as one JSON line, else ends with 3 and the reason on standard output.
    public static func describe(_ path: String) -> Int32 {
        do {
            let loaded = try LoadedModule.open(StagedLibrary(source: path, path: path, sha256: ""), hostVersion: Server.version)
            let text = Array(LibraryDescription(loaded).json.serialized().utf8)
            return write(1, text, text.count) == text.count ? 0 : 1
        } catch {
            let text = Array(String(describing: error).utf8)
            _ = write(1, text, text.count)
            return refusedCode
        }
    }
}

/// A library's descriptor, as far as an installation needs it.
public struct LibraryDescription: Sendable, Equatable {
    public var id: String
    public var version: String
    /// One line.
    public var summary: String
    public var interfaces: [String]

    public init(id: String, version: String, summary: String, interfaces: [String]) {
        self.id = id
        self.version = version
        self.summary = summary
        self.interfaces = interfaces
    }

    init(_ loaded: LoadedModule) {
        self.init(
            id: String(loaded.id.prefix(64)), version: String(loaded.version.prefix(64)),
            summary: String(loaded.summary.prefix(200)),
            interfaces: loaded.interfaces.map { String($0.prefix(128)) })
    }

    init?(_ value: JSONValue) {
        guard let id = value["id"]?.stringValue, let version = value["version"]?.stringValue,
            let summary = value["summary"]?.stringValue, let interfaces = value["interfaces"]?.arrayValue
        else { return nil }
        self.init(id: id, version: version, summary: summary, interfaces: interfaces.compactMap(\.stringValue))
    }

    var json: JSONValue {
        [
            "id": .string(id), "version": .string(version), "summary": .string(summary),
            "interfaces": .array(interfaces.map { .string($0) }),
        ]
    }
}
