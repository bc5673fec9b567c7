/// Protocol control and user control messages as chunks (RTMP 1.0 §5.4, §7.1.7). All go out on chunk stream 2,
/// message stream 0, at time 0, in one chunk whatever the chunk size.
public enum RTMPControl {
    /// User control event types.
    public enum Event {
        public static let streamBegin: UInt16 = 0
        public static let streamEOF: UInt16 = 1
        public static let streamDry: UInt16 = 2
        public static let setBufferLength: UInt16 = 3
        public static let streamIsRecorded: UInt16 = 4
        public static let pingRequest: UInt16 = 6
        public static let pingResponse: UInt16 = 7
    }

    public static func setChunkSize(_ size: UInt32) -> [UInt8] { word(1, size) }
    public static func acknowledgement(_ sequence: UInt32) -> [UInt8] { word(3, sequence) }
    public static func windowAcknowledgementSize(_ size: UInt32) -> [UInt8] { word(5, size) }

    /// `limit`: 0 hard, 1 soft, 2 dynamic.
    public static func setPeerBandwidth(_ size: UInt32, limit: UInt8) -> [UInt8] { word(6, size, tail: [limit]) }

    /// One of `Event` with its argument: a stream id or a time.
    public static func event(_ event: UInt16, _ argument: UInt32) -> [UInt8] {
        var body = [UInt8(truncatingIfNeeded: event >> 8), UInt8(truncatingIfNeeded: event)]
        body.appendBigEndian(argument)
        return chunk(4, body)
    }

    private static func word(_ type: UInt8, _ value: UInt32, tail: [UInt8] = []) -> [UInt8] {
        var body: [UInt8] = []
        body.appendBigEndian(value)
        return chunk(type, body + tail)
    }

    private static func chunk(_ type: UInt8, _ body: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        let message = RTMPMessage(chunkStream: 2, type: type, streamID: 0, timestamp: 0, body: body)
        RTMPChunkWriter.append(message, chunkSize: 128, to: &out)
        return out
    }
}
