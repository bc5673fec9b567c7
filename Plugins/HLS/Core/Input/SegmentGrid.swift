import Synchronization

/// Where segments begin in streams that are on one line of time: a source, and the renditions made of it, whose key frames are the source's.
///
/// Whoever comes to a key frame first decides whether a segment begins there, and the others do the same; so their segments begin at the same
/// times, and whoever begins to list segments begins with the number and the count of discontinuities that the others have there. It knows
/// the latest key frames only (`limit`), holds no media, and never makes anybody wait. Times are those of presentation, microseconds of the
/// source's line.
public final class SegmentGrid: Sendable {
    /// Where a time is.
    enum Place: Equatable {
        /// After all that was decided, or nothing was.
        case undecided
        /// Before the first segment that anybody has.
        case early
        /// In the segment of this number.
        case inside(sequence: Int64, discontinuities: Int64)
    }

    private struct KeyFrame {
        var time: Int64
        var begins: Bool
        var sequence: Int64
        var discontinuities: Int64
    }

    private struct State {
        var keyFrames: [KeyFrame] = []
        /// Wall clock minus time, milliseconds.
        var line: Int64?
        var targetDuration = 0

        /// What was decided on another line is nothing to this one.
        mutating func settle(_ time: Int64, _ wallClockMs: Int64) {
            guard let line, (wallClockMs &- time / 1000 &- line).magnitude > SegmentGrid.longestDrift else { return }
            self = State()
        }

        /// The last key frame that is not after `time`.
        func index(of time: Int64) -> Int? {
            var (low, high) = (0, keyFrames.count)
            while low < high {
                let middle = (low + high) / 2
                if keyFrames[middle].time <= time + SegmentGrid.tolerance { low = middle + 1 } else { high = middle }
            }
            return low == 0 ? nil : low - 1
        }
    }

    /// Key frames that are remembered, twice that at most.
    static let limit = 512
    /// Two streams' times of one picture differ by rounding only.
    static let tolerance: Int64 = 5_000
    /// A line whose wall clock is further off is another one: the streams began anew. Milliseconds.
    static let longestDrift: UInt64 = 5_000

    private let state = Mutex(State())

    /// Nothing is decided.
    public init() {}

    /// Where a run that begins at this key frame begins.
    func place(of time: Int64, wallClockMs: Int64) -> Place {
        state.withLock { state in
            state.settle(time, wallClockMs)
            guard let first = state.keyFrames.first, let last = state.keyFrames.last, time <= last.time + Self.tolerance else {
                return .undecided
            }
            guard time >= first.time - Self.tolerance, let at = state.index(of: time) else { return .early }
            let key = state.keyFrames[at]
            return .inside(sequence: key.sequence, discontinuities: key.discontinuities)
        }
    }

    /// Whether a segment ends at this key frame: what was decided, else what is wanted.
    func ends(at time: Int64, wallClockMs: Int64, wanted: Bool) -> Bool {
        state.withLock { state in
            state.settle(time, wallClockMs)
            guard let at = state.index(of: time), abs(state.keyFrames[at].time - time) <= Self.tolerance else { return wanted }
            return state.keyFrames[at].begins
        }
    }

    /// A key frame, with the segment that it is in. Of no effect unless it is the first to come there.
    func passed(_ time: Int64, wallClockMs: Int64, begins: Bool, sequence: Int64, discontinuities: Int64) {
        state.withLock { state in
            state.settle(time, wallClockMs)
            if let last = state.keyFrames.last, time <= last.time + Self.tolerance { return }
            state.line = wallClockMs &- time / 1000
            state.keyFrames.append(
                KeyFrame(time: time, begins: begins, sequence: sequence, discontinuities: discontinuities))
            if state.keyFrames.count > 2 * Self.limit { state.keyFrames.removeFirst(Self.limit) }
        }
    }

    /// The longest target duration that any of them has begun with, this one's included.
    func targetDuration(_ own: Int) -> Int {
        state.withLock { state in
            state.targetDuration = max(state.targetDuration, own)
            return state.targetDuration
        }
    }
}
