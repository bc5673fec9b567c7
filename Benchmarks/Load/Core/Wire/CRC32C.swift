import CLoad

/// CRC-32C (Castagnoli), fed piece by piece.
public struct CRC32C: Equatable {
    private var state: UInt32 = 0xffff_ffff

    public init() {}

    /// The sum of all that was added.
    public var value: UInt32 { ~state }

    /// Adds bytes.
    public mutating func add(_ bytes: UnsafeRawBufferPointer) { state = cload_crc32c(state, bytes.baseAddress, bytes.count) }
}
