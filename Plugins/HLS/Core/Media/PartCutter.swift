/// Where parts end: never longer than the target, never shorter than 85 % of it (draft-pantos-hls-rfc8216bis §4.4.4.9), as far
/// as the samples allow; all in ticks.
struct PartCutter: Sendable {
    /// PART-TARGET.
    let target: Int64

    /// Most samples in one part; bounds a source with absurd timestamps.
    static let maximumSamples = 4_096
    /// Most bytes in one part before it is cut early.
    static let maximumBytes = 16 << 20

    /// The shortest length that a part may have that is not the last of its segment.
    var minimum: Int64 { (target * 85 + 99) / 100 }

    /// Whether the part of this length has to end before the next sample, which would bring it to `withSample`.
    ///
    /// A key frame inside a segment starts its own part where that costs nothing: players can join there.
    func closesBefore(length: Int64, withSample: Int64, isKey: Bool) -> Bool {
        length >= minimum && (withSample > target || isKey)
    }

    /// Whether the part of this length may end at once because a sample of length `next` would not fit any more.
    func closesAfter(length: Int64, next: Int64) -> Bool {
        length >= minimum && length + max(1, next) > target
    }

    /// Whether a part has to end whatever its length.
    func isOverfull(samples: Int, bytes: Int) -> Bool {
        samples >= PartCutter.maximumSamples || bytes >= PartCutter.maximumBytes
    }
}
