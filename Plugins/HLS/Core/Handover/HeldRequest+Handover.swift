import Formats

extension HeldRequest {
    func write(to writer: inout BlobWriter) {
        let (kind, sequence, part): (UInt8, Int64, UInt64) =
            switch self {
            case .first: (0, 0, 0)
            case .segment(_, let sequence): (1, sequence, 0)
            case .position(_, let sequence, let part): (2, sequence, part)
            case .part(_, let number): (3, 0, number)
            }
        writer.u8(kind)
        writer.text(rendition)
        writer.i64(sequence)
        writer.u64(part)
    }

    init(from reader: inout BlobReader) throws(BlobError) {
        let at = reader.offset
        let kind = try reader.u8()
        let rendition = try reader.name()
        let sequence = try reader.number("sequence")
        let part = try reader.u64()
        switch kind {
        case 0: self = .first(rendition: rendition)
        case 1: self = .segment(rendition: rendition, sequence: sequence)
        case 2: self = .position(rendition: rendition, sequence: sequence, part: part)
        case 3: self = .part(rendition: rendition, number: part)
        default: throw .value(field: "held request", offset: at)
        }
    }
}
