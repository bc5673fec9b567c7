import Formats

/// An initialization segment; a new number for new content.
struct Initialization: Sendable {
    /// From 1, in the name.
    let number: Int
    /// ftyp + moov.
    let bytes: ArraySlice<UInt8>
}

extension Initialization {
    func write(to writer: inout BlobWriter) {
        writer.int(number)
        writer.run(bytes)
    }

    init(from reader: inout BlobReader) throws(BlobError) {
        number = try reader.int("initialization", in: 0...Int(Int32.max))
        bytes = try reader.run("initialization", limit: HandoverBounds.initializationBytes)[...]
    }
}
