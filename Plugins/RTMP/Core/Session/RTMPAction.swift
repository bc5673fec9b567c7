import Formats

/// What the session wants done, in order.
///
/// `stream` is the message stream id on this connection, and what the answers name. The rare actions that carry much are boxed, so that
/// a frame's action is small.
public enum RTMPAction: Sendable, Equatable {
    /// Bytes for the peer. After `attach` they belong between two records of the log.
    case send([UInt8])
    /// Answer with `answerConnect`.
    indirect case askConnect(RTMPConnectRequest)
    /// Answer with `answerPublish`.
    indirect case askPublish(stream: UInt32, RTMPPublishRequest)
    /// Answer with `answerPlay`.
    indirect case askPlay(stream: UInt32, RTMPPlayRequest)
    /// The publish was allowed and the peer told so.
    case publishStarted(stream: UInt32)
    /// The publisher is gone; comes once for each `publishStarted`, and for a question that became moot.
    indirect case publishStopped(stream: UInt32, RTMPStopReason)
    /// All tracks of the publisher; a new set each time one came or changed. Before the first frame of the change.
    case tracks(stream: UInt32, [TrackDescription])
    /// One frame; its payload is `message[payload]`, in the canonical form of its codec.
    case frame(stream: UInt32, FrameTiming, message: [UInt8], payload: Range<Int>)
    /// Metadata or timed data of the publisher.
    indirect case data(stream: UInt32, RTMPData)
    /// The player takes the stream's log from its last join point on.
    case attach(stream: UInt32)
    /// The player takes nothing more, at the next record boundary: paused or stopped.
    case detach(stream: UInt32)
    /// The player is gone; comes once for each allowed play, and for a question that became moot.
    indirect case playStopped(stream: UInt32, RTMPStopReason)
    /// Close after a flush. The last action.
    indirect case close(RTMPCloseReason)
}

/// Why a publish or play ended.
public enum RTMPStopReason: Sendable, Equatable {
    /// deleteStream, closeStream, FCUnpublish or another play.
    case stopped
    /// The stream it played is over, or the server ended it.
    case ended
    /// The connection is gone or about to be.
    case closed(RTMPCloseReason)
}

/// A data message of a publisher.
public struct RTMPData: Sendable, Equatable {
    /// How it travels in RTMP.
    public enum Form: Sendable, Equatable {
        /// A data message (type 18).
        case script
        /// A Metadata packet of Enhanced RTMP about the pictures of a track: `colorInfo`.
        case video(track: UInt32)
    }

    /// Milliseconds on the publisher's 64-bit time.
    public var time: Int64
    public var form: Form
    /// `onMetaData`, `onTextData`, `onCuePoint`, `onFI`, `colorInfo`, …
    public var name: String
    /// AMF0: the name and its values, `@setDataFrame` taken off.
    public var body: [UInt8]

    public init(time: Int64, form: Form = .script, name: String, body: [UInt8]) {
        self.time = time
        self.form = form
        self.name = name
        self.body = body
    }
}
