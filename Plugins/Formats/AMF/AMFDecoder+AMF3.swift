/// AMF3 §3.2 … §3.15. All of arrays, objects, dates, XML, byte arrays, vectors and dictionaries share one reference table.
extension AMFDecoder {
    mutating func amf3Value(depth: Int) throws(AMFError) -> AMFValue {
        let offset = reader.position
        guard let marker = reader.u8() else { throw truncated }
        switch marker {
        case AMF3Marker.xmlDocument...AMF3Marker.dictionary:
            return try amf3Complex(marker, depth: depth)
        default:
            try enter(depth: depth)
            return try amf3Plain(marker, offset: offset)
        }
    }

    private mutating func amf3Plain(_ marker: UInt8, offset: Int) throws(AMFError) -> AMFValue {
        switch marker {
        case AMF3Marker.undefined: return .undefined
        case AMF3Marker.null: return .null
        case AMF3Marker.false: return .boolean(false)
        case AMF3Marker.true: return .boolean(true)
        case AMF3Marker.integer:
            // 29 bits, sign in the highest of them.
            return .integer(Int32(bitPattern: try u29() << 3) >> 3)
        case AMF3Marker.double:
            guard let value = reader.f64() else { throw truncated }
            return .number(value)
        case AMF3Marker.string:
            return .string(try amf3String(isName: false))
        default:
            throw .unsupportedMarker(marker, offset: offset)
        }
    }

    /// A value with a header whose lowest bit tells a new value (1) from a reference (0); `size` is the rest of it.
    private mutating func amf3Complex(_ marker: UInt8, depth: Int) throws(AMFError) -> AMFValue {
        let header = try u29()
        let size = Int(header >> 1)
        guard header & 1 == 1 else { return try reference(size, .amf3, depth: depth) }
        return try shared(.amf3, depth: depth) { (decoder) throws(AMFError) in
            try decoder.enter(depth: depth)
            switch marker {
            case AMF3Marker.xmlDocument, AMF3Marker.xml:
                return .xml(try decoder.text(size))
            case AMF3Marker.date:
                guard let milliseconds = decoder.reader.f64() else { throw decoder.truncated }
                return .date(milliseconds: milliseconds, timeZone: 0)
            case AMF3Marker.array:
                return try decoder.amf3Array(count: size, depth: depth)
            case AMF3Marker.object:
                return try decoder.amf3Object(header: size, depth: depth)
            case AMF3Marker.byteArray:
                guard size <= decoder.reader.remaining else { throw decoder.truncated }
                try decoder.charge(bytes: size)
                return .byteArray(decoder.reader.array(size) ?? [])
            case AMF3Marker.dictionary:
                return try decoder.amf3Dictionary(count: size, depth: depth)
            default:
                return try decoder.amf3Vector(marker, count: size, depth: depth)
            }
        }
    }

    /// §3.11: names up to an empty one, then `count` dense elements.
    private mutating func amf3Array(count: Int, depth: Int) throws(AMFError) -> AMFValue {
        var named = try amf3DynamicProperties(depth: depth)
        let dense = try amf3Elements(count, width: 1) { (decoder) throws(AMFError) in
            try decoder.amf3Value(depth: depth + 1)
        }
        if named.isEmpty { return .strictArray(dense) }
        for (index, value) in dense.enumerated() {
            named.append(AMFProperty(String(index), value))
        }
        return .ecmaArray(named)
    }

    /// §3.12; `header` without the bit that says "no reference".
    private mutating func amf3Object(header: Int, depth: Int) throws(AMFError) -> AMFValue {
        let traits = try amf3Traits(header: header)
        var properties: [AMFProperty] = []
        for name in traits.names {
            properties.append(AMFProperty(name, try amf3Value(depth: depth + 1)))
        }
        if traits.isDynamic {
            properties.append(contentsOf: try amf3DynamicProperties(depth: depth))
        }
        if traits.className.isEmpty { return .object(properties) }
        return .typedObject(className: traits.className, properties)
    }

    private mutating func amf3Traits(header: Int) throws(AMFError) -> Traits {
        let offset = reader.position
        if header & 1 == 0 {
            let index = header >> 1
            guard amf3Traits.indices.contains(index) else { throw .invalidReference(index, offset: offset) }
            let traits = amf3Traits[index]
            try charge(bytes: traits.bytes)
            return traits
        }
        guard header & 2 == 0 else { throw .externalizable(offset: offset) }
        let count = header >> 3
        let bytesBefore = bytes
        let className = try amf3String(isName: true)
        guard count <= reader.remaining else { throw truncated }
        try charge(values: count)
        var names: [String] = []
        names.reserveCapacity(count)
        for _ in 0..<count {
            names.append(try amf3String(isName: true))
        }
        let traits = Traits(
            className: className, isDynamic: header & 4 != 0, names: names, bytes: bytes - bytesBefore)
        amf3Traits.append(traits)
        return traits
    }

