import CSluice
import Foundation
import Synchronization
import Testing

/// A sample plugin as it was built when an ABI was frozen: Tests/Fixtures/abi-vVERSION.
struct KeptPlugin: Sendable, CustomTestStringConvertible {
    let version: String
    let name: String
    var testDescription: String { "\(name) of \(version)" }

    private static let fixtures = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures")

    #if arch(x86_64) && os(Linux)
        static let isForThisMachine = true
    #else
        static let isForThisMachine = false
    #endif

    /// `abi-v1.0` …
    static let versions: [String] = {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: fixtures.path)) ?? []
        return all.filter { $0.hasPrefix("abi-v") }.sorted()
    }()

    static func all(of version: String) -> [KeptPlugin] {
        let folder = fixtures.appendingPathComponent(version).path
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasSuffix(".toml") }.sorted().map { KeptPlugin(version: version, name: String($0.dropLast(5))) }
    }

    private var folder: URL { Self.fixtures.appendingPathComponent(version) }

    /// The library's bytes; those in Rust are packed.
    func library() throws -> [UInt8] {
        let plain = folder.appendingPathComponent("\(name).so")
        if FileManager.default.fileExists(atPath: plain.path) { return Array(try Data(contentsOf: plain)) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", plain.path + ".gz"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw NotUnpacked(file: plain.path + ".gz") }
        return Array(bytes)
    }

    struct NotUnpacked: Error { let file: String }

    func manifest() throws -> String {
        try String(contentsOf: folder.appendingPathComponent("\(name).toml"), encoding: .utf8)
    }

    /// Puts it into `plugins.d`, to run in the host's process.
    func install(in folder: TestFolder) throws {
        try folder.write("plugins.d/\(name).so", library())
        try folder.write("plugins.d/\(name).toml", "isolation = \"host\"\n" + manifest())
    }
}
