import Formats

/// The ids of tokens that were used, until they expire: a second use is refused. Bounded: when it is full of ids that are still good,
/// nothing new is let in. Expired ones stay while there is room: a clock that was set forward and back lets no token in twice.
public struct OneTimeIDs: Sendable {
    public enum Use: Equatable, Sendable { case first, again, full }

    public static let limit = 100_000

    /// A hash of issuer and id → when the token expires.
    private var used: [String: Int64] = [:]
    private var hasSwept = false

    public init() {}

    public var count: Int { used.count }

    /// The line that remembers an id over a restart.
    public static func line(_ key: String, expires: Int64) -> String { "\(expires) \(key)\n" }

    public static func key(issuer: String, id: String) -> String {
        String(SHA256.hex(Array("\(issuer)\n\(id)".utf8)).prefix(32))
    }

    /// Takes a line of before; what can't be read is left out.
    public mutating func remember(line: some StringProtocol, now: Int64) {
        let parts = line.split(separator: " ")
        guard parts.count == 2, parts[1].utf8.count == 32, let expires = Int64(parts[0]) else { return }
        let key = String(parts[1])
        if used[key] == nil, used.count >= Self.limit {
            // Once is enough: from then on what has expired is not taken.
            if !hasSwept { sweep(now) }
            guard used.count < Self.limit, expires > now else { return }
        }
        used[key] = max(expires, used[key] ?? expires)
    }

    /// Everything that is remembered, as lines.
    public func lines() -> String { used.map { Self.line($0.key, expires: $0.value) }.joined() }

    /// Known from now on, unless it is full.
    public mutating func use(_ key: String, expires: Int64, now: Int64) -> Use {
        if let until = used[key], until > now { return .again }
        if used[key] == nil, used.count >= Self.limit {
            sweep(now)
            guard used.count < Self.limit else { return .full }
        }
        used[key] = expires
        return .first
    }

    /// Takes a use back.
    public mutating func forget(_ key: String) { used[key] = nil }

    private mutating func sweep(_ now: Int64) {
        hasSwept = true
        used = used.filter { $0.value > now }
    }
}
