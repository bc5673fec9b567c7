import Formats

/// Distances of the last key frames, to guess when the next one comes.
struct KeyFrameHistory: Sendable {
    private var distances: [Int64] = []
    private var last: Int64?

    /// The longest of the last eight distances, ticks; 0 = none known.
    var longest: Int64 { distances.max() ?? 0 }

    /// A key frame came at `time`.
    mutating func add(_ time: Int64) {
        if let last, time > last {
            distances.append(time - last)
            if distances.count > 8 { distances.removeFirst() }
        }
        last = time
    }

    /// The next key frame's distance from the last does not count.
    mutating func interrupt() { last = nil }
}

extension KeyFrameHistory {
    func write(to writer: inout BlobWriter) {
        writer.array(distances) { $0.i64($1) }
        writer.optionalTime(last)
    }

    init(from reader: inout BlobReader) throws(BlobError) {
        distances = try reader.array("key frames", limit: 8) { (reader: inout BlobReader) throws(BlobError) -> Int64 in
            try reader.number("key frame distance")
        }
        last = try reader.optionalTime("key frame")
    }
}
