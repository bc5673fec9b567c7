import Foundation
import Testing

/// The system's C or C++ compiler.
struct CCompiler {
    struct Result {
        var status: Int32
        var output: String
    }

    let path: String

    /// The first of these names in PATH; its absence is a failure of the test.
    static func find(_ names: [String]) throws -> CCompiler {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        for name in names {
            for folder in folders where FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)") {
                return CCompiler(path: "\(folder)/\(name)")
            }
        }
        throw Missing(names: names)
    }

    struct Missing: Error, CustomStringConvertible {
        let names: [String]
        var description: String { "no compiler in PATH; looked for \(names.joined(separator: ", "))" }
    }

    static func c() throws -> CCompiler { try find(["cc", "clang", "gcc"]) }
    static func cxx() throws -> CCompiler { try find(["c++", "clang++", "g++"]) }

    func run(_ arguments: [String]) throws -> Result { try Self.run(path, arguments) }

    static func run(_ program: String, _ arguments: [String]) throws -> Result {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Result(status: process.terminationStatus, output: String(decoding: output, as: UTF8.self))
    }
}

/// A folder that is gone behind the test.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("sluice-abi-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ name: String, _ text: String) throws -> String {
        let file = url.appendingPathComponent(name)
        try text.write(to: file, atomically: false, encoding: .utf8)
        return file.path
    }
}
