/// Bytes in memory with integer positions: what `ByteReader` and the parsers of this module read from.
///
/// `[UInt8]`, `ArraySlice<UInt8>` and `UnsafeRawBufferPointer` (inside a `withUnsafeBytes`, without a copy) are such sources.
public protocol ByteSource: RandomAccessCollection where Element == UInt8, Index == Int, SubSequence: ByteSource {}

extension Array: ByteSource where Element == UInt8 {}
extension ArraySlice: ByteSource where Element == UInt8 {}
extension ContiguousArray: ByteSource where Element == UInt8 {}
extension UnsafeRawBufferPointer: ByteSource {}
extension UnsafeMutableRawBufferPointer: ByteSource {}
extension UnsafeBufferPointer: ByteSource where Element == UInt8 {}
extension Slice: ByteSource where Base: ByteSource {}
