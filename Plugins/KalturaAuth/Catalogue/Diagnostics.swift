import KalturaCore
import SluiceJSON

/// What diagnostics ask of the running plugin.
public struct Diagnostics: Sendable {
    /// What the host knows of a stream.
    public struct Stream: Hashable, Sendable {
        /// As the reference names codecs: `H.264`, `AAC`; empty: there is no such track.
        public var videoCodec = ""
        public var audioCodec = ""
        /// bit/s and pictures a second as the encoder says; 0: unknown.
        public var videoBitrate: UInt32 = 0
        public var audioBitrate: UInt32 = 0
        public var frameRate = 0.0
        public var width: UInt32 = 0
        public var height: UInt32 = 0
        /// bit/s as measured.
        public var bitrate: UInt64 = 0

        public init() {}
    }

    /// What is known of the server; nil: unknown.
    public struct Server: Hashable, Sendable {
        public var version = ""
        public var hostname = ""
        /// Microseconds since 1970.
        public var started: Int64?
        public var now: Int64 = 0
        /// Share of the machine's processors that is in use, in percent.
        public var cpuUsage: Double?

        public init() {}
    }

    public var rejections: @Sendable () -> RejectionRing
    public var publishers: @Sendable () -> [LivePublishers.Publisher]
    /// Ends the publishers of an entry, a stream or a connection; answers how many.
    public var end: @Sendable (String) -> Int
    public var stream: @Sendable (LivePublishers.Publisher) -> Stream?
    /// What else is on air in the group of a publisher: what a transcoder makes of its entry's streams. Names and figures.
    public var others: @Sendable (LivePublishers.Publisher) -> [(name: String, stream: Stream)]
    public var server: @Sendable () -> Server

    /// Of a plugin that does nothing.
    public init(
        rejections: @escaping @Sendable () -> RejectionRing = { RejectionRing() },
        publishers: @escaping @Sendable () -> [LivePublishers.Publisher] = { [] },
        end: @escaping @Sendable (String) -> Int = { _ in 0 },
        stream: @escaping @Sendable (LivePublishers.Publisher) -> Stream? = { _ in nil },
        others: @escaping @Sendable (LivePublishers.Publisher) -> [(name: String, stream: Stream)] = { _ in [] },
        server: @escaping @Sendable () -> Server = { Server() }
    ) {
        self.rejections = rejections
        self.publishers = publishers
        self.end = end
        self.stream = stream
        self.others = others
        self.server = server
    }
}
