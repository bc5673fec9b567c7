import Foundation

/// Where things are.
enum Repository {
    /// The folder that holds Package.swift.
    static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let include = root.appendingPathComponent("PluginAPI/CSluice/include")
    static let layout = root.appendingPathComponent("PluginAPI/ABI/v1.layout.json")

    /// `core.h`, `auth.h` …, sorted.
    static func headers() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: include.appendingPathComponent("sluice").path).filter {
            $0.hasSuffix(".h")
        }.sorted()
    }

    static func text(ofHeader name: String) throws -> String {
        try String(contentsOf: include.appendingPathComponent("sluice").appendingPathComponent(name), encoding: .utf8)
    }
}
