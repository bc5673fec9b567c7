/// What a plugin is certified for. Each level asks for those below it too.
public enum Level: UInt32, Sendable, CaseIterable, Comparable {
    /// It can be opened, says what it is, and works with this host.
    case loads
    /// It keeps every rule of the headers in ordinary use.
    case conforms
    /// It keeps them when peers, operators and the host are at their worst.
    case robust
    /// It can be replaced in service, as often as one likes.
    case reloadable

    public var name: String { "\(self)" }

    public init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
}
