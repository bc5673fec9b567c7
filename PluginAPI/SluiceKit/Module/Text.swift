// Text and bytes over the border: borrowed C views in, Swift values out, and back for the length of a call.

extension sluice_text {
    /// The text as a Swift string; invalid UTF-8 is repaired.
    public var string: String {
        guard let data, size > 0 else { return "" }
        let bytes = UnsafeRawBufferPointer(start: data, count: Int(clamping: size))
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension sluice_bytes {
    /// The bytes, borrowed: valid only as long as the call that brought them.
    public var unsafeBytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: data, count: data == nil ? 0 : Int(clamping: size))
    }
}

extension sluice_pair {
    /// Key and value as Swift strings.
    public var strings: (key: String, value: String) { (key.string, value.string) }
}

/// Calls `body` with `text` as a borrowed C view.
@inlinable
public func withText<R>(_ text: String, _ body: (sluice_text) throws -> R) rethrows -> R {
    var text = text
    return try text.withUTF8 { utf8 in
        try utf8.withMemoryRebound(to: CChar.self) { try body(sluice_text(data: $0.baseAddress, size: UInt64($0.count))) }
    }
}

/// Calls `body` with `bytes` as a borrowed C view.
@inlinable
public func withBytes<R>(_ bytes: [UInt8], _ body: (sluice_bytes) throws -> R) rethrows -> R {
    try bytes.withUnsafeBufferPointer { try body(sluice_bytes(data: $0.baseAddress, size: UInt64($0.count))) }
}

/// Text copied to C memory until `free`: for structs with many texts, and for static descriptors (never freed).
struct TextArena: ~Copyable {
    private var blocks: [UnsafeMutablePointer<CChar>] = []
    private var pairs: [UnsafeMutablePointer<sluice_pair>] = []

    mutating func text(_ string: String) -> sluice_text {
        let utf8 = string.utf8
        let block = UnsafeMutablePointer<CChar>.allocate(capacity: utf8.count + 1)
        var index = 0
        for byte in utf8 {
            block[index] = CChar(bitPattern: byte)
            index += 1
        }
        block[index] = 0
        blocks.append(block)
        return sluice_text(data: block, size: UInt64(utf8.count))
    }

    mutating func pairs(_ values: [(key: String, value: String)]) -> UnsafePointer<sluice_pair>? {
        guard !values.isEmpty else { return nil }
        let block = UnsafeMutablePointer<sluice_pair>.allocate(capacity: values.count)
        for (index, pair) in values.enumerated() {
            block[index] = sluice_pair(key: text(pair.key), value: text(pair.value))
        }
        pairs.append(block)
        return UnsafePointer(block)
    }

    /// Keeps the memory for the life of the image.
    consuming func leak() {
        blocks = []
        pairs = []
    }

    deinit {
        for block in blocks { block.deallocate() }
        for block in pairs { block.deallocate() }
    }
}

/// Writes a reason into a caller's error struct; nothing happens without one.
func report(_ error: any Error, to target: UnsafeMutablePointer<sluice_error>?) -> Int32 {
    let failure = (error as? PluginError) ?? PluginError(String(describing: error))
    let code = failure.code < 0 ? failure.code : SLUICE_E_FAILED
    guard let target else { return code }
    target.pointee.code = code
    withUnsafeMutableBytes(of: &target.pointee.text) { text in
        var count = 0
        for byte in failure.text.utf8 where count < text.count - 1 {
            text[count] = byte < 0x20 ? 0x20 : byte
            count += 1
        }
        text[count] = 0
    }
    return code
}

/// The reason in an error struct that the host filled.
func reason(_ error: sluice_error) -> String {
    withUnsafeBytes(of: error.text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}

/// Makes an error struct, calls, and throws the host's reason when the status is a failure.
func checked(_ what: String, _ call: (UnsafeMutablePointer<sluice_error>) -> Int32) throws(PluginError) {
    var error = sluice_error()
    error.struct_size = UInt32(MemoryLayout<sluice_error>.size)
    let status = call(&error)
    guard status < 0 else { return }
    let text = reason(error)
    throw PluginError(text.isEmpty ? "\(what) failed with status \(status)" : text, code: status)
}
