import Formats

/// The ids of tokens that were used, until they expire: a second use is refused. Bounded: when it is full of ids that are still good,
/// nothing new is let in.
public struct OneTimeIDs: Sendable {
    public static let limit = 100_000

    /// A hash of issuer and id → when the token expires.
    private var used: [String: Int64] = [:]

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
        guard parts.count == 2, parts[1].utf8.count == 32, let expires = Int64(parts[0]), expires > now, used.count < Self.limit
        else { return }
        used[String(parts[1])] = expires
    }

    /// Everything that is remembered, as lines.
    public func lines() -> String { used.map { Self.line($0.key, expires: $0.value) }.joined() }

    /// - Returns: whether this is the first use.
    public mutating func use(_ key: String, expires: Int64, now: Int64) -> Bool {
        if let until = used[key], until > now { return false }
        if used.count >= Self.limit {
            used = used.filter { $0.value > now }
            guard used.count < Self.limit else { return false }
        }
        used[key] = expires
        return true
    }
}
