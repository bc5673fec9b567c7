// Counts what each stream sends, and says so in the log: every [config] every_s seconds, and when the stream ends.

import SluiceJSON
import SluiceKit
import Synchronization

final class CounterPlugin: Plugin, SinkProvider {
    static let module = ModuleDescription(
        id: "swift-sink", version: "0.1.0", description: "counts what streams send",
        configSchema: """
            {"type": "object", "properties": {"every_s": {"type": "integer", "minimum": 1, "maximum": 86400, "default": 60,
            "description": "seconds between two lines"}}}
            """)

    /// No log for players: it opens with the stream.
    static let formats: [LogFormat] = []

    private let host: Host
    private let seconds = Mutex<UInt64>(60)

    init(host: Host) { self.host = host }

    func configure(_ json: String) throws {
        let found = try JSONValue(parsing: json)["every_s"]?.uint64Value ?? 60
        seconds.withLock { $0 = found }
    }

    func openSink(_ request: SinkRequest) throws -> any Sink {
        StreamCounter(host: host, name: request.name, every: seconds.withLock { $0 } * 1_000_000)
    }
}

/// One stream's. All calls come on its lane: nothing here blocks.
final class StreamCounter: Sink {
    private let host: Host
    private let name: String
    /// Microseconds.
    private let every: UInt64
    private var sum = Tally()
    private var said: Int64?

    init(host: Host, name: String, every: UInt64) {
        self.host = host
        self.name = name
        self.every = every
    }

    /// What a decoder must know; again when it changes.
    func tracks(_ tracks: [Track], discontinuity: Bool) throws {}

    func frames(_ frames: borrowing BorrowedFrames) throws {
        frames.forEach { frame in
            sum.count(isKey: frame.isKey, bytes: frame.bytes.byteCount)
            let now = frame.wallMicroseconds
            if now - (said ?? now) >= Int64(clamping: every) {
                say("stream counted")
                said = now
            }
            said = said ?? now
        }
    }

    func close(reason: String) { say("stream ended") }

    private func say(_ when: String) { host.log(.notice, when, ["stream": name, "sum": sum.description]) }
}

struct Tally: CustomStringConvertible {
    private(set) var frames = 0
    private(set) var keys = 0
    private(set) var bytes = 0

    mutating func count(isKey: Bool, bytes: Int) {
        frames += 1
        keys += isKey ? 1 : 0
        self.bytes += bytes
    }

    var description: String { "\(frames) frames, \(keys) of them key frames, \(bytes) bytes" }
}

@c(sluice_module_v1)
public func entry(
    _ hello: UnsafePointer<sluice_hello>?, _ error: UnsafeMutablePointer<sluice_error>?
) -> UnsafePointer<sluice_module>? {
    SluiceModule.entry(CounterPlugin.self, hello, error)
}
