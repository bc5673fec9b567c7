/// What a player remembers of its stream from frame to frame.
public struct StreamCheck: Equatable, Sendable {
    /// The tag that this player's marks must have; 0 when it is not known.
    public var tag: UInt8
    var counter: UInt32?
    var videoTime: UInt32?
    var audioTime: UInt32?

    public init(tag: UInt8 = 0) { self.tag = tag }
}
