/// The bytes of one frame, held beyond the call that brought them: a reference to somebody's buffer, given back when this goes.
public struct HeldFrame: ~Copyable {
    /// Stay where they are and as they are.
    public let bytes: UnsafeRawBufferPointer
    private let owner: UnsafeMutableRawPointer?
    private let release: @Sendable (UnsafeMutableRawPointer?) -> Void

    /// Takes over one reference to `owner`, in which `bytes` lie; `release` is called with it once.
    public init(
        bytes: UnsafeRawBufferPointer, owner: UnsafeMutableRawPointer?,
        release: @escaping @Sendable (UnsafeMutableRawPointer?) -> Void
    ) {
        self.bytes = bytes
        self.owner = owner
        self.release = release
    }

    /// A copy, for sources whose bytes cannot be held.
    public init(copying source: UnsafeRawBufferPointer) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: source.count, alignment: 1)
        copy.copyMemory(from: source)
        self.init(bytes: UnsafeRawBufferPointer(copy), owner: copy.baseAddress, release: HeldFrame.deallocate)
    }

    /// A copy of an array's bytes.
    init(copying source: [UInt8]) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: source.count, alignment: 1)
        copy.copyBytes(from: source)
        self.init(bytes: UnsafeRawBufferPointer(copy), owner: copy.baseAddress, release: HeldFrame.deallocate)
    }

    private static let deallocate: @Sendable (UnsafeMutableRawPointer?) -> Void = { $0?.deallocate() }

    deinit { release(owner) }
}
