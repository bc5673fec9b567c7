import Formats

/// What the fields of a handover's blob may be. Within these bounds no arithmetic of the packager overflows.
enum HandoverBounds {
    /// Ticks of a file, microseconds, sequence numbers, counts.
    static let number = 1 << 53
    static let renditions = 16
    static let tracks = 256
    static let segments = 32_768
    static let parts = 1 << 17
    static let entries = 1 << 20
    static let waits = 4_096
    static let boundaries = 4_096
    static let initializations = 8_192
    static let initializationBytes = 1 << 25
    static let nameBytes = 16
    /// Ticks per second of the files that `TrackInput` makes.
    static let timescales = 8_000...1_000_000
    /// Longest frame, seconds.
    static let frameSeconds = 3_600
}

extension BlobReader {
    /// A time in ticks of a file or in microseconds.
    mutating func time(_ field: String) throws(BlobError) -> Int64 {
        Int64(try int(field, in: -HandoverBounds.number...HandoverBounds.number))
    }

    /// What counts from 0.
    mutating func number(_ field: String) throws(BlobError) -> Int64 {
        Int64(try int(field, in: 0...HandoverBounds.number))
    }

    /// What is measured: finite, not negative, and small enough for sums.
    mutating func measure(_ field: String, most: Double = 1e12) throws(BlobError) -> Double {
        let at = offset
        let value = try f64()
        guard value >= 0, value <= most else { throw .value(field: field, offset: at) }
        return value
    }

    /// A rendition's name: ASCII letters and digits.
    mutating func name() throws(BlobError) -> String {
        let at = offset
        let name = try text("rendition", limit: HandoverBounds.nameBytes)
        guard !name.isEmpty, name.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }) else {
            throw .value(field: "rendition", offset: at)
        }
        return name
    }

    /// A stream's tracks.
    mutating func tracks() throws(BlobError) -> [TrackDescription] {
        try array("tracks", limit: HandoverBounds.tracks) { reader throws(BlobError) in try reader.track() }
    }

    /// An optional time.
    mutating func optionalTime(_ field: String) throws(BlobError) -> Int64? {
        try optional(field) { (reader: inout BlobReader) throws(BlobError) -> Int64 in try reader.time(field) }
    }
}

extension BlobWriter {
    mutating func optionalTime(_ value: Int64?) { optional(value) { $0.i64($1) } }

    mutating func tracks(_ list: [TrackDescription]) { array(list) { $0.track($1) } }
}
