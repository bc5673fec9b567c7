import Formats

/// One stream as a variant of a multivariant playlist.
public struct HLSVariant: Sendable, Equatable {
    /// One audio rendition beside the variant's video.
    public struct Audio: Sendable, Equatable {
        /// Of its playlist, relative to the multivariant playlist.
        public var uri: String
        /// Shown to viewers; unique in the variant.
        public var name: String
        /// RFC 5646, or empty.
        public var language: String
        /// 0 = unknown.
        public var channels: UInt32
        /// What a decoder is told: two that differ here are not one sound.
        var description: TrackDescription

        /// The same sound as another's, if both are on one line of time.
        func sounds(as other: Audio) -> Bool { name == other.name && description == other.description }
    }

    /// The source that this is, or is made of; empty: none that others could have in common.
    public var source = ""

    /// Of its main playlist, relative to the multivariant playlist.
    public var uri: String
    /// Audio renditions; empty when the main playlist has all there is.
    public var audio: [Audio]
    /// Peak bit rate, all renditions together, bit/s.
    public var bandwidth: Int64
    /// Average bit rate, all renditions together, bit/s.
    public var averageBandwidth: Int64
    /// RFC 6381 strings of all its tracks; unknown ones left out.
    public var codecs: [String]
    /// Pixels; 0 = unknown or no video.
    public var width: UInt32
    /// Pixels; 0 = unknown or no video.
    public var height: UInt32
    /// Frames per 1000 seconds; 0 = unknown or no video.
    public var frameRateMilli: Int64
    /// SDR, PQ or HLG; empty without video.
    public var videoRange: String
    /// All its segments start with a key frame.
    public var startsIndependent: Bool
}
