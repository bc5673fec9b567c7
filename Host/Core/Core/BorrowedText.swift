import CSluice
import HostIsolation

extension sluice_text {
    /// The text as a Swift string; invalid UTF-8 is repaired.
    var string: String {
        guard let data, size > 0 else { return "" }
        return String(decoding: UnsafeRawBufferPointer(start: data, count: Int(clamping: size)), as: UTF8.self)
    }

    /// The text, cut after `limit` bytes.
    func string(limit: Int) -> String {
        guard let data, size > 0 else { return "" }
        return String(decoding: UnsafeRawBufferPointer(start: data, count: min(Int(clamping: size), limit)), as: UTF8.self)
    }
}

extension sluice_bytes {
    var unsafeBytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: data, count: data == nil ? 0 : Int(clamping: size)) }
}

extension sluice_error {
    static func make() -> sluice_error {
        var error = sluice_error()
        error.struct_size = UInt32(MemoryLayout<sluice_error>.size)
        return error
    }

    /// What the plugin said, or `fallback`. Control characters are blanked.
    func reason(or fallback: String) -> String {
        let bytes = withUnsafeBytes(of: text) { $0.prefix { $0 != 0 }.map { $0 < 0x20 ? 0x20 : $0 } }
        return bytes.isEmpty ? fallback : String(decoding: bytes, as: UTF8.self)
    }
}

/// Writes a reason into a plugin's error struct, and answers with the code.
@discardableResult
func refuse(_ error: UnsafeMutablePointer<sluice_error>?, _ code: Int32, _ text: String) -> Int32 {
    guard let error, Int(error.pointee.struct_size) >= PluginStruct.errorSize else { return code }
    error.pointee.code = code
    withUnsafeMutableBytes(of: &error.pointee.text) { target in
        var count = 0
        for byte in text.utf8 where count < target.count - 1 {
            target[count] = byte < 0x20 ? 0x20 : byte
            count += 1
        }
        target[count] = 0
    }
    return code
}

/// Swift values as borrowed C views for the length of a call. Everything is allocated in one arena and freed behind `body`.
enum BorrowedText {
    static func with<R>(_ text: String, _ body: (sluice_text) -> R) -> R {
        var text = text
        return text.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { body(sluice_text(data: $0.baseAddress, size: UInt64($0.count))) }
        }
    }

    static func with<R>(_ first: String, _ second: String, _ body: (sluice_text, sluice_text) -> R) -> R {
        with(first) { first in with(second) { body(first, $0) } }
    }
}

/// C copies of texts and pairs for one call with many of them.
final class TextArena {
    private var blocks: [UnsafeMutableRawPointer] = []

    func text(_ string: String) -> sluice_text {
        let utf8 = Array(string.utf8)
        let block = UnsafeMutableRawPointer.allocate(byteCount: utf8.count + 1, alignment: 1)
        block.copyMemory(from: utf8, byteCount: utf8.count)
        blocks.append(block)
        return sluice_text(data: UnsafePointer(block.assumingMemoryBound(to: CChar.self)), size: UInt64(utf8.count))
    }

    func bytes(_ bytes: [UInt8]) -> sluice_bytes {
        let block = UnsafeMutableRawPointer.allocate(byteCount: bytes.count + 1, alignment: 1)
        block.copyMemory(from: bytes, byteCount: bytes.count)
        blocks.append(block)
        return sluice_bytes(data: UnsafePointer(block.assumingMemoryBound(to: UInt8.self)), size: UInt64(bytes.count))
    }

    func pairs(_ values: [(String, String)]) -> UnsafePointer<sluice_pair>? {
        guard !values.isEmpty else { return nil }
        let block = UnsafeMutablePointer<sluice_pair>.allocate(capacity: values.count)
        for (index, value) in values.enumerated() { block[index] = sluice_pair(key: text(value.0), value: text(value.1)) }
        blocks.append(UnsafeMutableRawPointer(block))
        return UnsafePointer(block)
    }

    deinit { for block in blocks { block.deallocate() } }
}

/// Borrowed C pairs as Swift strings, at most `limit` of them, each text cut at 4 KiB.
func copyPairs(_ pointer: UnsafePointer<sluice_pair>?, _ count: UInt32, limit: Int = 64) -> [(String, String)] {
    guard let pointer else { return [] }
    return (0..<min(Int(count), limit)).map { (pointer[$0].key.string(limit: 4096), pointer[$0].value.string(limit: 4096)) }
}
