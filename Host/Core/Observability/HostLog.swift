import Logging
import Synchronization

/// The host's log: one line per thing, words instead of interpolation, never a token. Writes through swift-log.
struct HostLog: Sendable {
    private let logger: Logger
    private let threshold: Threshold

    /// The least severe level that is written; a configuration read again may change it.
    private final class Threshold: Sendable {
        let position: Atomic<Int>
        init(_ position: Int) { self.position = Atomic(position) }
    }

    init(level: Logger.Level) {
        var logger = Logger(label: "sluice") { _ in LineLogHandler() }
        logger.logLevel = .trace
        self.logger = logger
        threshold = Threshold(Self.position(level))
    }

    /// [any] Holds from the next line on.
    func setLevel(_ level: Logger.Level) { threshold.position.store(Self.position(level), ordering: .relaxed) }

    private static func position(_ level: Logger.Level) -> Int { Logger.Level.allCases.firstIndex(of: level) ?? 0 }

    private func passes(_ level: Logger.Level) -> Bool {
        Self.position(level) >= threshold.position.load(ordering: .relaxed)
    }

    /// Levels as the ABI numbers them.
    private static func level(_ level: Int32) -> Logger.Level {
        switch level {
        case ..<1: .trace
        case 1: .debug
        case 2: .info
        case 3: .notice
        case 4: .warning
        default: .error
        }
    }

    func enabled(_ level: Int32) -> Bool { passes(Self.level(level)) }

    func write(_ level: Int32, _ message: String, _ words: [String: String]) { write(Self.level(level), message, words) }

    func info(_ message: String, _ words: [String: String] = [:]) { write(.info, message, words) }
    func notice(_ message: String, _ words: [String: String] = [:]) { write(.notice, message, words) }
    func warning(_ message: String, _ words: [String: String] = [:]) { write(.warning, message, words) }
    func error(_ message: String, _ words: [String: String] = [:]) { write(.error, message, words) }
    func debug(_ message: String, _ words: [String: String] = [:]) { write(.debug, message, words) }

    private func write(_ level: Logger.Level, _ message: String, _ words: [String: String]) {
        guard passes(level) else { return }
        logger.log(level: level, Logger.Message(stringLiteral: message), metadata: words.mapValues { .string($0) })
    }
}
