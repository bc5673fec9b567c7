import Foundation

/// Where things are.
enum Repository {
    /// The folder that holds Package.swift.
    static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let include = root.appendingPathComponent("PluginAPI/CSluice/include")
    /// The frozen headers as they are, as they were at v1.0, and the drafts.
    static let layout = root.appendingPathComponent("PluginAPI/ABI/v1.layout.json")
    static let layoutOf10 = root.appendingPathComponent("PluginAPI/ABI/v1.0.layout.json")
    static let draftLayout = root.appendingPathComponent("PluginAPI/ABI/draft.layout.json")
    static let sizesOf10 = root.appendingPathComponent("PluginAPI/Conformance/Judge/v1_0.h")

    /// `core.h`, `auth.h` …, sorted: what is frozen.
    static func headers(below include: URL = include) throws -> [String] {
        try files(include.appendingPathComponent("sluice"))
    }

    /// `draft/kv.h` …, sorted.
    static func drafts() throws -> [String] { try files(include.appendingPathComponent("sluice/draft")).map { "draft/" + $0 } }

    private static func files(_ folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".h") }.sorted()
    }

    static func text(ofHeader name: String) throws -> String {
        try String(contentsOf: include.appendingPathComponent("sluice").appendingPathComponent(name), encoding: .utf8)
    }
}
