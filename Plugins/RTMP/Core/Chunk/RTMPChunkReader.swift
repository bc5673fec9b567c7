/// Puts RTMP messages together from chunks (RTMP 1.0 §5.3), however the bytes are cut up.
///
/// Owns the state of every chunk stream and one byte budget over all messages that are still incomplete; memory grows
/// with the bytes that came, and by an announced length only as far as one was kept before. Carries out SetChunkSize and Abort itself.
/// It never looks into any other message.
///
/// A header that comes inside an incomplete message is an error, because nothing after it could be trusted to be in
/// step. A first chunk of format 1 is taken (librtmp sends pings so); of format 2 or 3 it is an error.
public struct RTMPChunkReader: Sendable {
    /// The peer's chunk size, bytes.
    public internal(set) var chunkSize = 128
    /// Bytes of incomplete messages that are held now.
    public internal(set) var pendingBytes = 0
    /// Longest message taken.
    public var messageLimit: Int
    /// Budget of incomplete messages beside the largest one.
    public var pendingLimit: Int
    let streamLimit: Int

    var streams: [RTMPChunkStream] = []
    var current = 0
    var chunkRemaining = 0
    /// Bytes taken from the input that no complete header was made of yet.
    var carry: [UInt8] = []

    /// A reader with the given bounds in bytes and streams.
    public init(messageLimit: Int, pendingLimit: Int, streamLimit: Int) {
        self.messageLimit = messageLimit
        self.pendingLimit = pendingLimit
        self.streamLimit = streamLimit
    }

    /// The next whole message, or nil when `bytes` from `offset` on are used up; `offset` moves over what was taken.
    public mutating func next(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) throws(RTMPError) -> RTMPMessage? {
        while true {
            if chunkRemaining == 0 {
                guard try readHeader(bytes, &offset) else { return nil }
                if chunkRemaining == 0, let message = try finishMessage() { return message }
                continue
            }
            guard try readPayload(bytes, &offset) else { return nil }
            if chunkRemaining == 0, let message = try finishMessage() { return message }
        }
    }

