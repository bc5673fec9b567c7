/// A box of an MP4 file (ISO/IEC 14496-12 §4.2) in bytes that are all there.
struct MP4Box {
    let type: String
    /// Where it begins in the bytes that were walked.
    let start: Int
    let body: UnsafeRawBufferPointer

    /// All boxes, one after the other.
    static func boxes(_ bytes: UnsafeRawBufferPointer) throws(WireFault) -> [MP4Box] {
        var boxes: [MP4Box] = []
        var reader = ByteReader(bytes)
        while reader.remaining > 0 {
            let start = reader.offset
            guard let size = reader.u32(), let name = reader.take(4) else { throw .box("cut box header") }
            let type = String(decoding: name, as: UTF8.self)
            var length = Int(size) - 8
            if size == 1 {
                guard let large = reader.u64(), large >= 16, large < 1 << 40 else { throw .box("bad size of \(type)") }
                length = Int(large) - 16
            } else if size == 0 {
                length = reader.remaining
            }
            guard let body = reader.take(length) else { throw .box("\(type) longer than what is there") }
            boxes.append(MP4Box(type: type, start: start, body: body))
        }
        return boxes
    }

    /// The boxes in it.
    func children() throws(WireFault) -> [MP4Box] { try Self.boxes(body) }
}
