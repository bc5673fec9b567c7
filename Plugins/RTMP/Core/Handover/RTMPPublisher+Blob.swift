import Formats

extension RTMPPublisher {
    func write(to blob: inout BlobWriter) {
        blob.u32(stream)
        blob.u64(lastMedia)
        blob.array(tracks) { $1.write(to: &$0) }
        statistics.write(to: &blob)
        blob.optional(timeline.reference) { $0.i64($1) }
        metadata.write(to: &blob)
        changes.write(to: &blob)
        blob.bool(tracksChanged)
    }

    init(from blob: inout BlobReader, limits: RTMPLimits) throws(BlobError) {
        self.init(stream: try blob.u32(), limits: limits, now: try blob.u64())
        let at = blob.offset
        tracks = try blob.array("tracks", limit: limits.tracks) { blob throws(BlobError) in try RTMPPublishedTrack(from: &blob) }
        guard Set(tracks.map(\.description.id)).count == tracks.count,
            Set(tracks.map { $0.kind.rawValue << 8 | UInt32($0.wireID) }).count == tracks.count
        else { throw .value(field: "tracks", offset: at) }
        statistics = try RTMPStatistics(from: &blob)
        timeline.reference = try blob.optional("time") { blob throws(BlobError) in try blob.i64() }
        metadata = try StreamMetadata(from: &blob)
        try changes.read(&blob)
        tracksChanged = try blob.bool("changed tracks")
    }
}

extension RTMPPublishedTrack {
    func write(to blob: inout BlobWriter) {
        blob.u8(wireID)
        blob.track(description)
        blob.run(record)
        blob.u8(UInt8(clamping: lengthSize))
        blob.optional(lastTime) { $0.i64($1) }
    }

    init(from blob: inout BlobReader) throws(BlobError) {
        let wireID = try blob.u8()
        let at = blob.offset
        let description = try blob.track()
        guard description.kind != .data else { throw .value(field: "track", offset: at) }
        let record = try blob.run("record", limit: RTMPChunkWriter.longestBody)
        let lengthSize = Int(try blob.u8())
        guard (1...4).contains(lengthSize) else { throw .value(field: "length size", offset: blob.offset) }
        self.init(
            kind: description.kind, wireID: wireID, description: description, record: record, lengthSize: lengthSize)
        lastTime = try blob.optional("time") { blob throws(BlobError) in try blob.i64() }
    }
}

extension StreamMetadata {
    /// Each octet of a data message that is no UTF-8 becomes three.
    private static var longestText: Int { 3 * RTMPScript.longest }

    func write(to blob: inout BlobWriter) {
        blob.array(video) { $1.write(to: &$0) }
        blob.array(audio) { $1.write(to: &$0) }
        blob.text(encoder)
    }

    init(from blob: inout BlobReader) throws(BlobError) {
        self.init()
        video = try blob.array("metadata", limit: 256) { blob throws(BlobError) in try TrackMetadata(from: &blob) }
        audio = try blob.array("metadata", limit: 256) { blob throws(BlobError) in try TrackMetadata(from: &blob) }
        encoder = try blob.text("encoder", limit: Self.longestText)
    }
}

extension TrackMetadata {
    func write(to blob: inout BlobWriter) {
        blob.u8(trackID)
        blob.optional(codec) { $0.u32($1.rawValue) }
        for number in [width, height, frameRateMilli, bitrate, sampleRate, channels] { blob.u32(number) }
    }

    init(from blob: inout BlobReader) throws(BlobError) {
        self.init(trackID: try blob.u8())
        codec = try blob.optional("codec") { blob throws(BlobError) in FourCC(rawValue: try blob.u32()) }
        width = try blob.u32()
        height = try blob.u32()
        frameRateMilli = try blob.u32()
        bitrate = try blob.u32()
        sampleRate = try blob.u32()
        channels = try blob.u32()
    }
}
