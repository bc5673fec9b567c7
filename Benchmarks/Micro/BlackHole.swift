import CMicro

/// Uses a result, so that the work that made it is not left out.
@inline(never)
func blackHole<T: ~Copyable>(_ value: borrowing T) {
    withUnsafePointer(to: value) { micro_touch($0) }
}
