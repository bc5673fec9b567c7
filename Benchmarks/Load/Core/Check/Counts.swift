/// What the checks of all players saw in the window.
public struct Counts: Equatable, Sendable {
    /// Media seen by players that look at it.
    public var video = 0, audio = 0, key = 0
    /// Video frames with a mark, without one.
    public var marks = 0, noMark = 0
    /// Frames whose slices do not sum up to what was published.
    public var crcErrors = 0
    /// Jumps of the frame counter, forward and back.
    public var lost = 0, duplicates = 0
    /// Frames of another stream.
    public var foreign = 0
    /// Timestamps that went back; steps longer than allowed.
    public var timestampsBack = 0, gaps = 0
    /// Malformed chunks, tags, NAL units, boxes, playlists.
    public var protocolErrors = 0

    /// HLS: requests answered by an error; segments that left the playlist before they were fetched.
    public var refused = 0, missed = 0

    public init() {}

    /// Nothing is wrong. Frames without a mark are none of the server's faults.
    public var isClean: Bool {
        [lost, duplicates, crcErrors, foreign, timestampsBack, gaps, protocolErrors, refused, missed].allSatisfy { $0 == 0 }
    }
}
