/// The AMF0 values that an RTMP client says and understands.
public enum AMF0Value: Equatable, Sendable {
    case number(Double)
    case boolean(Bool)
    case string(String)
    case object([Property])
    case null

    /// A named value of an object.
    public struct Property: Equatable, Sendable {
        public var name: String
        public var value: AMF0Value

        public init(_ name: String, _ value: AMF0Value) {
            self.name = name
            self.value = value
        }
    }

    private static let deepest = 8

    /// The text of a string.
    public var text: String? { if case .string(let text) = self { text } else { nil } }
    /// The value of a number.
    public var number: Double? { if case .number(let number) = self { number } else { nil } }

    /// The value of an object's property.
    public subscript(_ name: String) -> AMF0Value? {
        guard case .object(let properties) = self else { return nil }
        return properties.first { $0.name == name }?.value
    }

    /// Appends the value with its type marker.
    public func write(to bytes: inout [UInt8]) {
        switch self {
        case .number(let value):
            bytes.append(0)
            bytes.put64(value.bitPattern)
        case .boolean(let value): bytes += [1, value ? 1 : 0]
        case .string(let value):
            bytes.append(2)
            Self.write(name: value, to: &bytes)
        case .object(let properties):
            bytes.append(3)
            for property in properties {
                Self.write(name: property.name, to: &bytes)
                property.value.write(to: &bytes)
            }
            bytes += [0, 0, 9]
        case .null: bytes.append(5)
        }
    }

    /// All values up to the end or to the first that is not understood.
    public static func list(_ bytes: UnsafeRawBufferPointer) -> [AMF0Value] {
        var reader = ByteReader(bytes)
        var values: [AMF0Value] = []
        while let value = read(&reader, depth: 0) { values.append(value) }
        return values
    }

    private static func write(name: String, to bytes: inout [UInt8]) {
        let text = Array(name.utf8.prefix(65_535))
        bytes.put16(text.count)
        bytes += text
    }

    private static func read(_ reader: inout ByteReader, depth: Int) -> AMF0Value? {
        guard depth < deepest, let marker = reader.u8() else { return nil }
        switch marker {
        case 0: return reader.u64().map { .number(Double(bitPattern: $0)) }
        case 1: return reader.u8().map { .boolean($0 != 0) }
        case 2: return string(&reader).map { .string($0) }
        case 3: return properties(&reader, depth: depth)
        case 5, 6: return .null
        case 8: return reader.u32() == nil ? nil : properties(&reader, depth: depth)
        default: return nil
        }
    }

    private static func properties(_ reader: inout ByteReader, depth: Int) -> AMF0Value? {
        var properties: [Property] = []
        while let name = string(&reader) {
            if name.isEmpty { return reader.u8() == 9 ? .object(properties) : nil }
            guard let value = read(&reader, depth: depth + 1) else { return nil }
            properties.append(Property(name, value))
        }
        return nil
    }

    private static func string(_ reader: inout ByteReader) -> String? {
        guard let length = reader.u16(), let bytes = reader.take(Int(length)) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
