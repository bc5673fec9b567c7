/// What the floor is to send.
public struct FloorOptions: Sendable {
    public var port: UInt16
    /// Megabits per second and player.
    public var rate = 2.5
    /// Milliseconds between two sends to a player.
    public var interval = 33.333
    /// Event loops, each with its own listening socket.
    public var threads = 1
    /// Serve players evenly over the interval instead of all at once.
    public var spreads = false

    public init(port: UInt16) { self.port = port }
}
