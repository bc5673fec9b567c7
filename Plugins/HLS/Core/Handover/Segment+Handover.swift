import Formats

extension Segment {
    func write(to writer: inout BlobWriter, isComplete: Bool) {
        writer.i64(sequence)
        writer.i64(timescale)
        writer.i64(start)
        writer.i64(wallClockMs)
        writer.bool(isDiscontinuous)
        writer.int(initialization)
        writer.bool(startsIndependent)
        writer.i64(duration)
        writer.array(parts) { writer, part in
            writer.u64(part.number)
            writer.i64(part.duration)
            writer.bool(part.isIndependent)
            writer.int(part.bytes.count)
        }
        if isComplete { return writer.run(bytes) }
        var whole: [UInt8] = []
        whole.reserveCapacity(byteCount)
        for part in parts { whole.append(contentsOf: part.bytes) }
        writer.run(whole)
    }

    /// Parts are in the order of their numbers, all below `next`, and their bytes are all there is.
    init(from reader: inout BlobReader, isComplete: Bool, nextPart next: UInt64) throws(BlobError) {
        let sequence = try reader.number("sequence")
        let timescale = try reader.int("timescale", in: HandoverBounds.timescales)
        let start = try reader.time("segment start")
        let wallClockMs = try reader.i64()
        self.init(
            sequence: sequence, timescale: Int64(timescale), start: start, wallClockMs: wallClockMs,
            isDiscontinuous: try reader.bool(), initialization: try reader.int("initialization", in: 0...Int(Int32.max)))
        startsIndependent = try reader.bool()
        duration = try reader.number("segment duration")
        let at = reader.offset
        let heads = try reader.array("parts", limit: HandoverBounds.parts, PartHead.init(from:))
        let whole = try reader.run("segment", limit: .max)[...]
        var offset = 0
        var number: UInt64?
        for head in heads {
            guard head.size <= whole.count - offset, head.number < next, number.map({ head.number > $0 }) ?? true else {
                throw .value(field: "parts", offset: at)
            }
            let range = offset..<(offset + head.size)
            parts.append(
                Part(number: head.number, duration: head.duration, isIndependent: head.isIndependent, bytes: whole[range]))
            (offset, number) = (range.upperBound, head.number)
        }
        guard offset == whole.count, isComplete == (duration > 0), !(isComplete && parts.isEmpty) else {
            throw .value(field: "parts", offset: at)
        }
        byteCount = offset
        if isComplete { bytes = whole }
    }
}

/// What a blob says of a part before the bytes of its segment.
private struct PartHead {
    let number: UInt64
    let duration: Int64
    let isIndependent: Bool
    let size: Int

    init(from reader: inout BlobReader) throws(BlobError) {
        number = try reader.u64()
        duration = try reader.number("part duration")
        isIndependent = try reader.bool()
        size = try reader.int("part bytes", in: 0...Int(UInt32.max))
    }
}
