import Formats

/// The input as `avcC`, as a sequence parameter set, as an access unit with each length size, and as a byte stream.
func fuzzH264(_ bytes: UnsafeRawBufferPointer) {
    let array = Array(bytes)
    if let record = try? AVCConfiguration(parsing: array) {
        guard let again = try? AVCConfiguration(parsing: record.serialized) else { preconditionFailure("own avcC refused") }
        precondition(again.sequenceParameterSets == record.sequenceParameterSets, "SPS changed")
        precondition(again.pictureParameterSets == record.pictureParameterSets, "PPS changed")
        precondition(again.lengthSize == record.lengthSize, "length size changed")
        precondition(again.serialized == record.serialized, "avcC is not stable")
    }
    if let sps = try? H264SPS(nalUnit: [0x67] + array) {
        precondition((1...16384).contains(sps.geometry.width) && (1...16384).contains(sps.geometry.height), "size out of bounds")
        precondition(sps.geometry.frameRateMilli <= 1_000_000, "frame rate out of bounds")
        precondition(sps.codecString.utf8.count == 11, "codec string")
    }
    precondition(RBSP.unescaped(RBSP.escaped(array)) == array, "emulation prevention")
    fuzzAccessUnits(bytes, .h264)
    let prefixed = AnnexB.lengthPrefixed(bytes.bytes)
    guard let stream = try? AnnexB.byteStream(prefixed.span.bytes) else { preconditionFailure("own units refused") }
    precondition(AnnexB.lengthPrefixed(stream.span.bytes) == prefixed, "byte stream is not stable")
}

/// Any payload: what is canonical stays so, is as long as announced, and holds no parameter sets.
func fuzzAccessUnits(_ bytes: UnsafeRawBufferPointer, _ format: NALFormat) {
    for lengthSize in 1...4 {
        guard let summary = try? format.inspect(bytes.bytes, lengthSize: lengthSize) else { continue }
        guard let canonical = try? format.canonical(bytes.bytes, lengthSize: lengthSize),
            let again = try? format.inspect(canonical.span.bytes)
        else { preconditionFailure("own access unit refused") }
        precondition(canonical.count == summary.canonicalSize, "size differs")
        precondition(again.isCanonical && !again.hasParameterSets, "not canonical")
        precondition(again.isKey == summary.isKey, "key changed")
        if summary.isCanonical { precondition(bytes.elementsEqual(canonical), "canonical bytes changed") }
    }
}