    /// Pairs up to an empty name.
    private mutating func amf3DynamicProperties(depth: Int) throws(AMFError) -> [AMFProperty] {
        var properties: [AMFProperty] = []
        while true {
            let name = try amf3String(isName: true)
            if name.isEmpty { return properties }
            properties.append(AMFProperty(name, try amf3Value(depth: depth + 1)))
        }
    }

    /// §3.14: a fixed-length flag, a type name for objects, then the elements.
    private mutating func amf3Vector(_ marker: UInt8, count: Int, depth: Int) throws(AMFError) -> AMFValue {
        guard reader.u8() != nil else { throw truncated }
        let childDepth = depth + 1
        switch marker {
        case AMF3Marker.intVector:
            return .strictArray(
                try amf3Elements(count, width: 4) { (decoder) throws(AMFError) in
                    try decoder.enter(depth: childDepth)
                    return .integer(decoder.reader.i32() ?? 0)
                })
        case AMF3Marker.uintVector:
            return .strictArray(
                try amf3Elements(count, width: 4) { (decoder) throws(AMFError) in
                    try decoder.enter(depth: childDepth)
                    return .number(Double(decoder.reader.u32() ?? 0))
                })
        case AMF3Marker.doubleVector:
            return .strictArray(
                try amf3Elements(count, width: 8) { (decoder) throws(AMFError) in
                    try decoder.enter(depth: childDepth)
                    return .number(decoder.reader.f64() ?? 0)
                })
        default:
            _ = try amf3String(isName: true)
            return .strictArray(
                try amf3Elements(count, width: 1) { (decoder) throws(AMFError) in
                    try decoder.amf3Value(depth: childDepth)
                })
        }
    }

    /// §3.15: a weak-keys flag, then pairs.
    private mutating func amf3Dictionary(count: Int, depth: Int) throws(AMFError) -> AMFValue {
        guard reader.u8() != nil else { throw truncated }
        guard count <= reader.remaining / 2 else { throw truncated }
        guard count <= (limits.values - values) / 2 else { throw .tooManyValues(offset: reader.position) }
        var properties: [AMFProperty] = []
        for _ in 0..<count {
            let offset = reader.position
            let name: String
            switch try amf3Value(depth: depth + 1) {
            case .string(let text): name = text
            case .integer(let value): name = String(value)
            case .number(let value): name = String(value)
            case .boolean(let value): name = String(value)
            default: throw .unsupportedKey(offset: offset)
            }
            guard name.utf8.count <= 0xFFFF else { throw .invalidName(offset: offset) }
            properties.append(AMFProperty(name, try amf3Value(depth: depth + 1)))
        }
        return .ecmaArray(properties)
    }

    /// `count` elements of at least `width` bytes each.
    private mutating func amf3Elements(
        _ count: Int, width: Int, _ element: (inout Self) throws(AMFError) -> AMFValue
    ) throws(AMFError) -> [AMFValue] {
        guard count <= reader.remaining / width else { throw truncated }
        guard count <= limits.values - values else { throw .tooManyValues(offset: reader.position) }
        var elements: [AMFValue] = []
        elements.reserveCapacity(count)
        for _ in 0..<count {
            elements.append(try element(&self))
        }
        return elements
    }

    /// A string without marker, §1.3.2: a reference into the string table, or text; the empty string is never in the table.
    private mutating func amf3String(isName: Bool) throws(AMFError) -> String {
        let offset = reader.position
        let header = try u29()
        let size = Int(header >> 1)
        if header & 1 == 0 {
            guard amf3Strings.indices.contains(size) else { throw .invalidReference(size, offset: offset) }
            let string = amf3Strings[size]
            let count = string.utf8.count
            guard !isName || count <= 0xFFFF else { throw .invalidName(offset: offset) }
            try charge(bytes: count)
            return string
        }
        let string = isName ? try name(size) : try text(size)
        if size > 0 { amf3Strings.append(string) }
        return string
    }

    /// §1.3.1: seven bits a byte, highest first; the fourth byte gives eight.
    private mutating func u29() throws(AMFError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<3 {
            guard let byte = reader.u8() else { throw truncated }
            value = value << 7 | UInt32(byte & 0x7F)
            if byte & 0x80 == 0 { return value }
        }
        guard let last = reader.u8() else { throw truncated }
        return value << 8 | UInt32(last)
    }
}
