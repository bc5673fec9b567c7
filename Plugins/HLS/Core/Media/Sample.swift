/// One access unit inside a part, without its bytes.
struct Sample: Sendable, Equatable {
    /// Ticks of the file; at least 1.
    var duration: Int64
    /// Presentation minus decoding time, ticks of the file.
    var composition: Int64
    /// Decoding can start here.
    var isKey: Bool
    /// Nothing else depends on it.
    var isDroppable = false
}
