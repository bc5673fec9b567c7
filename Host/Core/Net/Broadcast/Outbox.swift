import NIOCore

/// A player's own bytes: head, prefix of a join point, bridge, replies. They go out at a record boundary, all before the log goes on.
struct Outbox {
    private var bytes = ByteBuffer()
    /// A join point's prefix is among the bytes: no second one is added before it has gone.
    private(set) var holdsPrefix = false
    /// Replies added since the outbox was last empty.
    private(set) var replyBytes = 0

    var isEmpty: Bool { bytes.readableBytes == 0 }
    var count: Int { bytes.readableBytes }

    mutating func append(_ more: [UInt8]) { bytes.writeBytes(more) }

    mutating func append(prefix: [UInt8]) {
        bytes.writeBytes(prefix)
        if !prefix.isEmpty { holdsPrefix = true }
    }

    /// False, and nothing added, when replies would exceed `limit`.
    mutating func append(reply: UnsafeRawBufferPointer, limit: Int) -> Bool {
        guard replyBytes + reply.count <= limit else { return false }
        replyBytes += reply.count
        bytes.writeBytes(reply)
        return true
    }

    func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R { bytes.withUnsafeReadableBytes(body) }

    /// Drops what was sent; returns how much of `count` was the outbox's.
    mutating func consume(_ count: Int) -> Int {
        let own = min(count, bytes.readableBytes)
        bytes.moveReaderIndex(forwardBy: own)
        if isEmpty { self = Outbox() }
        return own
    }

    mutating func takeAll() -> ByteBuffer {
        let all = bytes
        self = Outbox()
        return all
    }
}
