/// Action Message Format version 0 (Adobe, *amf0-file-format-specification*, 2007).
///
/// An AMF3 *message* of RTMP (types 15 and 17) is one byte 0 and then AMF0 values, which switch to AMF3 one by one with
/// marker 0x11: decode it from its second byte on with this type.
public enum AMF0 {
    /// All values up to the end of the bytes, sharing one table of references; no bytes are no values.
    public static func decodeAll(
        _ bytes: some ByteSource, limits: AMFLimits = .standard
    ) throws(AMFError) -> [AMFValue] {
        // One kind of source for all callers: a decoder that is compiled for it does without most allocations.
        let decode = { (raw: UnsafeRawBufferPointer) -> Result<[AMFValue], AMFError> in
            Result { () throws(AMFError) in try decodeEvery(raw, limits: limits) }
        }
        let inPlace = bytes.withContiguousStorageIfAvailable { decode(UnsafeRawBufferPointer($0)) }
        return try (inPlace ?? [UInt8](bytes).withUnsafeBytes { decode($0) }).get()
    }

    private static func decodeEvery(_ bytes: UnsafeRawBufferPointer, limits: AMFLimits) throws(AMFError) -> [AMFValue] {
        var decoder = AMFDecoder(bytes, limits: limits)
        var values: [AMFValue] = []
        while !decoder.reader.isAtEnd {
            values.append(try decoder.amf0Value(depth: 1))
        }
        return values
    }

    /// The value at the reader's position, which moves behind it (unspecified place after an error).
    ///
    /// Offsets in errors count from the start of the reader's source.
    public static func decode<Source>(
        _ reader: inout ByteReader<Source>, limits: AMFLimits = .standard
    ) throws(AMFError) -> AMFValue {
        var decoder = AMFDecoder(reader, limits: limits)
        defer { reader = decoder.reader }
        return try decoder.amf0Value(depth: 1)
    }

    /// The values one after another, without references.
    ///
    /// A name or class name of more than 65,535 bytes is cut; byte arrays are written behind a switch to AMF3.
    public static func encode(_ values: [AMFValue]) -> [UInt8] {
        var writer = ByteWriter(capacity: 64)
        for value in values { append(value, to: &writer) }
        return writer.bytes
    }

    /// Appends one value; see `encode`.
    public static func append(_ value: AMFValue, to writer: inout ByteWriter) {
        writer.amf0(value)
    }
}

/// Marker bytes, §2.1.
enum AMF0Marker {
    static let number: UInt8 = 0x00
    static let boolean: UInt8 = 0x01
    static let string: UInt8 = 0x02
    static let object: UInt8 = 0x03
    static let null: UInt8 = 0x05
    static let undefined: UInt8 = 0x06
    static let reference: UInt8 = 0x07
    static let ecmaArray: UInt8 = 0x08
    static let objectEnd: UInt8 = 0x09
    static let strictArray: UInt8 = 0x0A
    static let date: UInt8 = 0x0B
    static let longString: UInt8 = 0x0C
    static let unsupported: UInt8 = 0x0D
    static let xml: UInt8 = 0x0F
    static let typedObject: UInt8 = 0x10
    static let amf3: UInt8 = 0x11
}
