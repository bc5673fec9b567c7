import Foundation
import Synchronization

/// Plugins in C below Tests/Fixtures/Plugins, built as an outsider would: by the system's compiler and the headers alone.
enum FixturePlugin {
    struct NotBuilt: Error, CustomStringConvertible { let description: String }

    private static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let built = Mutex<[String: [UInt8]]>([:])

    /// The library's bytes.
    static func library(_ source: String, kind: Int? = nil) throws -> [UInt8] {
        let key = "\(source)\(kind.map(String.init) ?? "")"
        return try built.withLock { built in
            if let bytes = built[key] { return bytes }
            let output = FileManager.default.temporaryDirectory.appendingPathComponent("sluice-\(UUID().uuidString).so").path
            defer { try? FileManager.default.removeItem(atPath: output) }
            var arguments = ["-std=c11", "-shared", "-fPIC", "-fvisibility=hidden", "-Wall", "-Wextra", "-pedantic", "-Werror"]
            if let kind { arguments.append("-DKIND=\(kind)") }
            arguments += ["-I", root.appendingPathComponent("PluginAPI/CSluice/include").path, "-o", output]
            arguments.append(root.appendingPathComponent("Tests/Fixtures/Plugins/\(source).c").path)
            try compile(arguments)
            let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: output)))
            built[key] = bytes
            return bytes
        }
    }

    private static func compile(_ arguments: [String]) throws {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let candidates = ["cc", "clang", "gcc"].flatMap { name in folders.map { "\($0)/\(name)" } }
        guard let compiler = candidates.first(where: FileManager.default.isExecutableFile) else {
            throw NotBuilt(description: "no C compiler in PATH")
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: compiler)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardError = pipe
        try process.run()
        let words = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw NotBuilt(description: String(decoding: words, as: UTF8.self)) }
    }
}
