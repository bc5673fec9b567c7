extension MediaMessageParser {
    mutating func audio(into items: inout [MediaItem]) throws(MediaMessageError) {
        guard let first = reader.u8() else { return items.append(.silence) }
        guard first >> 4 == 9 else { return try legacyAudio(first >> 4, into: &items) }
        let packetType = try modEx(first & 0x0F)
        if packetType == AudioPacketType.multitrack {
            try multitrack(nested: AudioPacketType.multitrack) { (parser, track, range) throws(MediaMessageError) in
                try parser.audioBody(track, range, into: &items)
            }
        } else {
            let offset = reader.position - 1
            guard packetType < AudioPacketType.multitrack, packetType != 3 else {
                throw .unknownPacketType(.audio, packetType, offset: offset)
            }
            let track = Track(packetType: packetType, id: 0, codec: try codec())
            try audioBody(track, reader.restRange, into: &items)
        }
    }

    /// FLV 10.1 §E.4.2.
    private mutating func legacyAudio(_ id: UInt8, into items: inout [MediaItem]) throws(MediaMessageError) {
        switch id {
        case LegacyCodec.mp3, LegacyCodec.mp3At8kHz:
            frame(Track(packetType: 1, id: 0, codec: .mp3), reader.restRange, into: &items)
        case LegacyCodec.aac:
            let packetType = try byte()
            guard packetType <= 1 else { throw .unknownPacketType(.audio, packetType, offset: 1) }
            if packetType == 0 {
                items.append(.configuration(trackID: 0, codec: .mp4a, record: reader.restRange))
            } else {
                frame(Track(packetType: 1, id: 0, codec: .mp4a), reader.restRange, into: &items)
            }
        default:
            throw .unsupportedCodec(.audio, id: id)
        }
    }

    /// The body of one track of an Enhanced RTMP message.
    private func audioBody(_ track: Track, _ body: Range<Int>, into items: inout [MediaItem]) throws(MediaMessageError) {
        switch track.packetType {
        case AudioPacketType.sequenceStart:
            items.append(.configuration(trackID: track.id, codec: track.codec, record: body))
        case AudioPacketType.codedFrames:
            frame(track, body, into: &items)
        case AudioPacketType.sequenceEnd:
            items.append(.sequenceEnd(trackID: track.id, codec: track.codec))
        case AudioPacketType.multichannelConfig:
            items.append(.multichannel(trackID: track.id, codec: track.codec, try multichannel(body)))
        default:
            throw .unknownPacketType(.audio, track.packetType, offset: body.lowerBound)
        }
    }

    private func frame(_ track: Track, _ payload: Range<Int>, into items: inout [MediaItem]) {
        guard !payload.isEmpty else { return }
        items.append(
            .frame(
                MediaFrame(trackID: track.id, codec: track.codec, flags: .key, nanoOffset: nanoOffset, payload: payload)))
    }

    /// Enhanced RTMP v2 "MultichannelConfig".
    private func multichannel(_ body: Range<Int>) throws(MediaMessageError) -> MultichannelConfiguration {
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[body]))
        guard let order = reader.u8(), let count = reader.u8() else { throw .truncated(offset: body.lowerBound) }
        let offset = body.lowerBound + 2
        switch order {
        case 0:
            return MultichannelConfiguration(channelCount: count, order: .unspecified)
        case 1:
            guard let mask = reader.u32() else { throw .truncated(offset: offset) }
            return MultichannelConfiguration(channelCount: count, order: .native(mask: mask))
        case 2:
            guard reader.skip(Int(count)) != nil else { throw .truncated(offset: offset) }
            return MultichannelConfiguration(channelCount: count, order: .custom(mapping: offset..<(offset + Int(count))))
        default:
            throw .unknownChannelOrder(order, offset: body.lowerBound)
        }
    }
}
