import Foundation
import Synchronization

/// Tests/Fixtures/BadPlugins/bad.c, built as an outsider would; and the Runner that hosts it.
enum BadPlugin {
    struct NotBuilt: Error, CustomStringConvertible { let description: String }

    static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let built = Mutex<[String: String]>([:])

    /// The library's path.
    static func library(_ defines: String..., source: String = "bad.c") throws -> String {
        let key = ([source] + defines).joined(separator: "-")
        return try built.withLock { built in
            if let path = built[key] { return path }
            let output = FileManager.default.temporaryDirectory.appendingPathComponent("sluice-bad-\(UUID().uuidString).so").path
            let arguments =
                ["-std=gnu11", "-shared", "-fPIC", "-O1", "-w", "-fvisibility=hidden"] + defines.map { "-D\($0)" } + [
                    "-I", root.appendingPathComponent("PluginAPI/CSluice/include").path, "-o", output,
                    root.appendingPathComponent("Tests/Fixtures/BadPlugins/\(source)").path,
                ]
            try compile(arguments)
            built[key] = output
            return output
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

    /// What was built beside the tests.
    static func beside(_ name: String) throws -> String {
        var folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        // The tests run in a program of the toolchain's: the bundle's path is an argument of it.
        for argument in CommandLine.arguments where argument.contains(".build/") {
            folder = URL(fileURLWithPath: argument).resolvingSymlinksInPath().deletingLastPathComponent()
        }
        for _ in 0..<4 {
            let path = folder.appendingPathComponent(name).path
            if FileManager.default.fileExists(atPath: path) { return path }
            folder = folder.deletingLastPathComponent()
        }
        throw NotBuilt(description: "\(name) was not built beside the tests (\(CommandLine.arguments))")
    }
}
