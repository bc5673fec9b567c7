/// Bytes that have come and not been used up: appended at the end, taken from the front.
struct InputBuffer {
    private var bytes: [UInt8] = []
    private var start = 0

    var count: Int { bytes.count - start }

    mutating func append(_ more: UnsafeRawBufferPointer) {
        if start == bytes.count {
            bytes.removeAll(keepingCapacity: true)
            start = 0
        } else if start > 65_536 {
            bytes.removeFirst(start)
            start = 0
        }
        bytes.append(contentsOf: more)
    }

    /// Shows what is there; `body` says in its reader how much it has read, and all of that is dropped unless it gives nil.
    mutating func read<T, E: Error>(_ body: (inout ByteReader) throws(E) -> T?) throws(E) -> T? {
        var used = 0
        let result = bytes.withUnsafeBytes { all -> Result<T?, E> in
            var reader = ByteReader(UnsafeRawBufferPointer(rebasing: all[start...]))
            do throws(E) {
                let result = try body(&reader)
                used = result == nil ? 0 : reader.offset
                return .success(result)
            } catch {
                return .failure(error)
            }
        }
        start += used
        return try result.get()
    }

    /// Takes at most `most` bytes.
    mutating func takeUp(to most: Int) -> [UInt8] {
        let n = Swift.min(most, count)
        guard n > 0 else { return [] }
        defer { start += n }
        return Array(bytes[start..<start + n])
    }

    mutating func removeAll() {
        bytes = []
        start = 0
    }
}
