import SluiceKit
import Synchronization

/// One plugin with most interfaces; what it does is in its configuration and its questions.
final class SamplePlugin: Authenticator, SinkProvider, CommandRunner, SelfTesting {
    static let module = ModuleDescription(
        id: "sample", version: "1.2.3", description: "for tests", configSchema: "{\"type\":\"object\"}", appConfigSchema: "")
    static let formats = [LogFormat("raw"), LogFormat("raw", variant: "ws")]

    static let refusesToLive = Atomic<Bool>(false)
    static let alive = Atomic<Int>(0)
    let host: Host
    let configuration = Mutex("")

    init(host: Host) throws {
        self.host = host
        if Self.refusesToLive.load(ordering: .relaxed) { throw PluginError("not today\n", code: SLUICE_E_BACKEND) }
        Self.alive.wrappingAdd(1, ordering: .relaxed)
    }

    deinit { Self.alive.wrappingSubtract(1, ordering: .relaxed) }

    struct Foreign: Error, CustomStringConvertible { let description = "something foreign" }

    func configure(_ json: String) throws {
        if json.contains("bad") { throw PluginError("bad is not good", code: SLUICE_E_INVALID) }
        configuration.withLock { $0 = json }
        host.log(.info, "configured", ["json": json])
        host.log(.trace, "never written")
    }

    func activate() throws { throw Foreign() }

    func selfTest() throws { throw PluginError(String(repeating: "é", count: 400)) }

    func decide(_ question: AuthQuestion) async throws -> Verdict {
        await Task.yield()
        switch question.query.first?.value {
        case "throw": throw Foreign()
        case "full":
            var verdict = Verdict.deny("BAD_TOKEN", "ask for another")
            verdict.detail = "\(question.app)/\(question.stream) \(question.credentials.map { "\($0.key):\($0.value)" })"
            verdict.status = "NetStream.Publish.BadName"
            verdict.httpStatus = 410
            verdict.legacyPlayFailed = true
            verdict.principal = "p"
            verdict.stream = "other"
            verdict.context = "ctx"
            verdict.ttlMilliseconds = 1
            verdict.recheckMilliseconds = 2
            verdict.notAfter = -3
            verdict.maxBitrate = 4
            verdict.maxViewers = 5
            verdict.attributes = [("group", "g"), ("linger_s", "180")]
            return verdict
        default: return .allow
        }
    }

    func openSink(_ request: SinkRequest) throws -> any Sink {
        if request.name == "refused" { throw PluginError("no place", code: SLUICE_E_LIMIT) }
        return SampleSink(log: request.log)
    }

    func run(_ arguments: [String]) async throws -> CommandResult {
        if arguments.isEmpty { throw PluginError("usage: sample WORD") }
        return CommandResult(exitCode: 2, standardOutput: arguments.joined(separator: "+"), standardError: "e")
    }
}

/// Copies every frame into its log.
final class SampleSink: Sink {
    static let alive = Atomic<Int>(0)
    static let seen = Mutex<[String]>([])
    let log: BroadcastLog

    init(log: BroadcastLog) {
        self.log = log
        Self.alive.wrappingAdd(1, ordering: .relaxed)
    }

    deinit { Self.alive.wrappingSubtract(1, ordering: .relaxed) }

    func tracks(_ tracks: [Track], discontinuity: Bool) throws {
        Self.seen.withLock {
            $0.append("tracks \(tracks.map { "\($0.id)/\($0.configuration)/\($0.language)" }) \(discontinuity)")
        }
    }

    func frames(_ frames: borrowing BorrowedFrames) throws {
        try frames.forEach { frame in
            let sum = (0..<frame.bytes.byteCount).reduce(0) {
                $0 + Int(frame.bytes.unsafeLoad(fromByteOffset: $1, as: UInt8.self))
            }
            let line = "frame \(frame.track) \(frame.times.pts) \(frame.isKey) \(sum)"
            Self.seen.withLock { $0.append(line) }
            if frame.times.pts == 666 { throw PluginError("devilish", code: SLUICE_E_INVALID) }
            try frame.withUnsafeBytes { bytes in
                try log.append(bytes, UnsafeRawBufferPointer(start: nil, count: 0), join: frame.isKey, video: frame.track == 0)
            }
        }
    }

    func publisher(lost: Bool) { Self.seen.withLock { $0.append("lost \(lost)") } }
    func close(reason: String) { Self.seen.withLock { $0.append("close \(reason)") } }
}
