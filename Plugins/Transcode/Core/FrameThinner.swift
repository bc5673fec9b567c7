/// Keeps at most so many pictures a second, chosen by their times; those that are kept keep theirs. A key frame is always kept.
struct FrameThinner: Sendable {
    /// Ticks between kept pictures, in thousandths; 0: all are kept.
    private let interval: Int64
    private let timescale: Int64
    private var anchor: Int64?
    private var kept: Int64 = 0

    /// - Parameter rateMilli: pictures in 1000 s; 0 keeps all.
    init(rateMilli: UInt32, timescale: UInt32) {
        self.timescale = max(1, Int64(timescale))
        interval = rateMilli == 0 ? 0 : self.timescale * 1_000_000 / Int64(rateMilli)
    }

    mutating func keeps(_ pts: Int64, isKey: Bool) -> Bool {
        guard interval > 0 else { return true }
        let (since, overflow) = pts.subtractingReportingOverflow(anchor ?? pts)
        guard !overflow, since >= 0, since <= timescale * 10, let from = anchor else { return begin(pts) }
        let due = kept * interval
        // A quarter early is in time: times are rounded to ticks.
        guard since * 1000 >= due - interval / 4 else { return isKey ? begin(pts) : false }
        // Late by more than one: what was not there is not made up for. Begun anew now and then, so that no number grows.
        if since * 1000 - due > interval || since > timescale * 5 {
            anchor = from + (isKey || since * 1000 - due > interval ? since : due / 1000)
            kept = 1
        } else {
            kept += 1
        }
        return true
    }

    private mutating func begin(_ pts: Int64) -> Bool {
        anchor = pts
        kept = 1
        return true
    }
}
