extension MediaMessageParser {
    mutating func video(into items: inout [MediaItem]) throws(MediaMessageError) {
        guard let first = reader.u8() else { throw .empty }
        if first & 0x80 == 0 {
            frameType = first >> 4
            return try legacyVideo(first & 0x0F, into: &items)
        }
        frameType = first >> 4 & 0x07
        let packetType = try modEx(first & 0x0F)
        if frameType == VideoFrameType.command, packetType != VideoPacketType.metadata {
            items.append(.command(try byte()))
        } else if packetType == VideoPacketType.multitrack {
            try multitrack(nested: VideoPacketType.multitrack) { (parser, track, range) throws(MediaMessageError) in
                try parser.videoBody(track, range, into: &items)
            }
        } else {
            let offset = reader.position - 1
            guard packetType < VideoPacketType.multitrack else { throw .unknownPacketType(.video, packetType, offset: offset) }
            let track = Track(packetType: packetType, id: 0, codec: try codec())
            try videoBody(track, reader.restRange, into: &items)
        }
    }

    /// FLV 10.1 §E.4.3.
    private mutating func legacyVideo(_ id: UInt8, into items: inout [MediaItem]) throws(MediaMessageError) {
        if frameType == VideoFrameType.command { return items.append(.command(try byte())) }
        let codec: FourCC
        switch id {
        case LegacyCodec.avc: codec = .avc1
        case LegacyCodec.hevc: codec = .hvc1
        default: throw .unsupportedCodec(.video, id: id)
        }
        let packetType = try byte()
        guard packetType <= 2 else { throw .unknownPacketType(.video, packetType, offset: 1) }
        var range = reader.restRange
        if packetType == VideoPacketType.sequenceEnd {
            // Its composition offset means nothing, and some leave it out.
            return items.append(.sequenceEnd(trackID: 0, codec: codec))
        }
        let offset = try compositionOffset(&range)
        if packetType == VideoPacketType.sequenceStart {
            items.append(.configuration(trackID: 0, codec: codec, record: range))
        } else {
            try frame(Track(packetType: packetType, id: 0, codec: codec), offset, range, into: &items)
        }
    }

    /// The body of one track of an Enhanced RTMP message.
    private func videoBody(_ track: Track, _ body: Range<Int>, into items: inout [MediaItem]) throws(MediaMessageError) {
        switch track.packetType {
        case VideoPacketType.sequenceStart:
            items.append(.configuration(trackID: track.id, codec: track.codec, record: body))
        case VideoPacketType.codedFrames where track.codec.hasCompositionOffset:
            var body = body
            let offset = try compositionOffset(&body)
            try frame(track, offset, body, into: &items)
        case VideoPacketType.codedFrames, VideoPacketType.codedFramesX:
            // CodedFramesX is defined for codecs with NAL units; for others it can only mean the same as CodedFrames.
            try frame(track, 0, body, into: &items)
        case VideoPacketType.sequenceEnd:
            items.append(.sequenceEnd(trackID: track.id, codec: track.codec))
        case VideoPacketType.metadata:
            items.append(.metadata(trackID: track.id, codec: track.codec, pairs: body))
        case VideoPacketType.mpeg2TSSequenceStart where track.codec == .av01:
            items.append(.transportConfiguration(trackID: track.id, codec: track.codec, descriptor: body))
        default:
            throw .unknownPacketType(.video, track.packetType, offset: body.lowerBound)
        }
    }

    private func frame(
        _ track: Track, _ offset: Int32, _ payload: Range<Int>, into items: inout [MediaItem]
    ) throws(MediaMessageError) {
        guard let flags = VideoFrameType.flags(frameType) else { throw .unknownFrameType(frameType) }
        guard !payload.isEmpty else { return }
        items.append(
            .frame(
                MediaFrame(
                    trackID: track.id, codec: track.codec, flags: flags, compositionOffset: offset, nanoOffset: nanoOffset,
                    payload: payload)))
    }
}
