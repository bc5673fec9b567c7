/// Comparison whose duration depends on the lengths only, never on where two values differ.
public enum ConstantTime {
    /// Whether both are equal; every byte of `left` is looked at in any case.
    @inline(never)
    public static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        var difference = UInt64(truncatingIfNeeded: left.count ^ right.count)
        let stand = right.isEmpty ? [0] : right
        for (i, byte) in left.enumerated() {
            difference |= UInt64(byte ^ stand[i % stand.count])
        }
        return difference == 0
    }
}
