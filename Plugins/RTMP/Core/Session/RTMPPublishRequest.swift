/// What a publish command says (RTMP 1.0 §7.2.2.6).
public struct RTMPPublishRequest: Sendable, Equatable {
    public var address: RTMPStreamAddress
    /// The stream name as it came, with its query; may carry credentials.
    public var raw: String
    /// `live`, `record` or `append`; all mean live here.
    public var type: String
}

/// What a play command says (RTMP 1.0 §7.2.2.1).
public struct RTMPPlayRequest: Sendable, Equatable {
    public var address: RTMPStreamAddress
    /// The stream name as it came, with its query; may carry credentials.
    public var raw: String
    /// -2 live or recorded, -1 live, else seconds; a live server starts at the last key frame whatever it is.
    public var start: Double
    /// The player's buffer in milliseconds if it said so, else 0.
    public var bufferMilliseconds: UInt32
}
