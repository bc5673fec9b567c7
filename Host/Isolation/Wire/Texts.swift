import CSluice

extension sluice_text {
    /// A copy; invalid UTF-8 is repaired.
    var copied: String {
        guard let data, size > 0 else { return "" }
        return String(decoding: UnsafeRawBufferPointer(start: data, count: Int(clamping: size)), as: UTF8.self)
    }

    /// Calls `body` with a borrowed view of a Swift text.
    static func with<R>(_ text: String, _ body: (sluice_text) throws -> R) rethrows -> R {
        var text = text
        return try text.withUTF8 { utf8 in
            try utf8.withMemoryRebound(to: CChar.self) { try body(sluice_text(data: $0.baseAddress, size: UInt64($0.count))) }
        }
    }
}

extension sluice_error {
    static func make() -> sluice_error {
        var error = sluice_error()
        error.struct_size = UInt32(MemoryLayout<sluice_error>.size)
        return error
    }

    /// What was said, or `fallback`; control characters are blanked.
    func reason(or fallback: String) -> String {
        let bytes = withUnsafeBytes(of: text) { $0.prefix { $0 != 0 }.map { $0 < 0x20 ? 0x20 : $0 } }
        return bytes.isEmpty ? fallback : String(decoding: bytes, as: UTF8.self)
    }
}

/// Writes a reason into somebody's error struct, and answers with the code.
@discardableResult
func refuse(_ error: UnsafeMutablePointer<sluice_error>?, _ code: Int32, _ text: String) -> Int32 {
    guard let error, Int(error.pointee.struct_size) >= MemoryLayout<sluice_error>.size else { return code }
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
