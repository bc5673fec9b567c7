import Formats

/// The input as `av1C`, sequence header and temporal unit; and as VP8 and VP9 frames and `vpcC`.
func fuzzAV1(_ bytes: UnsafeRawBufferPointer) {
    let array = Array(bytes)
    if let record = try? AV1Configuration(parsing: array) {
        guard let again = try? AV1Configuration(parsing: record.serialized) else { preconditionFailure("own av1C refused") }
        precondition(again == record, "av1C changed")
        precondition(record.codecString.utf8.count == 13, "codec string")
        _ = try? record.sequenceHeader()
    }
    if let header = try? AV1SequenceHeader(payload: array) {
        precondition((1...16384).contains(header.geometry.width), "width out of bounds")
        precondition((1...16384).contains(header.geometry.height), "height out of bounds")
    }
    if let summary = try? AV1TemporalUnit.inspect(bytes.bytes) {
        guard let canonical = try? AV1TemporalUnit.canonical(bytes.bytes),
            let again = try? AV1TemporalUnit.inspect(canonical.span.bytes)
        else { preconditionFailure("own temporal unit refused") }
        precondition(canonical.count == summary.canonicalSize && again.isCanonical, "not canonical")
        precondition(again.isKey == summary.isKey, "key changed")
        if let range = summary.sequenceHeader, let made = AV1Configuration(sequenceHeader: Array(array[range])) {
            precondition((try? AV1Configuration(parsing: made.serialized)) == made, "made av1C changed")
        }
    }
    if let record = try? VPConfiguration(parsing: array) {
        precondition((try? VPConfiguration(parsing: record.serialized)) == record, "vpcC changed")
    }
    for codec: FourCC in [.vp08, .vp09] {
        var track = TrackDescription(id: 0, kind: .video, codec: codec)
        track.apply(firstFrame: bytes.bytes)
        precondition(track.width <= 16384 && track.height <= 16384, "size out of bounds")
    }
}
