import CConformance

/// One question that the kit puts to a plugin; it runs in a process of its own.
public struct Case: Sendable, Equatable {
    /// Group and what is asked: `memory.frames-read-only`.
    public let name: String
    /// The lowest level that asks for it.
    public let level: Level
    /// One sentence.
    public let asks: String
    /// After so many seconds its process is ended.
    public let seconds: Int

    public var group: String { String(name.prefix { $0 != "." }) }

    /// Every case, in the order in which they are run.
    public static let all: [Case] = (0..<conform_case_count()).compactMap { index in
        guard let known = conform_case_at(index)?.pointee, let level = Level(rawValue: known.level) else { return nil }
        return Case(
            name: String(cString: known.name), level: level, asks: String(cString: known.asks), seconds: Int(known.seconds))
    }
}
