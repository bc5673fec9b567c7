/// Where each block of decoded sound lies on the timeline: by the count of its samples, kept to what the source says.
///
/// All times are nanoseconds. Rounding and jitter of the source's times move nothing, a clock that drifts is followed slowly, a step of
/// more than `tolerance` that the next block confirms is followed at once. Pure: no sample, no thread, no clock of a machine.
struct AudioClock {
    /// What a block is to the one before.
    enum Step: Equatable {
        /// It follows on; the time is smoothed.
        case follows(Int64)
        /// Some sound is missing before it, or some came twice: from here on by the source's time.
        case breaks(Int64)
        /// Too far from what came to be filled: another place of the timeline.
        case jumps(Int64)
    }

    /// Beyond this a time is not of this world, and its block is passed over.
    static let farthest: Int64 = 1 << 60
    /// A block's time that is off by more is believed when the next one says the same.
    static let tolerance: Int64 = 15_000_000
    /// A block's time that is off by more is believed at once.
    static let certain: Int64 = 100_000_000
    /// Each block moves the smoothed time by this part of the difference.
    static let smoothing: Int64 = 32

    /// A hole up to this long is filled, an overlap up to this long cut off; beyond, the time jumps.
    let longestHole: Int64
    let longestOverlap: Int64
    /// Where the next block is to begin.
    private(set) var position: Int64?
    private var doubt: Int64 = 0

    /// - Parameter fills: long holes are filled with silence.
    init(fills: Bool) {
        longestHole = fills ? 10_000_000_000 : 200_000_000
        longestOverlap = fills ? 10_000_000_000 : 1_000_000_000
    }

    /// A block that the source puts at `time`; `nil`: that is no time.
    mutating func block(at time: Int64, lasting duration: Int64) -> Step? {
        guard abs(time.clamped) < Self.farthest, duration > 0, duration < 10_000_000_000 else { return nil }
        guard let expected = position else { return moved(.jumps(time), time, duration) }
        let off = time - expected
        if off > longestHole || off < -longestOverlap { return moved(.jumps(time), time, duration) }
        let isCertain = abs(off) > Self.certain || (doubt != 0 && (doubt > 0) == (off > 0))
        if abs(off) > Self.tolerance {
            if isCertain { return moved(.breaks(time), time, duration) }
            doubt = off
            position = expected + duration
            return .follows(expected)
        }
        doubt = 0
        let smoothed = expected + off / Self.smoothing
        position = smoothed + duration
        return .follows(smoothed)
    }

    /// Sound was put in up to `time`.
    mutating func filled(until time: Int64) {
        position = time
        doubt = 0
    }

    private mutating func moved(_ step: Step, _ time: Int64, _ duration: Int64) -> Step {
        doubt = 0
        position = time + duration
        return step
    }
}

extension Int64 {
    /// Not the one number whose magnitude is none.
    fileprivate var clamped: Int64 { self == .min ? .max : self }
}
