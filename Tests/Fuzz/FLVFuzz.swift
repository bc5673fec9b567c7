import Formats

/// Media messages and FLV streams: no input traps, no range leaves its message, and what is written is read again.
///
/// The first byte chooses: 0 a video message, 1 an audio message, else a stream in pieces of that size.
func fuzzFLV(_ bytes: UnsafeRawBufferPointer) {
    guard let choice = bytes.first else { return }
    let input = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
    switch choice {
    case 0: fuzzMediaMessage(.video, input)
    case 1: fuzzMediaMessage(.audio, input)
    default: fuzzStream(input, pieces: Int(choice))
    }
}

private func fuzzMediaMessage(_ kind: TrackKind, _ input: UnsafeRawBufferPointer) {
    var items: [MediaItem] = []
    do {
        if kind == .video {
            try MediaMessage.parseVideo(input, into: &items)
        } else {
            try MediaMessage.parseAudio(input, into: &items)
        }
    } catch {
        precondition(items.isEmpty, "an error leaves items behind")
    }
    for item in items {
        switch item {
        case .configuration(_, _, let range), .transportConfiguration(_, _, let range):
            precondition(range.lowerBound > 0 && range.upperBound <= input.count)
        case .metadata(_, _, let range):
            precondition(range.lowerBound > 0 && range.upperBound <= input.count)
            _ = try? MediaMessage.metadata(input[range])
        case .frame(let frame):
            precondition(!frame.payload.isEmpty && frame.payload.lowerBound > 0 && frame.payload.upperBound <= input.count)
            precondition(frame.nanoOffset < 1_000_000)
            checkAgain(frame, kind)
        case .multichannel, .sequenceEnd, .silence, .command: break
        }
    }
}

/// The frame, written by our own muxer and read again.
private func checkAgain(_ frame: MediaFrame, _ kind: TrackKind) {
    let track = TrackDescription(id: 0, kind: kind, codec: frame.codec)
    guard let muxer = FLVTrackMuxer(track: track, trackID: frame.trackID) else { preconditionFailure("no muxer") }
    let timing = FrameTiming(track: 0, pts: Int64(frame.compositionOffset), dts: 0, flags: frame.flags)
    let body = muxer.frameBody(timing, payload: [1, 2, 3])
    let items = kind == .video ? try? MediaMessage.video(body) : try? MediaMessage.audio(body)
    guard case .frame(let again) = items?.first else { preconditionFailure("our own frame is not read") }
    precondition(again.compositionOffset == frame.compositionOffset && again.trackID == frame.trackID)
    precondition(again.codec == frame.codec && body[again.payload].elementsEqual([1, 2, 3]))
    precondition(again.flags.contains(.key) == frame.flags.contains(.key))
}

private func fuzzStream(_ input: UnsafeRawBufferPointer, pieces size: Int) {
    let limit = 1 << 16
    var whole = FLVReader(maximumTagBytes: limit)
    whole.receive(input)
    let expected = tags(&whole)
    var dripped = FLVReader(maximumTagBytes: limit)
    var found: [FLVTag] = []
    for start in stride(from: 0, to: input.count, by: size) {
        dripped.receive(input[start..<min(start + size, input.count)])
        found += tags(&dripped)
    }
    precondition(found == expected && dripped.header == whole.header, "pieces change the result")
    precondition(dripped.sizeMismatches == whole.sizeMismatches)
    for tag in expected where tag.header.type == .script {
        guard let values = try? AMF0.decodeAll(tag.body), let metadata = StreamMetadata(values) else { continue }
        precondition(Set(metadata.video.map(\.trackID)).count == metadata.video.count)
    }
}

private func tags(_ reader: inout FLVReader) -> [FLVTag] {
    var tags: [FLVTag] = []
    while let tag = try? reader.next() { tags.append(tag) }
    return tags
}
