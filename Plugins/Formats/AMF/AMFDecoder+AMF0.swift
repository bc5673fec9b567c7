/// AMF0 §2.2 … §2.18.
extension AMFDecoder {
    mutating func amf0Value(depth: Int) throws(AMFError) -> AMFValue {
        let offset = reader.position
        guard let marker = reader.u8() else { throw truncated }
        switch marker {
        case AMF0Marker.reference:
            guard let index = reader.u16() else { throw truncated }
            return try reference(Int(index), .amf0, depth: depth)
        case AMF0Marker.amf3:
            return try amf3Value(depth: depth)
        case AMF0Marker.object, AMF0Marker.ecmaArray, AMF0Marker.strictArray, AMF0Marker.typedObject:
            return try shared(.amf0, depth: depth) { (decoder) throws(AMFError) in
                try decoder.enter(depth: depth)
                return try decoder.amf0Complex(marker, depth: depth)
            }
        default:
            try enter(depth: depth)
            return try amf0Plain(marker, offset: offset)
        }
    }

    private mutating func amf0Plain(_ marker: UInt8, offset: Int) throws(AMFError) -> AMFValue {
        switch marker {
        case AMF0Marker.number:
            guard let value = reader.f64() else { throw truncated }
            return .number(value)
        case AMF0Marker.boolean:
            guard let value = reader.u8() else { throw truncated }
            return .boolean(value != 0)
        case AMF0Marker.string:
            guard let count = reader.u16() else { throw truncated }
            return .string(try text(Int(count)))
        case AMF0Marker.longString, AMF0Marker.xml:
            guard let count = reader.u32() else { throw truncated }
            let text = try text(Int(count))
            return marker == AMF0Marker.xml ? .xml(text) : .string(text)
        case AMF0Marker.null:
            return .null
        case AMF0Marker.undefined, AMF0Marker.unsupported:
            return .undefined
        case AMF0Marker.date:
            guard let milliseconds = reader.f64(), let timeZone = reader.i16() else { throw truncated }
            return .date(milliseconds: milliseconds, timeZone: timeZone)
        default:
            throw .unsupportedMarker(marker, offset: offset)
        }
    }

    private mutating func amf0Complex(_ marker: UInt8, depth: Int) throws(AMFError) -> AMFValue {
        switch marker {
        case AMF0Marker.ecmaArray:
            guard let count = reader.u32() else { throw truncated }
            return .ecmaArray(try amf0Properties(depth: depth, announced: count))
        case AMF0Marker.strictArray:
            guard let count = reader.u32() else { throw truncated }
            return .strictArray(try amf0Elements(Int(count), depth: depth))
        case AMF0Marker.typedObject:
            guard let count = reader.u16() else { throw truncated }
            let className = try name(Int(count))
            return .typedObject(className: className, try amf0Properties(depth: depth))
        default:
            return .object(try amf0Properties(depth: depth))
        }
    }

    /// Pairs up to the object end marker.
    ///
    /// The count that an ECMA array announces is only a hint (§2.10). Some FLV writers leave out the end marker of an
    /// array that closes the message: accepted if exactly the announced pairs were there.
    private mutating func amf0Properties(depth: Int, announced: UInt32? = nil) throws(AMFError) -> [AMFProperty] {
        var properties: [AMFProperty] = []
        while true {
            if let announced, depth == 1, reader.isAtEnd, properties.count == announced { return properties }
            guard let count = reader.u16() else { throw truncated }
            if count == 0, reader.peek() == AMF0Marker.objectEnd {
                reader.skip(1)
                return properties
            }
            let name = try name(Int(count))
            properties.append(AMFProperty(name, try amf0Value(depth: depth + 1)))
        }
    }

    private mutating func amf0Elements(_ count: Int, depth: Int) throws(AMFError) -> [AMFValue] {
        guard count <= reader.remaining else { throw truncated }
        guard count <= limits.values - values else { throw .tooManyValues(offset: reader.position) }
        var elements: [AMFValue] = []
        elements.reserveCapacity(count)
        for _ in 0..<count {
            elements.append(try amf0Value(depth: depth + 1))
        }
        return elements
    }
}
