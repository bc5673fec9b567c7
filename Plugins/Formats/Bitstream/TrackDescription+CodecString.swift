extension TrackDescription {
    /// The codec as HLS `CODECS` and Media Source Extensions want it (RFC 6381); nil when it cannot be told.
    public var codecString: String? {
        switch codec {
        case .avc1: try? AVCConfiguration(parsing: configuration).codecString
        case .hvc1: try? HEVCConfiguration(parsing: configuration).codecString
        case .av01: try? AV1Configuration(parsing: configuration).codecString
        case .vp09: try? VPConfiguration(parsing: configuration).codecString
        case .vp08: "vp08.00.10.08"
        case .mp4a: configuration.isEmpty ? "mp4a.40.2" : try? AudioSpecificConfig(parsing: configuration).codecString
        case .mp3: "mp4a.40.34"
        case .opus: "Opus"
        case .flac: "fLaC"
        case .ac3: "ac-3"
        case .ec3: "ec-3"
        default: nil
        }
    }

    /// Colour as the bitstream tells it, nil when it does not; transfer 16 (PQ) and 18 (HLG) decide HLS `VIDEO-RANGE`.
    public var colour: ColourDescription? {
        switch codec {
        case .avc1: try? AVCConfiguration(parsing: configuration).firstSPS().geometry.colour
        case .hvc1: try? HEVCConfiguration(parsing: configuration).firstSPS().geometry.colour
        case .av01: try? AV1Configuration(parsing: configuration).sequenceHeader()?.geometry.colour
        case .vp09: try? VPConfiguration(parsing: configuration).colour
        default: nil
        }
    }

    /// Shape of one sample, nil when square or untold.
    public var pixelAspect: PixelAspectRatio? {
        let told: PixelAspectRatio? =
            switch codec {
            case .avc1: try? AVCConfiguration(parsing: configuration).firstSPS().geometry.pixelAspect
            case .hvc1: try? HEVCConfiguration(parsing: configuration).firstSPS().geometry.pixelAspect
            default: nil
            }
        return told.flatMap { $0.horizontal == $0.vertical ? nil : $0 }
    }
}

extension FourCC {
    /// The kind of track that the codec makes; nil for codecs unknown here.
    public var trackKind: TrackKind? {
        switch self {
        case .avc1, .hvc1, .av01, .vp09, .vp08, .vvc1: .video
        case .mp4a, .opus, .flac, .mp3, .ac3, .ec3: .audio
        default: nil
        }
    }
}
