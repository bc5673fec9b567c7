import CHostIsolation
import CSluice
import Glibc

/// Reads bytes as one record that a plugin's process might write: a tag (4 bytes), then the record. For fuzzing.
/// - Returns: whether it could be read to its end.
package func readMediaRecord(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= 12 else { return false }
    let tag = UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self))
    let rest = UnsafeRawBufferPointer(rebasing: bytes[4...])
    guard
        let record = MediaRecord.take(tag, rest, fromPlugin: true) ?? MediaRecord.take(tag, rest, fromPlugin: false)
    else { return false }
    return (try? record.reading { try readFields(record.kind, &$0) }) != nil
}

/// Lays bytes over a ring that holds some records, indices included, and reads it. For fuzzing.
/// - Returns: how many records came out before the end, or before what can't be.
package func readMediaRing(_ bytes: UnsafeRawBufferPointer) -> Int {
    guard let memory = try? RingMemory.create(capacity: 64 << 10) else { return 0 }
    let consumer = RingConsumer(memory, wakeDescriptor: -1)
    let count = min(bytes.count, memory.capacity)
    if let source = bytes.baseAddress { memcpy(memory.bytes, source, count) }
    // As far as it says, a multiple of eight or not.
    hostiso_store_ordered(memory.word(.head), UInt64(count) & ~(bytes.first.map { UInt64($0) & 1 == 0 } == true ? 7 : 0))
    var found = 0
    while let read = try? consumer.read({ MediaRecord.take($0, $1, fromPlugin: true) != nil }) {
        if read { found += 1 }
    }
    return found
}

/// Every form that the fields of a media record have.
private func readFields(_ kind: MediaKind, _ reader: inout WireReader) throws {
    switch kind {
    case .sinkOpen: try reader.sinkOpen { touch($0.pointee.name) }
    case .sinkImport:
        try reader.sinkOpen { touch($0.pointee.app) }
        touch(try reader.blob())
    case .sinkTracks:
        _ = try reader.u32()
        for track in try reader.tracks() { touch(track.configuration) }
    case .sinkFrames: for frame in try reader.frames() { touch(frame.data) }
    case .sinkAttributes: for pair in try reader.pairs() { touch(pair.value) }
    case .sinkRequest:
        let exchange = try reader.u64()
        try reader.request(exchange: exchange) { touch($0.pointee.path) }
    case .request: _ = (try reader.u64(), try reader.u32())
    case .responsePiece: _ = (try reader.u64(), touch(try reader.blob()))
    case .response:
        _ = (try reader.u64(), try reader.u64())
        try reader.response(followedBy: [1, 2, 3]) { touch($0.pointee.body) }
    case .sinkRelease:
        _ = (touch(try reader.text()), try reader.u64())
        try reader.response(followedBy: []) { touch($0.pointee.body) }
    case .sinkAppend:
        _ = (try reader.u32(), touch(try reader.blob()), touch(try reader.blob()))
        try reader.end()
    case .sinkPark: _ = (try reader.u64(), touch(try reader.text()), try reader.u64())
    case .sinkAttribute: _ = (touch(try reader.text()), touch(try reader.text()))
    case .sinkExported: _ = (try reader.i32(), try reader.string(limit: 480), try reader.raw().reduce(0) { $0 &+ Int($1) })
    default: touch(try reader.text())
    }
}

/// Reads the last byte.
private func touch(_ text: sluice_text) { if text.size > 0 { _ = text.data?[Int(text.size) - 1] } }
private func touch(_ bytes: sluice_bytes) { if bytes.size > 0 { _ = bytes.data?[Int(bytes.size) - 1] } }
