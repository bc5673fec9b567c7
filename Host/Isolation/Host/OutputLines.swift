/// What a plugin's process prints, cut into lines: bounded in length and number, the last ones kept for the report of its death.
struct OutputLines {
    static let lineLimit = 400
    static let perSecond = 50

    private var partial: [UInt8] = []
    private var second: UInt64 = 0
    private var count = 0
    /// The newest line.
    private(set) var last = ""

    /// - Returns: the lines that may be logged.
    mutating func receive(_ bytes: UnsafeRawBufferPointer, at now: UInt64) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            if byte == 10 {
                if let line = end(at: now) { lines.append(line) }
            } else if partial.count < Self.lineLimit {
                partial.append(byte < 0x20 ? 0x20 : byte)
            }
        }
        return lines
    }

    /// The line that nobody ended.
    mutating func end(at now: UInt64) -> String? {
        guard !partial.isEmpty else { return nil }
        let line = String(decoding: partial, as: UTF8.self)
        partial = []
        last = line
        if now / 1_000_000_000 != second {
            second = now / 1_000_000_000
            count = 0
        }
        count += 1
        return count <= Self.perSecond ? line : nil
    }
}
