extension TrackDescription {
    /// A track whose geometry, rates and channels are read from its decoder configuration.
    ///
    /// Throws when the configuration is broken. A codec that needs none, or one that is unknown here, passes with what is known;
    /// an unknown codec counts as `.data` unless `kind` is set afterwards.
    public static func describing(
        id: UInt32, codec: FourCC, timescale: UInt32 = 1000, configuration: [UInt8]
    ) throws(BitstreamError) -> TrackDescription {
        var track = TrackDescription(
            id: id, kind: codec.trackKind ?? .data, codec: codec, timescale: timescale, configuration: configuration)
        try track.applyConfiguration()
        return track
    }

    /// Sets width, height, frame rate, sample rate and channels from `configuration`; what it does not tell is kept.
    public mutating func applyConfiguration() throws(BitstreamError) {
        guard !configuration.isEmpty else { return }
        switch codec {
        case .avc1: apply(try AVCConfiguration(parsing: configuration).firstSPS().geometry)
        case .hvc1: apply(try HEVCConfiguration(parsing: configuration).geometry())
        case .av01:
            if let header = try AV1Configuration(parsing: configuration).sequenceHeader() { apply(header.geometry) }
        case .vp08, .vp09: _ = try VPConfiguration(parsing: configuration)
        case .mp4a:
            let config = try AudioSpecificConfig(parsing: configuration)
            apply(sampleRate: config.outputSampleRate, channels: config.outputChannels)
        case .opus:
            apply(sampleRate: OpusHead.sampleRate, channels: try OpusHead(parsing: configuration).channels)
        case .flac:
            let info = try FLACStreamInfo(parsing: configuration)
            apply(sampleRate: info.sampleRate, channels: info.channels)
        case .ac3, .ec3:
            let format = try AC3Header.format(box: configuration, enhanced: codec == .ec3)
            apply(sampleRate: format.sampleRate, channels: format.channels)
        default: break
        }
    }

    /// Sets what only frames tell, from one of them: VP8 and VP9 geometry and configuration (key frames), MP3 and AC-3 rate and channels, the
    /// configuration of AC-3. Returns whether anything changed; frames that cannot be read change nothing.
    @discardableResult
    public mutating func apply(firstFrame frame: RawSpan) -> Bool {
        let before = self
        switch codec {
        case .vp08:
            guard let header = try? VP8FrameHeader(frame), header.isKey else { return false }
            (width, height) = (header.width, header.height)
            if configuration.isEmpty { configuration = VPConfiguration.vp8.serialized }
        case .vp09:
            guard let header = try? VP9FrameHeader(frame), header.isKey else { return false }
            (width, height) = (header.width, header.height)
            if configuration.isEmpty { configuration = VPConfiguration(keyFrame: header)?.serialized ?? [] }
        case .mp3:
            guard let header = try? MP3Header(frame) else { return false }
            apply(sampleRate: header.sampleRate, channels: header.channels)
        case .ac3, .ec3:
            guard let header = try? AC3Header(frame), header.isEnhanced == (codec == .ec3) else { return false }
            apply(sampleRate: header.sampleRate, channels: header.channels)
            if configuration.isEmpty { configuration = header.box }
        default: return false
        }
        return self != before
    }

    /// Samples of `sampleRate` in one audio frame, 0 when frames differ (Opus) or the codec does not tell.
    public var samplesPerFrame: UInt32 {
        switch codec {
        case .mp4a:
            guard let config = try? AudioSpecificConfig(parsing: configuration) else { return 1024 }
            let doubled = config.outputSampleRate == config.sampleRate &* 2
            return config.samplesPerFrame * (doubled ? 2 : 1)
        case .mp3: return sampleRate == 0 || sampleRate >= 32000 ? 1152 : 576
        case .ac3: return 1536
        case .flac:
            guard let info = try? FLACStreamInfo(parsing: configuration), info.minBlockSize == info.maxBlockSize else { return 0 }
            return UInt32(info.maxBlockSize)
        default: return 0
        }
    }

    private mutating func apply(_ geometry: VideoGeometry) {
        (width, height) = (geometry.width, geometry.height)
        if geometry.frameRateMilli > 0 { frameRateMilli = geometry.frameRateMilli }
    }

    private mutating func apply(sampleRate: UInt32, channels: UInt8) {
        if sampleRate > 0 { self.sampleRate = sampleRate }
        if channels > 0 { self.channels = UInt32(channels) }
    }
}
