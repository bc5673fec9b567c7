import Formats

/// One rendition of a conversion profile as the back end or a catalogue keeps it (SPEC §8.3, §12).
public struct Flavor: Sendable, Hashable {
    /// What the back end converts, takes in, or converts when it is missing.
    public enum Origin: Int32, Sendable, Hashable { case convert = 0, ingest, convertWhenMissing }

    public var id: Int64
    public var systemName = ""
    /// `source`, `ingest`, `optional_flavor`, `audio_only`, …
    public var tags: Set<String> = []
    /// The stream index that this flavor takes in; nil: none.
    public var streamSuffix: String?
    public var origin = Origin.convert
    /// Pixels; 0 = not said.
    public var width: UInt32 = 0
    public var height: UInt32 = 0
    /// kbit/s; 0 = not said.
    public var videoKbps: UInt32 = 0
    public var audioKbps: UInt32 = 0
    /// Frames per second; 0 = not said.
    public var frameRate = 0.0
    public var maxFrameRate = 0.0
    /// Frames dropped of each that is kept; nil = not said.
    public var skipFrames: UInt32?
    /// `H.264` when empty.
    public var codec = ""
    public var profile = ""

    public init(id: Int64) { self.id = id }

    /// Tags as the back end lists them: separated by commas.
    public static func tags(_ text: String) -> Set<String> {
        Set(text.split(whereSeparator: { ", ".contains($0) }).map(String.init))
    }
}
