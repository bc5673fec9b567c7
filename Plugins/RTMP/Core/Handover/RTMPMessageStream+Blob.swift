import Formats

extension RTMPMessageStream {
    func write(to blob: inout BlobWriter) {
        blob.u32(id)
        blob.u8(role.rawValue)
        blob.u32(bufferMilliseconds)
        blob.text(title)
    }

    init(from blob: inout BlobReader) throws(BlobError) {
        self.init(id: try blob.u32())
        guard let role = Role(rawValue: try blob.u8()) else { throw .value(field: "role", offset: blob.offset - 1) }
        self.role = role
        bufferMilliseconds = try blob.u32()
        title = try blob.text("title", limit: RTMPName.longest)
    }
}

extension RTMPBucket {
    func write(to blob: inout BlobWriter) {
        blob.u64(level)
        blob.u64(last)
    }

    /// Takes the level over; burst and rate stay what they are.
    mutating func read(_ blob: inout BlobReader) throws(BlobError) {
        level = min(level, try blob.u64())
        last = try blob.u64()
    }
}

extension RTMPStatistics {
    func write(to blob: inout BlobWriter) {
        for count in [
            bytesReceived, messages, frames, framesBeforeConfiguration, badMedia, strayMedia, timestampJumps, ignoredMessages,
        ] { blob.u64(count) }
    }

    init(from blob: inout BlobReader) throws(BlobError) {
        bytesReceived = try blob.u64()
        messages = try blob.u64()
        frames = try blob.u64()
        framesBeforeConfiguration = try blob.u64()
        badMedia = try blob.u64()
        strayMedia = try blob.u64()
        timestampJumps = try blob.u64()
        ignoredMessages = try blob.u64()
    }
}
