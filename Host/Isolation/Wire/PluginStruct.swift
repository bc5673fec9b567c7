import CSluice

/// Structs that a plugin makes. One that was built against older headers makes shorter ones: what `struct_size` does not cover reads as
/// zero, the neutral value, and is no reason to refuse it.
public enum PluginStruct {
    /// Of ABI 1.0: shorter ones there are not.
    public static let moduleSize = 192
    public static let errorSize = 488

    /// The struct as this host knows it: itself, or a copy that stays, filled up with zeros. For what lives as long as its image.
    /// - Parameter pointer: it begins with `struct_size`, and so many bytes are there.
    public static func whole<T: BitwiseCopyable>(_ pointer: UnsafePointer<T>) -> UnsafePointer<T> {
        let size = Int(UnsafeRawPointer(pointer).load(as: UInt32.self))
        guard size < MemoryLayout<T>.size else { return pointer }
        let copy = UnsafeMutableRawPointer.allocate(byteCount: MemoryLayout<T>.size, alignment: MemoryLayout<T>.alignment)
        copy.initializeMemory(as: UInt8.self, repeating: 0, count: MemoryLayout<T>.size)
        copy.copyMemory(from: pointer, byteCount: size)
        return UnsafePointer(copy.assumingMemoryBound(to: T.self))
    }
}
