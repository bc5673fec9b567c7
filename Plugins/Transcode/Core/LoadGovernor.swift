/// What a ladder does without while its machine is too slow for it: first rungs, the most expensive first, since one of them gives more
/// time than all smaller ones; then, with one rung left, every second picture, then three of four. Never the sound. It all comes back, last
/// taken first, after a quiet while; each time that something had to go again soon after, that while is longer.
struct LoadGovernor: Sendable {
    /// What is done without.
    struct Relief: Sendable, Equatable {
        /// Rungs.
        var rungs = 0
        /// One of so many pictures is kept.
        var keptOneOf = 1
    }

    /// A picture that waited so long is too late.
    static let late: Int64 = 700
    /// One that waited so long is in time.
    static let inTime: Int64 = 200
    /// Between two steps, so that the first can help.
    static let pause: Int64 = 2_000
    static let quiet: Int64 = 20_000
    static let longestQuiet: Int64 = 320_000

    private(set) var relief = Relief()
    private var lastStep: Int64?
    private var lastReturn: Int64?
    private var quietSince: Int64?
    private var wanted = quiet

    /// The lag of the picture at hand, and the clock, in ms. Whether `relief` is another now.
    mutating func sees(lag: Int64, at now: Int64, rungs: Int) -> Bool {
        let before = relief
        if lag >= Self.late {
            quietSince = nil
            guard lastStep.map({ now - $0 >= Self.pause }) ?? true else { return false }
            if relief.rungs < rungs - 1 {
                relief.rungs += 1
            } else if relief.keptOneOf < 4 {
                relief.keptOneOf *= 2
            } else {
                return false
            }
            if let back = lastReturn {
                // It had come back and could not stay.
                wanted = now - back < wanted ? min(wanted * 2, Self.longestQuiet) : Self.quiet
                lastReturn = nil
            }
            lastStep = now
        } else if lag > Self.inTime {
            quietSince = nil
        } else if relief != Relief() {
            let since = quietSince ?? now
            quietSince = since
            guard now - since >= wanted else { return false }
            if relief.keptOneOf > 1 { relief.keptOneOf /= 2 } else { relief.rungs -= 1 }
            lastReturn = now
            quietSince = nil
        }
        return relief != before
    }

    /// Another ladder: what is done without stays, as far as it has so many rungs.
    mutating func laddersChanged(rungs: Int) { relief.rungs = min(relief.rungs, max(0, rungs - 1)) }
}
