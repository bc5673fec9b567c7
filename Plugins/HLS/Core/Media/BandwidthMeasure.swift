import Formats

/// Bit rates as they were: the peak over segments and the average over about the last hour.
struct BandwidthMeasure: Sendable {
    /// Largest bit rate of a segment that is long enough to say anything (half a second), bit/s.
    private(set) var peak: Int64 = 0
    /// Frames of the leading track.
    var frames: Double = 0
    private var bits: Double = 0
    private var seconds: Double = 0

    /// Bit/s; 0 = nothing measured.
    var average: Int64 { seconds > 0 ? Self.whole(bits / seconds) : 0 }

    /// Frames per 1000 seconds; 0 = nothing measured.
    var frameRateMilli: Int64 { seconds > 0 ? Self.whole(frames / seconds * 1000) : 0 }

    /// A source may put any number of bytes into one tick of any clock.
    private static func whole(_ value: Double) -> Int64 { value < 0x1p60 ? Int64(max(value, 0)) : 1 << 60 }

    /// Adds a finished segment.
    mutating func add(bytes: Int, ticks: Int64, timescale: Int64) {
        guard ticks > 0, timescale > 0 else { return }
        let length = Double(ticks) / Double(timescale)
        let amount = Double(bytes) * 8
        bits += amount
        seconds += length
        if seconds > 3_600 {
            bits /= 2
            seconds /= 2
            frames /= 2
        }
        if length >= 0.5 || peak == 0 { peak = max(peak, Self.whole(amount / length)) }
    }
}

extension BandwidthMeasure {
    func write(to writer: inout BlobWriter) {
        writer.i64(peak)
        writer.f64(frames)
        writer.f64(bits)
        writer.f64(seconds)
    }

    init(from reader: inout BlobReader) throws(BlobError) {
        peak = Int64(try reader.int("peak", in: 0...1 << 60))
        frames = try reader.measure("measured frames")
        bits = try reader.measure("measured bits", most: 1e18)
        seconds = try reader.measure("measured seconds")
    }
}
