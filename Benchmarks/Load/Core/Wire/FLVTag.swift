/// One tag of an FLV file or stream (FLV 10.1, annex E.4.1).
public struct FLVTag: Equatable, Sendable {
    /// 8 audio, 9 video, 18 data.
    public var type: UInt8
    /// Milliseconds.
    public var timestamp: UInt32
    public var body: [UInt8]

    public init(type: UInt8, timestamp: UInt32, body: [UInt8]) {
        self.type = type
        self.timestamp = timestamp
        self.body = body
    }
}
