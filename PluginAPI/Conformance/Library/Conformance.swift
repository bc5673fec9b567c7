// Conformance: puts a library before the hostile host, case by case, each in a process of its own, and reports what came of it.
//
// It knows the C headers and nothing of the server: it is what the promise is judged by. It never opens the library itself.

import CConformance
import Glibc
import SluiceJSON

/// One library that is to be judged, and how.
public struct Conformance: Sendable {
    /// The library's absolute path.
    public let library: String
    /// Nil: what the library says of itself is taken; every service is granted.
    public let manifest: Manifest?
    public var level = Level.conforms
    /// Only cases whose names contain this.
    public var match: String?
    /// What random bytes begin with.
    public var seed: UInt64
    /// A client's bytes, for protocols: a file's absolute path.
    public var capture: String?
    /// How often `life.reload-1000` reloads.
    public var reloads = 1000
    /// The program that runs one case, with its first arguments: it hands the rest to `Conformance.child`.
    let command: [String]

    /// What runs one case: a program with its first arguments.
    public enum Program: Sendable {
        case own([String])
        case other([String])

        var command: [String] {
            switch self {
            case .own(let words): [Files.absolute("/proc/self/exe") ?? "/proc/self/exe"] + words
            case .other(let command): command
            }
        }
    }

    /// - Parameter child: what hands its arguments to `Conformance.child`.
    public init(
        library: String, manifest: Manifest? = nil, seed: UInt64? = nil, child: Program = .own(["--child"])
    ) throws(ConformanceError) {
        guard let path = Files.absolute(library) else { throw .unreadable(library) }
        self.library = path
        self.manifest = manifest
        self.seed = seed ?? UInt64.random(in: 1...UInt64(UInt32.max))
        command = child.command
    }

    /// What the child's program calls: runs the one case that the arguments name.
    /// - Returns: the exit code.
    public static func child(_ arguments: [String]) -> Int32 {
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        defer { for word in words { free(word) } }
        return conform_child(Int32(clamping: words.count), &words)
    }

    /// The cases that would be run.
    public var cases: [Case] {
        Case.all.filter { known in known.level <= level && match.map { known.name.contains($0) } ?? true }
    }

    /// Runs all cases. `progress` hears of each as it ends.
    public func run(_ progress: (CaseResult) -> Void = { _ in }) throws(ConformanceError) -> Report {
        let chosen = cases
        guard !chosen.isEmpty else { throw .noCase(match ?? "") }
        let description = try describe()
        let arguments = arguments(description)
        var results: [CaseResult] = []
        for one in chosen {
            let result = try judge(one, arguments)
            results.append(result)
            progress(result)
        }
        let name = library.split(separator: "/").last.map(String.init) ?? library
        return Report(
            library: name, id: description.id, version: description.version, seed: seed, wanted: level, isPartial: match != nil,
            results: results)
    }

    // MARK: Children

    /// What the library says of itself.
    struct Description {
        var id = "?"
        var version = "?"
        var interfaces: [String] = []
        var configSchema = ""
        var appConfigSchema = ""
        var stepSchema = ""
        var sourceSchema = ""
    }

    /// A library that cannot even be described still gets its cases: they say why.
    private func describe() throws(ConformanceError) -> Description {
        let end = try inFolder { folder throws(ConformanceError) in
            try Child(command: command, folder: folder).run(
                ["library=\(library)", "folder=\(folder)", "case=describe"], seconds: 30)
        }
        var found = Description()
        for line in end.lines {
            let text = Self.fromHexadecimal(line.text)
            switch line.kind {
            case "id": found.id = text
            case "version": found.version = text
            case "interface": found.interfaces.append(text)
            case "config-schema": found.configSchema = text
            case "app-config-schema": found.appConfigSchema = text
            case "step-schema": found.stepSchema = text
            case "source-schema": found.sourceSchema = text
            default: break
            }
        }
        return found
    }

    private func arguments(_ description: Description) -> [String] {
        let schema = ConfigSchema(description.configSchema)
        let config = schema.filled(manifest?.config ?? JSONObject())
        let defaults = { (schema: String) in JSONValue.object(ConfigSchema(schema).filled(JSONObject())).serialized() }
        var list = [
            "library=\(library)", "seed=\(seed)", "reloads=\(reloads)", "id=\(manifest?.id ?? description.id)",
            "config=\(JSONValue.object(config).serialized())", "app-config=\(defaults(description.appConfigSchema))",
            "step-settings=\(defaults(description.stepSchema))", "source-settings=\(defaults(description.sourceSchema))",
            "manifest=\(manifest == nil ? 0 : 1)",
        ]
        list += (manifest?.interfaces ?? description.interfaces).map { "interface=\($0)" }
        list += (manifest?.services ?? []).map { "service=\($0)" }
        list += schema.wrong(config).map { "bad-config=\(JSONValue.object($0).serialized())" }
        if let version = manifest?.version { list.append("version=\(version)") }
        if let capture { list.append("capture=\(capture)") }
        return list
    }

    private func judge(_ one: Case, _ arguments: [String]) throws(ConformanceError) -> CaseResult {
        // The child ends itself first and says in which call it was.
        let end = try inFolder { folder throws(ConformanceError) in
            try Child(command: command, folder: folder).run(
                arguments + ["folder=\(folder)", "case=\(one.name)"], seconds: one.seconds + 10)
        }
        let texts = { (kind: String) in end.lines.filter { $0.kind == kind }.map(\.text) }
        var reasons: [String] = []
        for reason in texts("fail") where !reasons.contains(reason) { reasons.append(reason) }
        let isWhole = texts("end").count == 1
        if !isWhole, reasons.isEmpty { reasons.append(Self.death(end)) }
        if let place = texts("at").last, !reasons.isEmpty {
            reasons.append("at \(place): again with --match \(one.name) --seed \(Self.seed(in: place, seed))")
        }
        if !isWhole { reasons += end.output.map { "it wrote: \($0)" } }
        let skipped = reasons.isEmpty ? texts("skip") : []
        return CaseResult(
            name: one.name, level: one.level, asks: one.asks,
            outcome: reasons.isEmpty ? (skipped.isEmpty ? .passed : .notApplicable) : .failed,
            reasons: reasons.isEmpty ? skipped : reasons, notes: Array(texts("note").prefix(16)), milliseconds: end.milliseconds)
    }

    private static func death(_ end: Child.End) -> String {
        if end.timedOut { return "it did not end in time, and not when it was told to" }
        let signal = end.status & 0x7F
        if signal != 0 { return "died by signal \(signal)" }
        return "it ended the process with exit code \((end.status >> 8) & 0xFF)"
    }

    /// "round 7, seed 123" names the seed that begins with that round.
    private static func seed(in place: String, _ seed: UInt64) -> String {
        place.split(separator: " ").last.flatMap { UInt64($0) }.map(String.init) ?? String(seed)
    }

    private func inFolder<T>(_ body: (String) throws(ConformanceError) -> T) throws(ConformanceError) -> T {
        guard let folder = Files.temporaryFolder() else { throw .cannotStart("no temporary folder can be made") }
        defer { Files.remove(folder) }
        return try body(folder)
    }

    private static func fromHexadecimal(_ text: String) -> String {
        let digits = Array(text.utf8)
        let bytes = stride(from: 0, to: digits.count - digits.count % 2, by: 2).compactMap {
            UInt8(String(decoding: digits[$0..<($0 + 2)], as: UTF8.self), radix: 16)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
