import Formats

extension RTMPChunkReader {
    func write(to blob: inout BlobWriter) {
        blob.u32(UInt32(clamping: chunkSize))
        blob.array(streams) { $1.write(to: &$0) }
        blob.u32(UInt32(clamping: current))
        blob.u32(UInt32(clamping: chunkRemaining))
        blob.run(carry)
    }

    /// Takes the place in the peer's bytes from a blob; the limits stay what they are, and bind.
    mutating func read(_ blob: inout BlobReader) throws(BlobError) {
        chunkSize = try blob.number("chunk size", 1...RTMPChunkWriter.longestBody)
        streams = try blob.array("chunk streams", limit: streamLimit) { blob throws(BlobError) in try RTMPChunkStream(from: &blob)
        }
        current = try blob.number("current chunk stream", 0...max(0, streams.count - 1))
        chunkRemaining = try blob.number("rest of a chunk", 0...chunkSize)
        carry = try blob.run("bytes of a header", limit: RTMPChunkHeader.longest)
        pendingBytes = streams.reduce(0) { $0 + $1.body.count }
        try check(at: blob.offset)
    }

    private func check(at offset: Int) throws(BlobError) {
        guard Set(streams.map(\.id)).count == streams.count else { throw .value(field: "chunk streams", offset: offset) }
        for stream in streams where stream.inMessage && stream.length > messageLimit {
            throw .bound(field: "message", value: UInt64(stream.length), limit: UInt64(clamping: messageLimit), offset: offset)
        }
        let largest = streams.reduce(0) { max($0, $1.body.count) }
        guard pendingBytes - largest <= pendingLimit else {
            let limit = UInt64(clamping: pendingLimit)
            throw .bound(field: "incomplete messages", value: UInt64(pendingBytes), limit: limit, offset: offset)
        }
        guard chunkRemaining > 0 else { return }
        guard carry.isEmpty, current < streams.count, streams[current].inMessage,
            chunkRemaining <= streams[current].length - streams[current].body.count
        else { throw .value(field: "rest of a chunk", offset: offset) }
    }
}

extension RTMPChunkStream {
    func write(to blob: inout BlobWriter) {
        blob.u32(id)
        blob.u32(timestamp)
        blob.u32(field)
        blob.bool(extended)
        blob.u32(UInt32(clamping: length))
        blob.u8(type)
        blob.u32(streamID)
        blob.bool(inMessage)
        blob.run(body)
        blob.u32(UInt32(clamping: trusted))
    }

    init(from blob: inout BlobReader) throws(BlobError) {
        self.init(id: UInt32(clamping: try blob.number("chunk stream", 2...65_599)))
        timestamp = try blob.u32()
        field = try blob.u32()
        extended = try blob.bool("extended timestamp")
        length = try blob.number("message length", 0...RTMPChunkWriter.longestBody)
        type = try blob.u8()
        streamID = try blob.u32()
        inMessage = try blob.bool("begun message")
        // A whole message is taken out at once, so that one that is begun lacks bytes and one that is not has none.
        body = try blob.run("message bytes", limit: inMessage ? max(0, length - 1) : 0)
        trusted = try blob.number("trusted length", 0...Self.mostTrusted)
    }
}

extension BlobReader {
    /// A UInt32 that has to lie in `range`.
    mutating func number(_ field: String, _ range: ClosedRange<Int>) throws(BlobError) -> Int {
        let at = offset
        guard let value = Int(exactly: try u32()), range.contains(value) else { throw .value(field: field, offset: at) }
        return value
    }
}
