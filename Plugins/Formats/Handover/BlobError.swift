/// Why a handover blob was refused.
public enum BlobError: Error, Equatable, Sendable {
    /// The blob ends inside a value that begins at `offset`.
    case truncated(offset: Int)
    /// It belongs to something else.
    case magic(FourCC, expected: FourCC)
    /// Written by a version that this one does not know.
    case version(UInt16, known: UInt16)
    /// A count or length beyond what its field may have.
    case bound(field: String, value: UInt64, limit: UInt64, offset: Int)
    /// A value that its field cannot have.
    case value(field: String, offset: Int)
    /// Bytes follow the last field.
    case trailing(Int)
}

extension BlobError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .truncated(let offset): "blob ends in the value at byte \(offset)"
        case .magic(let found, let expected): "blob of \(found), not of \(expected)"
        case .version(let found, let known): "blob version \(found), version \(known) is known"
        case .bound(let field, let value, let limit, let offset):
            "blob: \(field) \(value) at byte \(offset), limit \(limit)"
        case .value(let field, let offset): "blob: no such \(field) at byte \(offset)"
        case .trailing(let count): "blob: \(count) bytes after its end"
        }
    }
}
