/// One record of a log for a player whose message stream is not the usual one: served by itself, the slow way.
public enum RTMPRecord {
    /// Puts another message stream id into every record of `bytes`, which are whole records of an `RTMPMuxer`.
    ///
    /// - Returns: false, with nothing changed beyond the broken place, when `bytes` are not whole records.
    @discardableResult
    public static func retarget(_ bytes: inout [UInt8], to streamID: UInt32) -> Bool {
        var at = 0
        while at < bytes.count {
            guard let size = size(of: bytes, at: at) else { return false }
            for index in 0..<4 { bytes[at + 8 + index] = UInt8(truncatingIfNeeded: streamID >> UInt32(index * 8)) }
            at += size
        }
        return true
    }

    /// Bytes of the record at `offset`, or nil where no whole record is.
    public static func size(of bytes: [UInt8], at offset: Int) -> Int? {
        guard offset >= 0, bytes.count - offset >= 12, bytes[offset] < 64, bytes[offset] >= 2 else { return nil }
        let isExtended = bytes[offset + 1] == 0xFF && bytes[offset + 2] == 0xFF && bytes[offset + 3] == 0xFF
        let length = Int(bytes[offset + 4]) << 16 | Int(bytes[offset + 5]) << 8 | Int(bytes[offset + 6])
        let extra = isExtended ? 4 : 0
        let continuations = max(0, length - 1) / RTMPSession.outgoingChunkSize
        let size = 12 + extra + length + continuations * (1 + extra)
        return size <= bytes.count - offset ? size : nil
    }
}
