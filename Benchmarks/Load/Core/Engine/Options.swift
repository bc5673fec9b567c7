/// What a run of load is to do.
public struct Options: Sendable {
    public enum Mode: String, Sendable {
        case publish = "rtmp-publish"
        case rtmp = "rtmp-play"
        case http = "http-get"
        case hls = "hls-play"
    }

    public var mode = Mode.rtmp
    public var target: Endpoint
    /// Publisher: the FLV file to play.
    public var file = ""
    /// Connections.
    public var count = 1
    /// Length of the window, in seconds.
    public var seconds = 10.0
    /// Streams that players are spread over; 0: as many as connections.
    public var streams = 0
    public var first = 0
    /// Seconds between the last player's joining and the window.
    public var warmUp = 2.0
    /// New connections per second.
    public var rate = 200.0
    /// One in so many players is read whole; 0: all up to 50, else one in 20.
    public var parseEvery = 0
    public var readyTimeout = 15.0
    public var stall = 1.5
    public var gap = 0.2
    public var chunkSize = 4096
    public var marks = true
    public var spreads = true
    /// One per connection.
    public var behaviours: [Behaviour] = []
    public var churnRate = 500.0
    /// Joins by churning players in all; 0: until the window ends.
    public var joins = 0
    /// SO_RCVBUF of players that do not read; 0: the kernel's.
    public var receiveBuffer = 0

    public init(target: Endpoint) { self.target = target }
}
