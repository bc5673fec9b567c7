// WallBase: the wall clock that the inputs of one group share, so that their renditions stay in step however late each of them came.
//
// An encoder gives all its renditions times of one clock of its own. The first of them says what the wall clock is at such a time; the
// others take that, unless it is further off than encoders drift. Knows no stream and reads no clock. Safe from any thread.

import Synchronization

/// Wall clock less source time, for the inputs of one group.
public final class WallBase: Sendable {
    /// Nanoseconds.
    private let offset = Mutex<Int64?>(nil)

    public init() {}

    /// An input begins, or its clock jumped: the wall clock of its time `source`, microseconds.
    ///
    /// What the group has when that is within `drift` of `wall` and not before `earliest`; else `wall`, which is the group's from then on.
    /// - Parameters:
    ///   - source: nanoseconds of the encoder's clock.
    ///   - wall: now, microseconds.
    ///   - drift: nanoseconds.
    ///   - earliest: microseconds; an input's wall clock does not run back.
    public func settle(source: Int64, wall: Int64, drift: Int64, earliest: Int64 = .min) -> Int64 {
        offset.withLock { offset in
            if let offset {
                let known = (source &+ offset) / 1000
                let (difference, overflow) = known.subtractingReportingOverflow(wall)
                if !overflow, difference.magnitude <= UInt64(clamping: drift / 1000), known >= earliest { return known }
            }
            offset = wall &* 1000 &- source
            return wall
        }
    }
}
