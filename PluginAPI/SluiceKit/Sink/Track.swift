/// What a decoder must know. See `sluice_track`.
public struct Track: Sendable, Equatable {
    /// What a track carries.
    public enum Kind: UInt32, Sendable {
        /// Pictures.
        case video = 1
        /// Sound.
        case audio
        /// Messages.
        case data
    }

    /// Unique in the stream over all kinds; at most 63.
    public var id: UInt32
    /// What it carries.
    public var kind: Kind
    /// Four ASCII bytes, the first in the most significant byte.
    public var codec: UInt32
    /// Ticks per second of its frames' times; not 0.
    public var timescale: UInt32
    /// Pixels; 0: unknown.
    public var width: UInt32 = 0
    /// Pixels; 0: unknown.
    public var height: UInt32 = 0
    /// Frames per 1000 s; 0: unknown.
    public var frameRateMilli: UInt32 = 0
    /// Hz; 0: unknown.
    public var sampleRate: UInt32 = 0
    /// 0: unknown.
    public var channels: UInt32 = 0
    /// bit/s; 0: unknown.
    public var bitrate: UInt32 = 0
    /// avcC, hvcC, av1C, vpcC, AudioSpecificConfig, OpusHead, STREAMINFO …; at most 64 KiB.
    public var configuration: [UInt8] = []
    /// BCP 47; empty: unknown.
    public var language = ""

    /// A track of which no more is known; the rest is set afterwards.
    public init(id: UInt32, kind: Kind, codec: UInt32, timescale: UInt32) {
        self.id = id
        self.kind = kind
        self.codec = codec
        self.timescale = timescale
    }

    /// A copy of a borrowed C track; `nil` for a kind that this SDK does not know.
    init?(_ raw: sluice_track) {
        guard let kind = Kind(rawValue: raw.kind) else { return nil }
        self.init(id: raw.id, kind: kind, codec: raw.codec, timescale: raw.timescale)
        width = raw.width
        height = raw.height
        frameRateMilli = raw.frame_rate_milli
        sampleRate = raw.sample_rate
        channels = raw.channels
        bitrate = raw.bitrate
        configuration = [UInt8](raw.configuration.unsafeBytes)
        language = raw.language.string
    }

    static var stride: UInt32 { UInt32(MemoryLayout<sluice_track>.stride) }

    /// Calls `body` with the C form of `tracks`, borrowed.
    static func withC<R>(_ tracks: [Track], _ body: (UnsafePointer<sluice_track>?) -> R) -> R {
        var arena = TextArena()
        let block = UnsafeMutablePointer<sluice_track>.allocate(capacity: max(tracks.count, 1))
        var copies: [UnsafeMutablePointer<UInt8>] = []
        defer {
            block.deallocate()
            for copy in copies { copy.deallocate() }
        }
        for (index, track) in tracks.enumerated() {
            let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: max(track.configuration.count, 1))
            copy.initialize(from: track.configuration, count: track.configuration.count)
            copies.append(copy)
            var raw = sluice_track()
            raw.struct_size = UInt32(MemoryLayout<sluice_track>.size)
            raw.id = track.id
            raw.kind = track.kind.rawValue
            raw.codec = track.codec
            raw.timescale = track.timescale
            raw.width = track.width
            raw.height = track.height
            raw.frame_rate_milli = track.frameRateMilli
            raw.sample_rate = track.sampleRate
            raw.channels = track.channels
            raw.bitrate = track.bitrate
            raw.configuration = sluice_bytes(data: copy, size: UInt64(track.configuration.count))
            raw.language = arena.text(track.language)
            block[index] = raw
        }
        return body(tracks.isEmpty ? nil : UnsafePointer(block))
    }

    /// Copies of borrowed C tracks.
    static func array(_ pointer: UnsafePointer<sluice_track>?, stride: UInt32, count: UInt32) -> [Track] {
        guard let pointer else { return [] }
        return (0..<Int(count)).compactMap { index in
            Track(UnsafeRawPointer(pointer).advanced(by: index * Int(stride)).assumingMemoryBound(to: sluice_track.self).pointee)
        }
    }
}

/// Times and flags of one access unit, in its track's timescale. See `sluice_frame`.
public struct FrameTimes: Sendable {
    /// `Track.id`.
    public var track: UInt32
    /// When it is shown.
    public var pts: Int64
    /// When it is decoded; strictly increases within a track.
    public var dts: Int64
    /// 0 = unknown.
    public var duration: Int64
    /// `SLUICE_FRAME_*`.
    public var flags: UInt32

    /// Times in the track's timescale, and `SLUICE_FRAME_*`.
    public init(track: UInt32, pts: Int64, dts: Int64, duration: Int64 = 0, flags: UInt32 = 0) {
        self.track = track
        self.pts = pts
        self.dts = dts
        self.duration = duration
        self.flags = flags
    }
}
