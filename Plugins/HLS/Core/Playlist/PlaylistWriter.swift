/// Writes a playlist's text as UTF-8 into one array: numbers digit by digit, no text in between.
struct PlaylistWriter {
    private(set) var bytes: [UInt8] = []

    /// Empty, with room for `capacity` bytes.
    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    /// What `body` writes, as a string.
    static func string(_ body: (inout PlaylistWriter) -> Void) -> String {
        var writer = PlaylistWriter(capacity: 32)
        body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    mutating func text(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func text(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// In decimal, with at least `digits` digits.
    mutating func number(_ value: UInt64, digits: Int = 1) {
        var divisor: UInt64 = 1
        var count = 1
        while count < 20, count < digits || value / divisor >= 10 {
            divisor *= 10
            count += 1
        }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / divisor % 10))
            divisor /= 10
        }
    }

    mutating func number(_ value: Int64) {
        if value < 0 { text("-") }
        number(value.magnitude)
    }

    /// `value / 10^decimals`; what is negative counts as 0.
    mutating func fixed(_ value: Int64, decimals: Int) {
        let value = UInt64(clamping: value)
        let scale = (0..<decimals).reduce(UInt64(1)) { result, _ in result * 10 }
        number(value / scale)
        text(".")
        number(value % scale, digits: decimals)
    }

    /// Seconds: `ticks / timescale`, rounded to the nearest 0.00001.
    mutating func seconds(_ ticks: Int64, timescale: Int64) {
        fixed(TrackClock.rescale(max(0, ticks), from: max(1, timescale), to: 100_000), decimals: 5)
    }
}
