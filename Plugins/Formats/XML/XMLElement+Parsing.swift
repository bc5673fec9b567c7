extension XMLElement {
    /// The root element of a whole document. Throws for anything that is not one, and for what exceeds `limits`.
    public init(parsing bytes: [UInt8], limits: XMLLimits = XMLLimits()) throws(XMLError) {
        guard bytes.count <= limits.bytes else { throw .limit("bytes", most: limits.bytes) }
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .encoding }
        var reader = XMLReader(bytes: bytes, limits: limits)
        self = try reader.document()
    }

    /// As `init(parsing:)`.
    public init(parsing text: String, limits: XMLLimits = XMLLimits()) throws(XMLError) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }
}

/// Reads one document from front to back; the open elements are a list, so that depth costs no stack.
private struct XMLReader {
    let bytes: [UInt8]
    let limits: XMLLimits
    private var at = 0
    private var open: [XMLElement] = []
    private var root: XMLElement?
    private var count = 0

    init(bytes: [UInt8], limits: XMLLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func document() throws(XMLError) -> XMLElement {
        if starts("\u{FEFF}") { at += 3 }
        if starts("<?xml"), at + 5 < bytes.count, XMLElement.isSpace(bytes[at + 5]) { try declaration() }
        while at < bytes.count {
            if starts("<!--") {
                try skip(past: "-->", from: 4)
            } else if starts("<?") {
                try skip(past: "?>", from: 2)
            } else if starts("<![CDATA[") {
                try characterData()
            } else if starts("<!") {
                throw .documentType(offset: at)
            } else if starts("</") {
                try endTag()
            } else if bytes[at] == UInt8(ascii: "<") {
                try startTag()
            } else {
                try text()
            }
        }
        guard open.isEmpty, let root else { throw .truncated }
        return root
    }

    // MARK: Markup

    private mutating func declaration() throws(XMLError) {
        let start = at
        try skip(past: "?>", from: 5)
        let text = String(decoding: bytes[start..<at], as: UTF8.self).lowercased()
        guard let named = text.firstRange(of: "encoding") else { return }
        let value = text[named.upperBound...].drop { " \t\r\n=".contains($0) }.dropFirst()
        guard value.hasPrefix("utf-8") || value.hasPrefix("us-ascii") else { throw .encoding }
    }

    private mutating func startTag() throws(XMLError) {
        guard root == nil else { throw .malformed("the end of the document", offset: at) }
        at += 1
        count += 1
        guard count <= limits.elements else { throw .limit("elements", most: limits.elements) }
        guard open.count < limits.depth else { throw .limit("elements inside each other", most: limits.depth) }
        var element = XMLElement(name: try name())
        while true {
            let spaces = skipSpaces()
            guard at < bytes.count else { throw .truncated }
            if starts("/>") {
                at += 2
                return close(element)
            }
            if bytes[at] == UInt8(ascii: ">") {
                at += 1
                return open.append(element)
            }
            guard spaces > 0 else { throw .malformed("a space", offset: at) }
            let next = try attribute()
            guard element.attributes.count < limits.attributes else { throw .limit("attributes", most: limits.attributes) }
            guard !element.attributes.contains(where: { $0.name == next.name }) else {
                throw .malformed("another attribute than \(next.name)", offset: at)
            }
            element.attributes.append(next)
        }
    }

    private mutating func endTag() throws(XMLError) {
        at += 2
        let start = at
        let closed = try name()
        skipSpaces()
        guard at < bytes.count else { throw .truncated }
        guard let element = open.last, element.name == closed, bytes[at] == UInt8(ascii: ">") else {
            throw .malformed("the end of \(open.last?.name ?? "the document")", offset: start)
        }
        at += 1
        open.removeLast()
        close(element)
    }

    private mutating func close(_ element: XMLElement) {
        if let parent = open.indices.last {
            open[parent].children.append(element)
        } else {
            root = element
        }
    }

    private mutating func attribute() throws(XMLError) -> XMLElement.Attribute {
        let name = try name()
        skipSpaces()
        try expect(UInt8(ascii: "="), "=")
        skipSpaces()
        guard at < bytes.count else { throw .truncated }
        let quote = bytes[at]
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { throw .malformed("a quote", offset: at) }
        at += 1
        guard let end = bytes[at...].firstIndex(of: quote) else { throw .truncated }
        let value = try decoded(until: end, isAttribute: true)
        at = end + 1
        return XMLElement.Attribute(name: name, value: value)
    }

    private mutating func name() throws(XMLError) -> String {
        let start = at
        while at < bytes.count, Self.isNameByte(bytes[at], first: at == start) { at += 1 }
        guard at > start else { throw at < bytes.count ? .malformed("a name", offset: at) : .truncated }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    private static func isNameByte(_ byte: UInt8, first: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x80...: true
        case UInt8(ascii: "_"), UInt8(ascii: ":"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."): !first
        default: false
        }
    }

    // MARK: Text

    private mutating func text() throws(XMLError) {
        let end = bytes[at...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
        if let last = open.indices.last {
            open[last].text += try decoded(until: end, isAttribute: false)
        } else {
            guard bytes[at..<end].allSatisfy(XMLElement.isSpace) else { throw .malformed("an element", offset: at) }
        }
        at = end
    }

    private mutating func characterData() throws(XMLError) {
        let start = at + 9
        guard let last = open.indices.last else { throw .malformed("an element", offset: at) }
        try skip(past: "]]>", from: 9)
        try check(start..<(at - 3))
        open[last].text += String(decoding: bytes[start..<(at - 3)], as: UTF8.self)
    }

    /// What stands up to `end`, with references replaced; leaves `at` where it was.
    private func decoded(until end: Int, isAttribute: Bool) throws(XMLError) -> String {
        try check(at..<end)
        var out: [UInt8] = []
        out.reserveCapacity(end - at)
        var place = at
        while place < end {
            let byte = bytes[place]
            if byte == UInt8(ascii: "&") {
                place = try reference(place, end, into: &out)
                continue
            }
            guard byte != UInt8(ascii: "<") else { throw .malformed("&lt;", offset: place) }
            out.append(isAttribute && XMLElement.isSpace(byte) ? 0x20 : byte)
            place += 1
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// One of the five entities, or a character by its number.
    private func reference(_ start: Int, _ end: Int, into out: inout [UInt8]) throws(XMLError) -> Int {
        guard let stop = bytes[start..<min(end, start + 12)].firstIndex(of: UInt8(ascii: ";")) else {
            throw .malformed("an entity", offset: start)
        }
        let name = String(decoding: bytes[(start + 1)..<stop], as: UTF8.self)
        switch name {
        case "amp": out.append(UInt8(ascii: "&"))
        case "lt": out.append(UInt8(ascii: "<"))
        case "gt": out.append(UInt8(ascii: ">"))
        case "quot": out.append(UInt8(ascii: "\""))
        case "apos": out.append(UInt8(ascii: "'"))
        default:
            guard let scalar = Self.character(name) else { throw .entity(name, offset: start) }
            out.append(contentsOf: Array(String(Character(scalar)).utf8))
        }
        return stop + 1
    }

    private static func character(_ name: String) -> Unicode.Scalar? {
        guard name.hasPrefix("#") else { return nil }
        let isHex = name.hasPrefix("#x")
        let digits = name.dropFirst(isHex ? 2 : 1)
        guard !digits.isEmpty, digits.utf8.allSatisfy({ isHex ? Hex.value($0) != nil : (0x30...0x39).contains($0) }),
            let number = UInt32(digits, radix: isHex ? 16 : 10), let scalar = Unicode.Scalar(number), isAllowed(number)
        else { return nil }
        return scalar
    }

    private static func isAllowed(_ number: UInt32) -> Bool {
        number >= 0x20 ? number != 0xFFFE && number != 0xFFFF : number == 0x09 || number == 0x0A || number == 0x0D
    }

    private func check(_ range: Range<Int>) throws(XMLError) {
        guard let wrong = bytes[range].firstIndex(where: { $0 < 0x20 && !XMLElement.isSpace($0) }) else { return }
        throw .malformed("a character", offset: wrong)
    }

    // MARK: Bytes

    private func starts(_ text: StaticString) -> Bool {
        let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        return bytes[at...].starts(with: wanted)
    }

    private mutating func skip(past end: StaticString, from length: Int) throws(XMLError) {
        at += length
        while at < bytes.count {
            if starts(end) {
                at += end.utf8CodeUnitCount
                return
            }
            at += 1
        }
        throw .truncated
    }

    @discardableResult
    private mutating func skipSpaces() -> Int {
        let start = at
        while at < bytes.count, XMLElement.isSpace(bytes[at]) { at += 1 }
        return at - start
    }

    private mutating func expect(_ byte: UInt8, _ what: String) throws(XMLError) {
        guard at < bytes.count else { throw .truncated }
        guard bytes[at] == byte else { throw .malformed(what, offset: at) }
        at += 1
    }
}
