import Formats

/// The input as a file to read, as configurations to write, and as a script of samples to put into a fragment.
func fuzzMP4(_ bytes: UnsafeRawBufferPointer) {
    let array = Array(bytes)
    let tracks = (try? MovieTrack.all(in: array)) ?? []
    for fragment in (try? ParsedFragment.all(in: array, tracks: tracks)) ?? [] {
        for sample in fragment.samples {
            precondition(sample.range.lowerBound >= 0 && sample.range.upperBound <= array.count, "sample outside the file")
        }
    }
    for codec: FourCC in [.avc1, .hvc1, .av01, .vp09, .mp4a, .opus, .flac, .ac3, .ec3] {
        let track = TrackDescription(id: 0, kind: codec.trackKind ?? .data, codec: codec, configuration: array)
        guard let made = try? InitializationSegment.make(tracks: [track]) else { continue }
        guard let read = try? MovieTrack.all(in: made) else { preconditionFailure("own segment refused") }
        precondition(read.count == 1 && read[0].entry == codec && read[0].timescale == 1000, "track changed")
    }
    fuzzFragment(array)
}

/// Eight bytes make a sample: decode time step, presentation offset, flags, size.
private func fuzzFragment(_ script: [UInt8]) {
    var fragment = MediaFragment(trackID: 1)
    var added: [(sample: MediaSample, payload: ArraySlice<UInt8>)] = []
    var dts: Int64 = 0
    for start in stride(from: 0, to: script.count - 7, by: 8) {
        let step = Int64(script[start]) << Int64(script[start + 1] & 31)
        let offset = Int64(Int8(bitPattern: script[start + 2])) << Int64(script[start + 3] & 31)
        dts += step
        let sample = MediaSample(
            dts: dts, pts: dts + offset, isSync: script[start + 4] & 1 != 0, isDroppable: script[start + 4] & 2 != 0)
        let payload = script[start..<(start + Int(script[start + 5] & 7))]
        guard (try? fragment.add(sample, payload: payload.span.bytes)) != nil else { continue }
        added.append((sample, payload))
    }
    let bytes = fragment.finish(sequenceNumber: 1)
    precondition(bytes.count == fragment.byteCount(), "size differs")
    guard !added.isEmpty else { return }
    guard let read = try? ParsedFragment.all(in: bytes).first else { preconditionFailure("own fragment refused") }
    precondition(read.samples.count == added.count, "samples lost")
    for (sample, (wanted, payload)) in zip(read.samples, added) {
        precondition(sample.dts == wanted.dts && sample.pts == wanted.pts && sample.isSync == wanted.isSync, "times changed")
        precondition(bytes[sample.range].elementsEqual(payload), "payload changed")
    }
}
