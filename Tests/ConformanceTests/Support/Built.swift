import Foundation
import Synchronization

@testable import Conformance

/// Plugins in C, built as an outsider would, and the program that judges them.
enum Built {
    struct NotBuilt: Error, CustomStringConvertible { let description: String }

    static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let built = Mutex<[String: String]>([:])

    /// The library of a C file, its path below the repository.
    static func library(_ file: String, _ flags: [String] = []) throws -> String {
        let key = ([file] + flags).joined(separator: " ")
        return try built.withLock { built in
            if let path = built[key] { return path }
            let output = FileManager.default.temporaryDirectory.appendingPathComponent("conform-\(UUID().uuidString).so").path
            try compile(
                ["-std=gnu11", "-shared", "-fPIC", "-O1", "-w", "-fvisibility=hidden"] + flags + [
                    "-I", root.appendingPathComponent("PluginAPI/CSluice/include").path, "-o", output,
                    root.appendingPathComponent(file).path, "-lpthread",
                ])
            built[key] = output
            return output
        }
    }

    /// A program in C from its text; `arguments` may name more files.
    static func program(_ text: String, _ arguments: [String]) throws -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("judge-\(UUID().uuidString)").path
        try text.write(toFile: path + ".c", atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path + ".c") }
        try compile(["-std=gnu11", "-w", "-o", path, path + ".c"] + arguments)
        return path
    }

    /// What it prints.
    static func output(of program: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let words = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: program)
        return String(decoding: words, as: UTF8.self)
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

    /// What was built beside the tests, or nil.
    static func beside(_ name: String) -> String? {
        // The tests run in a program of the toolchain's: the bundle's path is an argument of it.
        var folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        for argument in CommandLine.arguments where argument.contains(".build/") {
            folder = URL(fileURLWithPath: argument).resolvingSymlinksInPath().deletingLastPathComponent()
        }
        for _ in 0..<4 {
            let path = folder.appendingPathComponent(name).path
            if FileManager.default.fileExists(atPath: path) { return path }
            folder = folder.deletingLastPathComponent()
        }
        return nil
    }

    static let judge = beside("sluice-conform")

    /// Judges a library for everything, with bytes that are the same each time.
    static func report(
        _ library: String, manifest: Manifest? = nil, capture: String? = nil, reloads: Int = 50, match: String? = nil
    ) async throws -> Report {
        guard let judge else { throw NotBuilt(description: "sluice-conform was not built beside the tests") }
        var conformance = try Conformance(library: library, manifest: manifest, seed: 7, child: .other([judge, "--child"]))
        conformance.level = .reloadable
        conformance.capture = capture ?? root.appendingPathComponent("Tests/Fixtures/Captures/lines.bin").path
        conformance.reloads = reloads
        conformance.match = match
        let made = conformance
        // It waits for its children for minutes: not on the threads that all other tests run on.
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                turns.wait()
                defer { turns.signal() }
                continuation.resume(with: Result { try made.run() })
            }
        }
    }

    /// So many libraries are judged at a time: the children have deadlines.
    private static let turns = DispatchSemaphore(value: 2)
}

extension Report {
    var failures: [String] { results.filter { $0.outcome == .failed }.map(\.name) }
    /// For the message of a failed expectation.
    var complaints: [String] { results.filter { $0.outcome == .failed }.map { "\($0.name): \($0.reasons)" } }
}
