/// One message: a kind, the operation, question, call or exchange that it belongs to, and its fields.
struct Message: Equatable, Sendable {
    /// Fields beyond this are refused, on both ends.
    static let sizeLimit = 1 << 20
    /// Size of the fields (u32), kind (u16), zero (u16), id (u64), little-endian.
    static let headerSize = 16

    var kind: MessageKind
    var id: UInt64
    var fields: [UInt8]

    func reading<R>(_ body: (inout WireReader) throws -> R) throws -> R {
        try fields.withUnsafeBytes { bytes in
            var reader = WireReader(bytes)
            return try body(&reader)
        }
    }
}
