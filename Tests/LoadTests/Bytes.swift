@testable import LoadCore

/// Bytes in the pieces in which a test hands them over.
enum Feed: CaseIterable {
    case whole, bytewise, sevens

    func pieces(_ bytes: [UInt8]) -> [[UInt8]] {
        switch self {
        case .whole: [bytes]
        case .bytewise: bytes.map { [$0] }
        case .sevens: stride(from: 0, to: bytes.count, by: 7).map { Array(bytes[$0..<min($0 + 7, bytes.count)]) }
        }
    }
}

/// Reproducible random numbers (SplitMix64).
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }

    /// The bytes with a few bits flipped.
    mutating func flipped(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        guard !bytes.isEmpty else { return bytes }
        for _ in 0..<Int.random(in: 1...4, using: &self) {
            let i = Int.random(in: 0..<bytes.count, using: &self)
            bytes[i] ^= 1 << UInt8.random(in: 0...7, using: &self)
        }
        return bytes
    }
}

/// An H.264 access unit of one slice, length-prefixed, with its mark.
func accessUnit(_ counter: UInt32, key: Bool, time: UInt64 = 5, damaged: Bool = false, size: Int = 300) -> [UInt8] {
    let slice: [UInt8] = [key ? 0x65 : 0x41] + (0..<size).map { UInt8(truncatingIfNeeded: $0 % 200 + 4) }
    var sum = CRC32C()
    slice.withUnsafeBytes { sum.add($0) }
    var bytes: [UInt8] = []
    bytes.put32(UInt32(Mark.size))
    Mark(time: time, counter: counter, crc: damaged ? ~sum.value : sum.value).write(to: &bytes)
    bytes.put32(UInt32(slice.count))
    return bytes + slice
}

func videoBody(_ counter: UInt32, key: Bool, time: UInt64 = 5, damaged: Bool = false) -> [UInt8] {
    [key ? 0x17 : 0x27, 1, 0, 0, 0] + accessUnit(counter, key: key, time: time, damaged: damaged)
}

func flvBytes(_ tags: [FLVTag]) -> [UInt8] {
    var bytes: [UInt8] = Array("FLV".utf8) + [1, 5, 0, 0, 0, 9, 0, 0, 0, 0]
    for tag in tags {
        bytes.append(tag.type)
        bytes.put24(tag.body.count)
        bytes.put24(Int(tag.timestamp & 0xff_ffff))
        bytes += [UInt8(tag.timestamp >> 24), 0, 0, 0]
        bytes += tag.body
        bytes.put32(UInt32(tag.body.count + 11))
    }
    return bytes
}
