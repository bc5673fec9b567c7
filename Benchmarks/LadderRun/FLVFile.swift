import Glibc

/// The video of an FLV file (H.264), read whole: what RTMP would bring, without a server.
struct FLVFile {
    struct Unit {
        /// Milliseconds.
        var dts: Int64
        var pts: Int64
        var isKey: Bool
        /// Of the file's bytes.
        var range: Range<Int>
    }

    /// The file cannot be read, or has no H.264.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let bytes: [UInt8]
    /// The avcC record.
    private(set) var configuration: [UInt8] = []
    private(set) var units: [Unit] = []

    init(_ path: String) throws {
        guard let file = fopen(path, "rb") else { throw Failure(description: "\(path) cannot be read") }
        defer { fclose(file) }
        fseek(file, 0, SEEK_END)
        let size = ftell(file)
        rewind(file)
        bytes = [UInt8](unsafeUninitializedCapacity: max(0, size)) { $1 = fread($0.baseAddress, 1, max(0, size), file) }
        var at = 13
        while at + 11 <= bytes.count {
            let length = number(at + 1, 3)
            let body = at + 11
            guard body + length <= bytes.count else { break }
            if bytes[at] == 9, length > 5, bytes[body] & 0x0F == 7 {
                add(body, length, Int64(number(at + 4, 3) | number(at + 7, 1) << 24))
            }
            at = body + length + 4
        }
        guard !configuration.isEmpty, !units.isEmpty else { throw Failure(description: "\(path) is no FLV file with H.264") }
    }

    private mutating func add(_ body: Int, _ length: Int, _ dts: Int64) {
        let range = body + 5..<body + length
        switch bytes[body + 1] {
        case 0: configuration = Array(bytes[range])
        case 1:
            let composition = Int64(Int32(truncatingIfNeeded: number(body + 2, 3) << 8) >> 8)
            units.append(Unit(dts: dts, pts: dts + composition, isKey: bytes[body] >> 4 == 1, range: range))
        default: break
        }
    }

    private func number(_ at: Int, _ count: Int) -> Int { bytes[at..<at + count].reduce(0) { $0 << 8 | Int($1) } }
}