    /// Reads one chunk header; false when there are not enough bytes.
    private mutating func readHeader(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) throws(RTMPError) -> Bool {
        if carry.isEmpty {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[min(offset, bytes.count)...])
            if rest.isEmpty { return false }
            guard let header = try parseHeader(rest) else {
                carry.append(contentsOf: rest)
                offset = bytes.count
                return false
            }
            offset += header.size
            try begin(header)
            return true
        }
        let added = min(RTMPChunkHeader.longest, bytes.count - offset)
        carry.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + added]))
        offset += added
        let parsed = try carry.withUnsafeBytes { raw in Result { () throws(RTMPError) in try parseHeader(raw) } }.get()
        guard let header = parsed else { return false }
        // The bytes behind the header go back to the input, or stay carried where they came with an earlier one.
        let back = min(added, carry.count - header.size)
        offset -= back
        carry.removeLast(back)
        carry.removeFirst(min(header.size, carry.count))
        try begin(header)
        return true
    }

    /// Appends what is there of the current chunk; false when nothing is.
    private mutating func readPayload(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) throws(RTMPError) -> Bool {
        if !carry.isEmpty {
            let count = min(chunkRemaining, carry.count)
            let piece = carry[..<count]
            streams[current].body.append(contentsOf: piece)
            carry.removeFirst(count)
            chunkRemaining -= count
            try pend(count)
            return true
        }
        let count = min(chunkRemaining, bytes.count - offset)
        guard count > 0 else { return false }
        if streams[current].body.isEmpty { streams[current].reserve(arrived: count) }
        streams[current].body.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count]))
        offset += count
        chunkRemaining -= count
        let more = chunkRemaining == 0 ? takeContinuations(bytes, &offset) : 0
        try pend(count + more)
        return true
    }

    /// Takes what there is of whole further chunks of the current message whose headers are the one byte that most are; many programs
    /// send chunks of 128 bytes. Returns the bytes of the message among them.
    private mutating func takeContinuations(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) -> Int {
        let id = streams[current].id
        var missing = streams[current].length - streams[current].body.count
        guard missing > 0, id < 64, !streams[current].extended else { return 0 }
        let header = 0xC0 | UInt8(truncatingIfNeeded: id)
        var body: [UInt8] = []
        swap(&body, &streams[current].body)
        var taken = 0
        while missing > 0, offset < bytes.count, bytes[offset] == header {
            let count = min(chunkSize, missing)
            guard count < bytes.count - offset else { break }
            body.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[offset + 1..<offset + 1 + count]))
            offset += 1 + count
            taken += count
            missing -= count
        }
        swap(&body, &streams[current].body)
        return taken
    }

    /// Counts bytes of messages that are not complete.
    private mutating func pend(_ count: Int) throws(RTMPError) {
        pendingBytes += count
        guard pendingBytes > pendingLimit else { return }
        let largest = streams.reduce(0) { max($0, $1.body.count) }
        if pendingBytes - largest > pendingLimit { throw .pendingBytes(limit: pendingLimit) }
    }

    /// Makes `header` the current chunk.
    private mutating func begin(_ header: RTMPChunkHeader) throws(RTMPError) {
        let index = try index(of: header.chunkStream)
        current = index
        if !streams[index].inMessage {
            streams[index].start(header)
            guard streams[index].length <= messageLimit else {
                throw .messageTooLong(streams[index].length, limit: messageLimit)
            }
        }
        chunkRemaining = min(chunkSize, streams[index].length - streams[index].body.count)
    }

    private mutating func index(of chunkStream: UInt32) throws(RTMPError) -> Int {
        if let index = find(chunkStream) { return index }
        guard streams.count < streamLimit else { throw .chunkStreams(limit: streamLimit) }
        streams.append(RTMPChunkStream(id: chunkStream))
        return streams.count - 1
    }

    func find(_ chunkStream: UInt32) -> Int? {
        if current < streams.count, streams[current].id == chunkStream { return current }
        for index in streams.indices where streams[index].id == chunkStream { return index }
        return nil
    }

    /// The message of the current chunk stream if that is complete; the chunk layer's own messages are carried out here.
    private mutating func finishMessage() throws(RTMPError) -> RTMPMessage? {
        guard streams[current].body.count == streams[current].length else { return nil }
        pendingBytes -= streams[current].length
        let message = streams[current].take()
        switch message.type {
        case RTMPMessageType.setChunkSize: try setChunkSize(message.body)
        case RTMPMessageType.abort: try abort(message.body)
        default: return message
        }
        return nil
    }

    private mutating func setChunkSize(_ body: [UInt8]) throws(RTMPError) {
        guard let size = UInt32(bigEndian: body, at: 0) else { throw .shortControl(type: 1, length: body.count) }
        guard size > 0, size <= 0x7FFF_FFFF else { throw .chunkSize(size) }
        chunkSize = min(Int(size), 0xFF_FFFF)
    }

    private mutating func abort(_ body: [UInt8]) throws(RTMPError) {
        guard let id = UInt32(bigEndian: body, at: 0) else { throw .shortControl(type: 2, length: body.count) }
        guard let index = find(id) else { return }
        pendingBytes -= streams[index].body.count
        _ = streams[index].take()
    }
}

extension UInt32 {
    /// Big-endian value at `offset`, or nil where `bytes` end before it.
    init?(bigEndian bytes: [UInt8], at offset: Int) {
        guard offset >= 0, bytes.count >= 4, offset <= bytes.count - 4 else { return nil }
        self =
            UInt32(bytes[offset]) << 24 | UInt32(bytes[offset + 1]) << 16 | UInt32(bytes[offset + 2]) << 8
            | UInt32(bytes[offset + 3])
    }
}
