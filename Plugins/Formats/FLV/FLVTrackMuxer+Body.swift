extension FLVTrackMuxer {
    /// The longest that `appendFrameHeader` writes.
    public static let maximumFrameHeaderBytes = 10

    /// The message timestamp of a frame in milliseconds (its decoding time), before any wrap; nil if no time is known.
    public func timestamp(of timing: FrameTiming) -> Int64? {
        let time = milliseconds(timing.dts != FrameTiming.unknown ? timing.dts : timing.pts)
        return time == FrameTiming.unknown ? nil : time
    }

    private func milliseconds(_ ticks: Int64) -> Int64 {
        timescale == 1000 ? ticks : MediaTime.rescale(ticks, from: timescale, to: 1000)
    }

    /// Presentation less decoding time in milliseconds, within 24 bits; 0 if one of them is unknown.
    public func compositionOffset(of timing: FrameTiming) -> Int32 {
        guard timing.pts != timing.dts, timing.pts != FrameTiming.unknown, timing.dts != FrameTiming.unknown else { return 0 }
        let (offset, overflow) = milliseconds(timing.pts).subtractingReportingOverflow(milliseconds(timing.dts))
        guard !overflow else { return timing.pts > timing.dts ? 0x7F_FFFF : -0x80_0000 }
        return Int32(truncatingIfNeeded: min(max(offset, -0x80_0000), 0x7F_FFFF))
    }

    /// Appends what precedes the payload of a coded frame in its message body.
    public func appendFrameHeader(_ timing: FrameTiming, to writer: inout ByteWriter) {
        guard kind == .video else {
            appendHeader(AudioPacketType.codedFrames, to: &writer)
            return
        }
        let frameType = timing.flags.contains(.key) ? VideoFrameType.key : VideoFrameType.inter
        let offset = compositionOffset(of: timing)
        if isLegacy || codec.hasCompositionOffset && offset != 0 {
            appendHeader(VideoPacketType.codedFrames, frameType: frameType, to: &writer)
            writer.i24(offset)
        } else if codec.hasCompositionOffset {
            appendHeader(VideoPacketType.codedFramesX, frameType: frameType, to: &writer)
        } else {
            appendHeader(VideoPacketType.codedFrames, frameType: frameType, to: &writer)
        }
    }

    /// The whole body of a coded frame; copies the payload.
    public func frameBody(_ timing: FrameTiming, payload: some Collection<UInt8>) -> [UInt8] {
        var writer = ByteWriter(capacity: Self.maximumFrameHeaderBytes + payload.count)
        appendFrameHeader(timing, to: &writer)
        writer.append(payload)
        return writer.bytes
    }

    /// The body that carries the decoder configuration; nil where there is none to send (MP3, AC-3, E-AC-3, or none known).
    public func configurationBody() -> [UInt8]? {
        switch codec {
        case .mp3, .ac3, .ec3: return nil
        case .opus: break
        default: guard !configuration.isEmpty else { return nil }
        }
        var writer = ByteWriter(capacity: Self.maximumFrameHeaderBytes + configuration.count)
        appendHeader(VideoPacketType.sequenceStart, to: &writer)
        if kind == .video, isLegacy { writer.i24(0) }
        if codec == .flac { appendFLACMarker(to: &writer) }
        writer.append(configuration)
        return writer.bytes
    }

    /// The body that says that the track ends; nil where the legacy form has none (audio).
    public func sequenceEndBody() -> [UInt8]? {
        if isLegacy, kind == .audio { return nil }
        var writer = ByteWriter(capacity: Self.maximumFrameHeaderBytes)
        appendHeader(VideoPacketType.sequenceEnd, to: &writer)
        if isLegacy { writer.i24(0) }
        return writer.bytes
    }

    /// The body of a Metadata packet (`colorInfo` with its object); nil for audio. Always in Enhanced form.
    public func metadataBody(_ pairs: [AMFProperty]) -> [UInt8]? {
        guard kind == .video else { return nil }
        var writer = ByteWriter(capacity: 64)
        appendEnhancedHeader(VideoPacketType.metadata, frameType: VideoFrameType.key, to: &writer)
        for pair in pairs {
            AMF0.append(.string(pair.name), to: &writer)
            AMF0.append(pair.value, to: &writer)
        }
        return writer.bytes
    }

    /// Everything up to the composition offset. SequenceStart, CodedFrames and SequenceEnd are 0, 1 and 2 for both kinds and
    /// in the legacy AVC packet type; AAC has the first two.
    private func appendHeader(_ packetType: UInt8, frameType: UInt8 = VideoFrameType.key, to writer: inout ByteWriter) {
        guard isLegacy else { return appendEnhancedHeader(packetType, frameType: frameType, to: &writer) }
        if kind == .video {
            writer.u8(frameType << 4 | LegacyCodec.avc)
            writer.u8(packetType)
        } else {
            writer.u8(soundByte)
            if codec == .mp4a { writer.u8(packetType) }
        }
    }

    private func appendEnhancedHeader(_ packetType: UInt8, frameType: UInt8, to writer: inout ByteWriter) {
        let start = kind == .video ? 0x80 | frameType << 4 : 0x90
        if trackID == 0 {
            writer.u8(start | packetType)
            writer.fourCC(codec)
        } else {
            writer.u8(start | (kind == .video ? VideoPacketType.multitrack : AudioPacketType.multitrack))
            writer.u8(MultitrackType.oneTrack << 4 | packetType)
            writer.fourCC(codec)
            writer.u8(trackID)
        }
    }

    /// What a bare STREAMINFO lacks of the FLAC sequence header: the stream marker and the block header (RFC 9639 §8).
    private func appendFLACMarker(to writer: inout ByteWriter) {
        if configuration.starts(with: FourCC.flac.bytes) { return }
        writer.fourCC(.flac)
        // Last metadata block, type 0, 34 bytes.
        if configuration.count == 34 { writer.u32(0x8000_0022) }
    }
}
