import Formats

/// What the peer said in connect about Enhanced RTMP (§6 of the project's notes; E-RTMP v2).
public struct RTMPCapabilities: Sendable, Equatable {
    public static let canDecode: UInt32 = 1
    public static let canEncode: UInt32 = 2
    public static let canForward: UInt32 = 4
    public static let reconnect: UInt32 = 1
    public static let multitrack: UInt32 = 2
    public static let modEx: UInt32 = 4
    public static let nanoOffset: UInt32 = 8

    /// `fourCcList` as it came, `*` included; at most 64 entries.
    public var fourCcList: [String] = []
    /// FourCC or `*` → mask of `canDecode`, `canEncode`, `canForward`.
    public var video: [String: UInt32] = [:]
    public var audio: [String: UInt32] = [:]
    /// Mask of `reconnect`, `multitrack`, `modEx`, `nanoOffset`.
    public var capsEx: UInt32 = 0
    public var videoFunction: UInt32 = 0

    public init() {}

    /// True when the peer said anything about FourCC codecs.
    public var isEnhanced: Bool { !fourCcList.isEmpty || !video.isEmpty || !audio.isEmpty }

    /// What a player of Enhanced RTMP plays: what every player does, and what it said. Empty: it said nothing.
    public var plays: [FourCC] {
        guard isEnhanced else { return [] }
        let known: [FourCC] = [.hvc1, .av01, .vp09, .vp08, .vvc1, .opus, .flac, .ac3, .ec3]
        return [.avc1, .mp4a, .mp3] + known.filter(takes)
    }

    /// True when a player said that it can take `codec`.
    public func takes(_ codec: FourCC) -> Bool {
        let name = String(decoding: codec.bytes, as: UTF8.self)
        if fourCcList.contains("*") || fourCcList.contains(name) { return true }
        return [video["*"], audio["*"], video[name], audio[name]].contains { ($0 ?? 0) & (Self.canDecode | Self.canForward) != 0 }
    }
}
