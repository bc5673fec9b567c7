/// When a dead plugin's process is started again: after 10 ms, then after twice as long each time, to 5 s; a life of 10 s counts as
/// good. Five deaths in a row within 10 s of their start: not at all.
struct RestartPolicy: Equatable, Sendable {
    static let goodLife: UInt64 = 10_000_000_000
    static let firstDelay: UInt64 = 10_000_000
    static let longestDelay: UInt64 = 5_000_000_000

    enum Decision: Equatable, Sendable {
        /// Nanoseconds to wait.
        case again(after: UInt64)
        case quarantine
    }

    /// So many early deaths end it.
    var deathLimit = 5
    /// Deaths within 10 s of their start, in a row.
    private(set) var earlyDeaths = 0

    mutating func died(afterNanoseconds life: UInt64) -> Decision {
        guard life < Self.goodLife else {
            earlyDeaths = 0
            return .again(after: Self.firstDelay)
        }
        earlyDeaths += 1
        guard earlyDeaths < deathLimit else { return .quarantine }
        let doublings = min(earlyDeaths - 1, 20)
        return .again(after: min(Self.firstDelay << UInt64(doublings), Self.longestDelay))
    }
}
