import Formats
import HTTPFLVCore

/// A muxer that a blob makes says the same blob again, and muxes whatever comes next (the bytes behind the blob's length, two bytes).
func fuzzFLVHandover(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 2 else { return }
    let input = [UInt8](bytes)
    let length = min(Int(input[0]) << 8 | Int(input[1]), input.count - 2)
    let blob = Array(input[2..<2 + length])
    let rest = Array(input[(2 + length)...])
    let made = blob.withUnsafeBytes { raw in
        var reader = BlobReader(raw)
        return try? FLVLogMuxer(from: &reader)
    }
    guard var muxer = made else { return }
    var again = BlobWriter()
    muxer.write(to: &again)
    precondition(blob.starts(with: again.bytes), "a blob changes on its way")
    for (index, byte) in rest.prefix(64).enumerated() {
        let time = Int64(byte) << UInt8(index % 56)
        let timing = FrameTiming(track: UInt32(byte >> 6), pts: time, dts: time, flags: byte & 1 == 0 ? .key : [])
        guard let record = rest.withUnsafeBytes({ muxer.append(timing, payload: $0) }) else { continue }
        precondition(muxer.record.count > rest.count, "a record without its payload")
        if let owed = muxer.takeOwed(at: record.timestamp) { precondition(!owed.isEmpty, "nothing owed") }
        precondition(muxer.takeOwed(at: record.timestamp) == nil, "owed twice")
    }
}
