/// One access unit as found in an RTMP or FLV message; the payload stays where it is.
public struct MediaFrame: Equatable, Sendable {
    /// 0 is the default track; audio and video count apart.
    public var trackID: UInt8
    /// The codec.
    public var codec: FourCC
    /// `.key` for key frames and all audio, `.droppable` for disposable frames.
    public var flags: FrameFlags
    /// Milliseconds to add to the message's timestamp for the presentation time; −2²³ ..< 2²³.
    public var compositionOffset: Int32
    /// Nanoseconds to add to the presentation time, 0 … 999,999.
    public var nanoOffset: UInt32
    /// Where the access unit lies, counted from the first byte of the message; never empty.
    public var payload: Range<Int>

    /// All members.
    public init(
        trackID: UInt8 = 0, codec: FourCC, flags: FrameFlags, compositionOffset: Int32 = 0, nanoOffset: UInt32 = 0,
        payload: Range<Int>
    ) {
        self.trackID = trackID
        self.codec = codec
        self.flags = flags
        self.compositionOffset = compositionOffset
        self.nanoOffset = nanoOffset
        self.payload = payload
    }
}
