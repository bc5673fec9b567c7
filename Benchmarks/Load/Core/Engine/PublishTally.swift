/// What the publishers sent in the window.
struct PublishTally {
    var frames = 0
    var bytes: UInt64 = 0
    /// How late the latest tag left, in nanoseconds.
    var latest: UInt64 = 0
}
