import Formats

extension QueuedFrame {
    func write(to writer: inout BlobWriter) {
        writer.i64(start)
        writer.i64(duration)
        writer.i64(composition)
        writer.bool(isKey)
        writer.bool(isDroppable)
        writer.optional(payload) { $0.run($1) }
    }

    init(from reader: inout BlobReader) throws(BlobError) {
        let longest = HandoverBounds.frameSeconds * HandoverBounds.timescales.upperBound
        let start = try reader.time("frame")
        let duration = Int64(try reader.int("frame duration", in: 0...longest))
        let composition = Int64(try reader.int("composition", in: -Int(Int32.max)...Int(Int32.max)))
        self.init(
            start: start, duration: duration, composition: composition, isKey: try reader.bool(), isDroppable: try reader.bool(),
            payload: try reader.optional("payload", QueuedFrame.payload))
    }

    private static func payload(from reader: inout BlobReader) throws(BlobError) -> [UInt8] {
        try reader.run("frame bytes", limit: .max)
    }
}
