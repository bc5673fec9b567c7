/// Action Message Format version 3 (Adobe, *amf-file-format-spec*, 2013).
public enum AMF3 {
    /// All values up to the end of the bytes, sharing one set of reference tables; no bytes are no values.
    ///
    /// Vectors are read as strict arrays, dictionaries with plain keys as ECMA arrays; an array with both names and
    /// dense elements is read as an ECMA array whose last names are the indices.
    public static func decodeAll(
        _ bytes: some ByteSource, limits: AMFLimits = .standard
    ) throws(AMFError) -> [AMFValue] {
        var decoder = AMFDecoder(bytes, limits: limits)
        var values: [AMFValue] = []
        while !decoder.reader.isAtEnd {
            values.append(try decoder.amf3Value(depth: 1))
        }
        return values
    }

    /// The value at the reader's position, which moves behind it (unspecified place after an error).
    public static func decode<Source>(
        _ reader: inout ByteReader<Source>, limits: AMFLimits = .standard
    ) throws(AMFError) -> AMFValue {
        var decoder = AMFDecoder(reader, limits: limits)
        defer { reader = decoder.reader }
        return try decoder.amf3Value(depth: 1)
    }

    /// The values one after another, without references; a property with an empty name cannot be written and is left out.
    public static func encode(_ values: [AMFValue]) -> [UInt8] {
        var writer = ByteWriter(capacity: 64)
        for value in values { append(value, to: &writer) }
        return writer.bytes
    }

    /// Appends one value; see `encode`.
    public static func append(_ value: AMFValue, to writer: inout ByteWriter) {
        writer.amf3(value)
    }
}

/// Marker bytes, §3.1.
enum AMF3Marker {
    static let undefined: UInt8 = 0x00
    static let null: UInt8 = 0x01
    static let `false`: UInt8 = 0x02
    static let `true`: UInt8 = 0x03
    static let integer: UInt8 = 0x04
    static let double: UInt8 = 0x05
    static let string: UInt8 = 0x06
    static let xmlDocument: UInt8 = 0x07
    static let date: UInt8 = 0x08
    static let array: UInt8 = 0x09
    static let object: UInt8 = 0x0A
    static let xml: UInt8 = 0x0B
    static let byteArray: UInt8 = 0x0C
    static let intVector: UInt8 = 0x0D
    static let uintVector: UInt8 = 0x0E
    static let doubleVector: UInt8 = 0x0F
    static let objectVector: UInt8 = 0x10
    static let dictionary: UInt8 = 0x11
}
