/// AMF0 as it is written: no references.
extension ByteWriter {
    mutating func amf0(_ value: AMFValue) {
        switch value {
        case .number(let number): amf0Number(number)
        case .integer(let integer): amf0Number(Double(integer))
        case .boolean(let flag):
            u8(AMF0Marker.boolean)
            u8(flag ? 1 : 0)
        case .string(let text): amf0String(text)
        case .object(let properties):
            u8(AMF0Marker.object)
            amf0Properties(properties)
        case .ecmaArray(let properties):
            u8(AMF0Marker.ecmaArray)
            u32(UInt32(truncatingIfNeeded: properties.count))
            amf0Properties(properties)
        case .strictArray(let values):
            u8(AMF0Marker.strictArray)
            u32(UInt32(truncatingIfNeeded: values.count))
            for element in values { amf0(element) }
        case .null: u8(AMF0Marker.null)
        case .undefined: u8(AMF0Marker.undefined)
        case .date(let milliseconds, let timeZone):
            u8(AMF0Marker.date)
            f64(milliseconds)
            i16(timeZone)
        case .xml(let text):
            u8(AMF0Marker.xml)
            u32(UInt32(truncatingIfNeeded: text.utf8.count))
            utf8(text)
        case .typedObject(let className, let properties):
            u8(AMF0Marker.typedObject)
            amf0Name(className)
            amf0Properties(properties)
        case .byteArray:
            u8(AMF0Marker.amf3)
            amf3(value)
        }
    }

    private mutating func amf0Number(_ number: Double) {
        u8(AMF0Marker.number)
        f64(number)
    }

    private mutating func amf0String(_ text: String) {
        let count = text.utf8.count
        if let short = UInt16(exactly: count) {
            u8(AMF0Marker.string)
            u16(short)
        } else {
            u8(AMF0Marker.longString)
            u32(UInt32(truncatingIfNeeded: count))
        }
        utf8(text)
    }

    private mutating func amf0Properties(_ properties: [AMFProperty]) {
        for property in properties {
            amf0Name(property.name)
            amf0(property.value)
        }
        u16(0)
        u8(AMF0Marker.objectEnd)
    }

    private mutating func amf0Name(_ name: String) {
        let name = name.cut(toUTF8Bytes: 0xFFFF)
        u16(UInt16(truncatingIfNeeded: name.utf8.count))
        utf8(name)
    }
}

/// AMF3 as it is written: no references, objects as dynamic classes without sealed members.
extension ByteWriter {
    mutating func amf3(_ value: AMFValue) {
        switch value {
        case .number(let number): amf3Number(number)
        case .integer(let integer):
            guard (-0x1000_0000..<0x1000_0000).contains(integer) else { return amf3Number(Double(integer)) }
            u8(AMF3Marker.integer)
            u29(UInt32(bitPattern: integer) & 0x1FFF_FFFF)
        case .boolean(let flag): u8(flag ? AMF3Marker.true : AMF3Marker.false)
        case .string(let text):
            u8(AMF3Marker.string)
            amf3Text(text)
        case .object(let properties): amf3Object(className: "", properties)
        case .typedObject(let className, let properties): amf3Object(className: className, properties)
        case .ecmaArray(let properties):
            u8(AMF3Marker.array)
            u29(1)
            amf3Properties(properties)
        case .strictArray(let values):
            u8(AMF3Marker.array)
            amf3Size(values.count)
            u29(1)
            for element in values { amf3(element) }
        case .null: u8(AMF3Marker.null)
        case .undefined: u8(AMF3Marker.undefined)
        case .date(let milliseconds, _):
            u8(AMF3Marker.date)
            u29(1)
            f64(milliseconds)
        case .xml(let text):
            u8(AMF3Marker.xml)
            amf3Text(text)
        case .byteArray(let bytes):
            u8(AMF3Marker.byteArray)
            amf3Size(bytes.count)
            append(bytes)
        }
    }

    private mutating func amf3Number(_ number: Double) {
        u8(AMF3Marker.double)
        f64(number)
    }

    private mutating func amf3Object(className: String, _ properties: [AMFProperty]) {
        u8(AMF3Marker.object)
        u8(0x0B)
        amf3Text(className.cut(toUTF8Bytes: 0xFFFF))
        amf3Properties(properties)
    }

    private mutating func amf3Properties(_ properties: [AMFProperty]) {
        for property in properties where !property.name.isEmpty {
            amf3Text(property.name.cut(toUTF8Bytes: 0xFFFF))
            amf3(property.value)
        }
        u29(1)
    }

    private mutating func amf3Text(_ text: String) {
        amf3Size(text.utf8.count)
        utf8(text)
    }

    /// A size with the bit that says "no reference"; 2²⁸ and more cannot be written and do not occur.
    private mutating func amf3Size(_ count: Int) {
        u29(UInt32(truncatingIfNeeded: count) << 1 | 1)
    }

    private mutating func u29(_ value: UInt32) {
        let byte = { (shift: UInt32) in UInt8(truncatingIfNeeded: value >> shift) }
        if value < 0x80 {
            u8(byte(0))
        } else if value < 0x4000 {
            u8(byte(7) | 0x80)
            u8(byte(0) & 0x7F)
        } else if value < 0x20_0000 {
            u8(byte(14) | 0x80)
            u8(byte(7) | 0x80)
            u8(byte(0) & 0x7F)
        } else {
            u8(byte(22) | 0x80)
            u8(byte(15) | 0x80)
            u8(byte(8) | 0x80)
            u8(byte(0))
        }
    }
}

extension String {
    /// The longest start of whole characters within `count` bytes.
    fileprivate func cut(toUTF8Bytes count: Int) -> String {
        guard utf8.count > count else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: count)
        while end > startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}
