import HostMedia

/// What the step's outputs have of its input.
extension StepRun {
    /// What its outputs are published with: the input's attributes, its group, what they are made of, its limit of viewers.
    var verdict: Verdict {
        var verdict = Verdict.allow
        var attributes = stream.attributes
        if attributes["group", default: ""].isEmpty { attributes["group"] = stream.key.stream.text }
        if attributes["rendition_of", default: ""].isEmpty { attributes["rendition_of"] = stream.key.stream.text }
        verdict.attributes = attributes.sorted { $0.key < $1.key }.map { Verdict.Attribute(key: $0.key, value: $0.value) }
        verdict.maxViewers = stream.current?.grant.verdict.maxViewers ?? 0
        return verdict
    }

    /// The wall clock's time of a moment on the input's timeline.
    func wall(of time: Int64, _ timescale: UInt32, or now: Int64) -> Int64 {
        guard let clock else { return now }
        return clock.wall &+ (Timeline.nanoseconds(time, timescale) &- clock.nanoseconds) / 1000
    }
}
