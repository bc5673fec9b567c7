import Glibc

/// The gain that brings sound to a loudness, slowly, and never over the ceiling.
///
/// It follows the short-term loudness of EBU R128 by 1.5 dB a second, holds in silence and pauses, and is taken back within one block where
/// a peak would go over -1 dBFS: the block after is known by then. Pure arithmetic.
struct SlowGain {
    /// LUFS.
    let target: Double
    /// dB, as it is wanted now.
    private(set) var decibels = 0.0
    private var heard = 0.0
    private var last: Float?

    /// -1 dBFS.
    static let ceiling: Float = 0.891
    static let range = -30.0...20.0
    /// LUFS: what is more quiet is a pause.
    static let gate = -50.0

    init(target: Double) { self.target = target }

    /// So many seconds more were measured, momentary and short-term in LUFS.
    mutating func hear(momentary: Double, shortTerm: Double, seconds: Double) {
        guard momentary.isFinite, shortTerm.isFinite, momentary > Self.gate else { return }
        // The short term is three seconds long.
        let isNew = heard < 3
        let level = isNew ? momentary : shortTerm
        heard += seconds
        guard momentary > level - 10 else { return }
        let wanted = min(max(target - level, Self.range.lowerBound), Self.range.upperBound)
        let most = (isNew ? 12 : 1.5) * seconds
        decibels += min(max(wanted - decibels, -most), most)
    }

    /// The gain at the begin and at the end of a block with this peak; `next` is the peak of the block after it.
    mutating func ramp(peak: Float, next: Float) -> (from: Float, to: Float) {
        let from = min(last ?? Float(pow(10, decibels / 20)), Self.most(peak))
        let wanted = Float(pow(10, decibels / 20))
        // Back up by half a decibel a block.
        let to = min(wanted, Self.most(peak), Self.most(next), max(from, 0.001) * 1.06)
        last = to
        return (from, to)
    }

    private static func most(_ peak: Float) -> Float { peak > 0.0001 ? ceiling / peak : 10 }
}
