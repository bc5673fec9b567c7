/// Takes an FLV stream apart as its bytes arrive; touches no file and no socket.
///
/// Feed it with `receive`, then call `next` until it answers nil. It keeps no more than what was received and not yet
/// taken. A size after a tag that does not fit is counted and forgiven; an error is final.
public struct FLVReader: Sendable {
    /// Largest body of a tag that is accepted; 8 MiB by default.
    public let maximumTagBytes: Int
    /// The file header, once it was read.
    public private(set) var header: FLVFileHeader?
    /// Sizes after tags that were not those of the tag.
    public private(set) var sizeMismatches = 0

    private var buffer: [UInt8] = []
    /// Bytes of `buffer` that were taken.
    private var taken = 0
    /// Bytes of the stream before the start of `buffer`.
    private var dropped = 0
    private var failure: FLVError?

    /// At the start of a stream.
    public init(maximumTagBytes: Int = 8 << 20) {
        self.maximumTagBytes = maximumTagBytes
    }

    /// Bytes received and not yet taken.
    public var buffered: Int { buffer.count - taken }

    /// Adds bytes to the end of what was received.
    public mutating func receive(_ bytes: some Collection<UInt8>) {
        guard failure == nil else { return }
        if taken > 0, taken >= buffer.count / 2 {
            buffer.removeFirst(taken)
            dropped += taken
            taken = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next whole tag, or nil until more bytes arrive. Tags of unknown types are answered as well.
    public mutating func next() throws(FLVError) -> FLVTag? {
        if let failure { throw failure }
        do throws(FLVError) {
            guard try readHeader() else { return nil }
            return try readTag()
        } catch {
            failure = error
            buffer = []
            taken = 0
            throw error
        }
    }

    private mutating func readHeader() throws(FLVError) -> Bool {
        if header != nil { return true }
        var reader = ByteReader(buffer[taken...])
        let magic: [UInt8] = [0x46, 0x4C, 0x56, 1]
        guard magic.starts(with: reader.rest.prefix(4)) else { throw .notFLV }
        guard reader.skip(4) != nil, let flags = reader.u8(), let size = reader.u32() else { return false }
        guard (UInt32(FLVFileHeader.byteCount)...256).contains(size) else { throw .headerSize(size) }
        guard reader.skip(Int(size) - FLVFileHeader.byteCount) != nil, let previous = reader.u32() else { return false }
        if previous != 0 { sizeMismatches += 1 }
        header = FLVFileHeader(hasAudio: flags & 4 != 0, hasVideo: flags & 1 != 0)
        taken += reader.position
        return true
    }

    private mutating func readTag() throws(FLVError) -> FLVTag? {
        var reader = ByteReader(buffer[taken...])
        guard let tagHeader = FLVTagHeader(&reader) else { return nil }
        let offset = dropped + taken
        guard Int(tagHeader.bodyCount) <= maximumTagBytes else {
            throw .tagTooLarge(bytes: tagHeader.bodyCount, limit: maximumTagBytes, offset: offset)
        }
        guard !tagHeader.isFiltered else { throw .encrypted(offset: offset) }
        guard reader.remaining >= Int(tagHeader.bodyCount) + FLVTagHeader.trailerByteCount,
            let body = reader.array(Int(tagHeader.bodyCount)), let size = reader.u32()
        else { return nil }
        if size != tagHeader.trailer { sizeMismatches += 1 }
        taken += reader.position
        return FLVTag(header: tagHeader, body: body)
    }
}
