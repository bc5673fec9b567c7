import Formats

/// The input as every audio configuration and frame header.
func fuzzAudio(_ bytes: UnsafeRawBufferPointer) {
    let array = Array(bytes)
    if let config = try? AudioSpecificConfig(parsing: array) {
        precondition(config.sampleRate > 0 && config.samplesPerFrame > 0, "rate")
        let again = try? AudioSpecificConfig(parsing: config.serialized)
        // A program configuration element is not written.
        if config.channelConfiguration > 0 { precondition(again?.sampleRate == config.sampleRate, "configuration changed") }
    }
    if let head = try? OpusHead(parsing: array) {
        precondition((try? OpusHead(parsing: head.serialized)) == head, "OpusHead changed")
        precondition((try? OpusHead(parsingBox: head.box)) == head, "dOps changed")
    }
    if let info = try? FLACStreamInfo(parsing: array) {
        precondition((try? FLACStreamInfo(parsing: info.serialized)) == info, "STREAMINFO changed")
    }
    if let duration = OpusPacket.duration(bytes.bytes) { precondition((120...5760).contains(duration), "Opus duration") }
    if let header = try? ADTSHeader(bytes.bytes) {
        precondition(header.frameLength >= header.headerLength, "ADTS length")
        precondition((try? AudioSpecificConfig(parsing: header.configuration.serialized)) == header.configuration, "ADTS")
    }
    _ = try? MP3Header(bytes.bytes)
    for codec: FourCC in [.mp3, .ac3, .ec3] {
        var track = TrackDescription(id: 0, kind: .audio, codec: codec)
        guard track.apply(firstFrame: bytes.bytes), codec != .mp3 else { continue }
        let box = track.configuration
        let again = try? TrackDescription.describing(id: 0, codec: codec, configuration: box)
        precondition(again?.channels == track.channels, "channels changed")
    }
}
