import Logging

/// The host's log: one line per thing, words instead of interpolation, never a token. Writes through swift-log.
struct HostLog: Sendable {
    private let logger: Logger

    init(level: Logger.Level) {
        var logger = Logger(label: "sluice") { _ in LineLogHandler() }
        logger.logLevel = level
        self.logger = logger
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

    func enabled(_ level: Int32) -> Bool { Self.level(level) >= logger.logLevel }

    func write(_ level: Int32, _ message: String, _ words: [String: String]) { write(Self.level(level), message, words) }

    func info(_ message: String, _ words: [String: String] = [:]) { write(.info, message, words) }
    func notice(_ message: String, _ words: [String: String] = [:]) { write(.notice, message, words) }
    func warning(_ message: String, _ words: [String: String] = [:]) { write(.warning, message, words) }
    func error(_ message: String, _ words: [String: String] = [:]) { write(.error, message, words) }
    func debug(_ message: String, _ words: [String: String] = [:]) { write(.debug, message, words) }

    private func write(_ level: Logger.Level, _ message: String, _ words: [String: String]) {
        guard level >= logger.logLevel else { return }
        logger.log(level: level, Logger.Message(stringLiteral: message), metadata: words.mapValues { .string($0) })
    }
}
