import NIOCore

/// How much memory a read of a connection gets: much for who sends much, and nothing between reads.
///
/// NIO keeps the buffers of its own allocators for each channel, some kilobytes for a player that says nothing for hours. Of this one
/// it keeps the first buffer only, which is small for that reason; every later read has a buffer of its own, gone when it was read.
/// Used together with one message per read, so that NIO has no place for a second one.
struct ReceiveAllocator: RecvByteBufferAllocator {
    static let kept = 64, least = 2_048, most = 65_536

    private var size = Self.kept
    private var smallReads = 0

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer { allocator.buffer(capacity: size) }

    /// Nil tells NIO that a kept buffer does not fit.
    func nextBufferSize() -> Int? { nil }

    mutating func record(actualReadBytes: Int) -> Bool {
        if size == Self.kept {
            size = Self.least
        } else if actualReadBytes >= size {
            size = min(size * 4, Self.most)
            smallReads = 0
        } else if actualReadBytes < size / 8 {
            smallReads += 1
            if smallReads == 8 {
                size = max(size / 4, Self.least)
                smallReads = 0
            }
        } else {
            smallReads = 0
        }
        return true
    }
}
