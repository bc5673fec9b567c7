// RingMemory: a ring of bytes that two processes share: one page of indices, then the bytes, mapped twice in a row so that a record never
// wraps. One writes, one reads. Each side believes nothing that it finds there without checking it, and looks at each thing once.

import CHostIsolation
import Glibc

/// The shared pages of one ring, in one direction.
public final class RingMemory: @unchecked Sendable {
    /// Of the header page; each word on a cache line of its own.
    enum Word: Int {
        /// Bytes written so far; the producer's.
        case head = 0
        /// Bytes read so far; the consumer's.
        case tail = 64
        /// 1: the consumer sleeps, and wants to be woken.
        case sleeps = 128
        /// What the consumer is at, in its own words; 0: nothing.
        case handles = 192
    }

    static let page = 4096

    /// Bytes of records that fit, a power of two.
    public let capacity: Int
    /// To be handed to the other process.
    public let descriptor: Int32
    private let words: UnsafeMutableRawPointer
    let bytes: UnsafeMutableRawPointer

    /// New memory, sealed against a change of its size.
    /// - Parameter capacity: rounded up to a power of two of at least 64 KiB, at most 1 GiB.
    public static func create(capacity: Int) throws(RingError) -> RingMemory {
        var rounded = 64 << 10
        while rounded < min(capacity, 1 << 30) { rounded <<= 1 }
        let descriptor = hostiso_memory(page + rounded)
        guard descriptor >= 0 else { throw .noMemory }
        return try RingMemory(descriptor: descriptor, capacity: rounded)
    }

    /// The other process' end; takes the descriptor over.
    public static func open(descriptor: Int32) throws(RingError) -> RingMemory {
        let size = hostiso_size(descriptor)
        let capacity = size - Int64(page)
        guard capacity >= 64 << 10, capacity <= 1 << 30, capacity & (capacity - 1) == 0 else { throw .wrongSize(size) }
        return try RingMemory(descriptor: descriptor, capacity: Int(capacity))
    }

    private init(descriptor: Int32, capacity: Int) throws(RingError) {
        guard let words = hostiso_map(descriptor, Self.page) else {
            close(descriptor)
            throw .noMemory
        }
        guard let bytes = hostiso_map_twice(descriptor, Self.page, capacity, 1) else {
            munmap(words, Self.page)
            close(descriptor)
            throw .noMemory
        }
        self.descriptor = descriptor
        self.capacity = capacity
        self.words = words
        self.bytes = bytes
    }

    deinit {
        munmap(words, Self.page)
        munmap(bytes, 2 * capacity)
        close(descriptor)
    }

    func word(_ word: Word) -> UnsafeMutablePointer<UInt64> {
        words.advanced(by: word.rawValue).assumingMemoryBound(to: UInt64.self)
    }

    /// Where the record at an index lies; the index may have any value.
    func place(_ index: UInt64) -> UnsafeMutableRawPointer { bytes.advanced(by: Int(index & UInt64(capacity - 1))) }
}

/// A record's head: its size, and what it is, for its users.
struct RingRecord {
    static let headSize = 8
    /// Bytes of a record in the ring: head and body, to a multiple of 8.
    static func span(_ size: Int) -> Int { (headSize + size + 7) & ~7 }
}
