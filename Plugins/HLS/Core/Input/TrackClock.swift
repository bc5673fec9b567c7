/// Converts one track's source times to the timescale of its media file, counted from the packager's origin.
///
/// Exact where the source's timescale divides the file's (RTMP's milliseconds into 90 000), else rounded to the nearest tick.
struct TrackClock: Sendable {
    /// Ticks per second of the source.
    let source: Int64
    /// Ticks per second of the file.
    let timescale: Int64
    /// What is subtracted from every time, in ticks of the file.
    private(set) var origin: Int64 = 0

    init(source: UInt32, timescale: Int64) {
        self.source = max(1, Int64(source))
        self.timescale = max(1, timescale)
    }

    /// Times beyond this many seconds (about 136 years) are not taken: with the timescales allowed, differences stay within 64 bits.
    static let maximumSeconds: Int64 = 1 << 32
    /// Sources that count in nanoseconds are the finest.
    static let maximumTimescale: Int64 = 1_000_000_000

    /// True if `time` is far enough from overflow.
    func accepts(_ time: Int64) -> Bool {
        let limit = TrackClock.maximumSeconds &* source
        return time > -limit && time < limit
    }

    /// Sets the origin, in microseconds of the source's time.
    mutating func setOrigin(micros: Int64) {
        origin = TrackClock.rescale(micros, from: 1_000_000, to: timescale)
    }

    /// Source time to ticks of the file.
    func ticks(_ time: Int64) -> Int64 {
        TrackClock.rescale(time, from: source, to: timescale) &- origin
    }

    /// A span of source time to ticks of the file.
    func span(_ time: Int64) -> Int64 { TrackClock.rescale(time, from: source, to: timescale) }

    /// Source time to microseconds, without the origin.
    func sourceMicros(_ time: Int64) -> Int64 { TrackClock.rescale(time, from: source, to: 1_000_000) }

    /// Ticks of the file to microseconds.
    func micros(_ ticks: Int64) -> Int64 { TrackClock.rescale(ticks, from: timescale, to: 1_000_000) }

    /// Microseconds to ticks of the file.
    func ticks(micros: Int64) -> Int64 { TrackClock.rescale(micros, from: 1_000_000, to: timescale) }

    /// `value * to / from`, to the nearest, clamped to 64 bits.
    static func rescale(_ value: Int64, from: Int64, to: Int64) -> Int64 {
        if from == to { return value }
        let product = Int128(value) * Int128(to)
        let half = Int128(from / 2)
        let result = (product >= 0 ? product + half : product - half) / Int128(from)
        return Int64(clamping: result)
    }
}
