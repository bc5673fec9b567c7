/// The grid of `.dense`: five phases, 20 ms apart, of one 100 ms tick.
enum DensePhase {
    static let count = 5
    static let step: UInt64 = 20_000_000
    /// Players of a phase before the next one is opened.
    static let fill = 16
}
