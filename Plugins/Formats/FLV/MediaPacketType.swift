/// Packet types of Enhanced RTMP video messages.
enum VideoPacketType {
    static let sequenceStart: UInt8 = 0
    static let codedFrames: UInt8 = 1
    static let sequenceEnd: UInt8 = 2
    static let codedFramesX: UInt8 = 3
    static let metadata: UInt8 = 4
    static let mpeg2TSSequenceStart: UInt8 = 5
    static let multitrack: UInt8 = 6
}

/// Packet types of Enhanced RTMP audio messages; the numbers differ from those of video.
enum AudioPacketType {
    static let sequenceStart: UInt8 = 0
    static let codedFrames: UInt8 = 1
    static let sequenceEnd: UInt8 = 2
    static let multichannelConfig: UInt8 = 4
    static let multitrack: UInt8 = 5
}

/// What both kinds share.
enum MediaPacketType {
    static let modEx: UInt8 = 7
    /// Types of a ModEx block.
    static let timestampOffsetNano: UInt8 = 0
}

/// How a multitrack message names its tracks.
enum MultitrackType {
    static let oneTrack: UInt8 = 0
    static let manyTracks: UInt8 = 1
    static let manyTracksManyCodecs: UInt8 = 2
}

/// Numbers of the legacy header bytes, FLV 10.1 §E.4.2 and §E.4.3.
enum LegacyCodec {
    static let avc: UInt8 = 7
    /// A convention from before Enhanced RTMP: read, never written.
    static let hevc: UInt8 = 12
    static let mp3: UInt8 = 2
    static let aac: UInt8 = 10
    static let mp3At8kHz: UInt8 = 14
}

/// The upper bits of the first video byte.
enum VideoFrameType {
    static let key: UInt8 = 1
    static let inter: UInt8 = 2
    static let disposable: UInt8 = 3
    static let generatedKey: UInt8 = 4
    static let command: UInt8 = 5

    /// The flags of a coded frame; nil for numbers without a meaning.
    static func flags(_ type: UInt8) -> FrameFlags? {
        switch type {
        case key, generatedKey: .key
        case inter: []
        case disposable: .droppable
        default: nil
        }
    }
}

extension FourCC {
    /// True for the codecs whose coded frames carry a composition offset: those with NAL units.
    var hasCompositionOffset: Bool {
        self == .avc1 || self == .hvc1 || self == .vvc1
    }

    /// True for the codecs that Enhanced RTMP v2 defines for `kind`.
    func isEnhanced(_ kind: TrackKind) -> Bool {
        switch kind {
        case .video: hasCompositionOffset || self == .av01 || self == .vp09 || self == .vp08
        case .audio:
            self == .mp4a || self == .opus || self == .flac || self == .mp3 || self == .ac3 || self == .ec3
        case .data: false
        }
    }
}
