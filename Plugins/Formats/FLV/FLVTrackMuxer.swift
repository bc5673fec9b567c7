/// Makes the bodies of RTMP audio or video messages (= FLV tags) for one track.
///
/// H.264, AAC and MP3 of track 0 take the legacy form that every player knows; all else takes the Enhanced form, with a
/// OneTrack multitrack header where the track ID is not 0. Frames can be had as the small header only, so that the payload
/// is appended from where it lies.
public struct FLVTrackMuxer: Sendable, Equatable {
    /// Video or audio.
    public let kind: TrackKind
    /// The codec.
    public let codec: FourCC
    /// 0 is the default track; audio and video count apart.
    public let trackID: UInt8
    /// Ticks per second of the frames' times.
    public let timescale: UInt32
    /// The codec's record.
    public let configuration: [UInt8]
    /// True if players that know nothing of Enhanced RTMP understand this track.
    public let isLegacy: Bool
    /// The first byte of legacy audio messages.
    let soundByte: UInt8

    /// For a video or audio track with any FourCC; nil for a data track.
    ///
    /// - Parameter enhanced: Take the Enhanced form also where a legacy form exists.
    public init?(track: TrackDescription, trackID: UInt8 = 0, enhanced: Bool = false) {
        guard track.kind != .data else { return nil }
        kind = track.kind
        codec = track.codec
        self.trackID = trackID
        timescale = track.timescale
        configuration = track.configuration
        let hasLegacyForm = track.kind == .video ? codec == .avc1 : codec == .mp4a || codec == .mp3
        isLegacy = hasLegacyForm && trackID == 0 && !enhanced
        soundByte = Self.soundByte(track)
    }

    /// One for each of `tracks`, nil for data; tracks of a kind are numbered 0, 1, … in their order, as in `StreamMetadata`.
    ///
    /// Beyond 256 tracks of a kind there are none.
    public static func muxers(for tracks: [TrackDescription]) -> [FLVTrackMuxer?] {
        trackIDs(for: tracks).enumerated().map { index, id in
            id.flatMap { FLVTrackMuxer(track: tracks[index], trackID: $0) }
        }
    }

    static func trackIDs(for tracks: [TrackDescription]) -> [UInt8?] {
        var next: [TrackKind: Int] = [:]
        return tracks.map { track in
            guard track.kind != .data else { return nil }
            let id = next[track.kind, default: 0]
            next[track.kind] = id + 1
            return UInt8(exactly: id)
        }
    }

    /// FLV 10.1 §E.4.2: AAC always says 44 kHz stereo; MP3 says the nearest it can.
    private static func soundByte(_ track: TrackDescription) -> UInt8 {
        guard track.codec == .mp3 else { return 0xAF }
        let isStereo: UInt8 = track.channels == 1 ? 0 : 1
        if track.sampleRate == 8000 { return LegacyCodec.mp3At8kHz << 4 | 0x02 | isStereo }
        let rate: UInt8 =
            switch track.sampleRate {
            case 1..<8000: 0
            case 8000..<16000: 1
            case 16000..<32000: 2
            default: 3
            }
        return LegacyCodec.mp3 << 4 | rate << 2 | 0x02 | isStereo
    }
}
