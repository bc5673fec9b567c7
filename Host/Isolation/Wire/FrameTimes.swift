import CSluice

extension sluice_frame {
    /// Times beyond this, in ticks, are no times: nobody has to add them up with care.
    private static let timeLimit: Int64 = 1 << 61

    /// Whether its times can be reckoned with: a stranger's may be anything.
    var hasSoundTimes: Bool {
        let range = -Self.timeLimit...Self.timeLimit
        guard pts != .min || dts != .min, range.contains(duration) else { return false }
        return (pts == .min || range.contains(pts)) && (dts == .min || range.contains(dts))
    }
}
