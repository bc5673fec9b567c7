/// Walks supplemental enhancement information messages (H.264 §7.3.2.3.1, H.265 §7.3.5) without copying them.
public enum SEI {
    /// `payloadType` of a recovery point message.
    static let recoveryPoint = 6

    /// Whether the messages in `range` (a NAL unit without its header) hold a recovery point.
    public static func containsRecoveryPoint(_ payload: RawSpan, _ range: Range<Int>) -> Bool {
        var bytes = UnescapingCursor(range)
        while true {
            guard let type = number(&bytes, payload), let size = number(&bytes, payload) else { return false }
            if type == recoveryPoint { return size > 0 }
            for _ in 0..<size where bytes.next(in: payload) == nil { return false }
        }
    }

    /// A number made of 0xFF bytes and a last byte; nil at the end, and above 1 MiB, where no message is.
    private static func number(_ bytes: inout UnescapingCursor, _ payload: RawSpan) -> Int? {
        var value = 0
        while let byte = bytes.next(in: payload) {
            value += Int(byte)
            if byte != 0xFF { return value }
            if value > 1 << 20 { return nil }
        }
        return nil
    }
}
