import SluiceJSON

/// The little XML that the API answers with (SPEC §4), as a value: elements with children are objects, those whose children are all
/// `item` are arrays, all others texts.
///
/// Bounded, and strict in what could be abused: no DTD, no entities but the five and numbers; attributes and comments are passed over.
struct XMLValue {
    var name: String
    var value: JSONValue

    static let maximumBytes = 1 << 20
    static let maximumDepth = 32
    static let maximumElements = 100_000

    /// The root element; nil for anything that is not one whole document.
    static func read(_ bytes: [UInt8]) -> XMLValue? {
        guard bytes.count <= maximumBytes else { return nil }
        var reader = XMLReader(rest: bytes[...])
        guard reader.skipBetween(), let root = reader.element(depth: 0), reader.skipBetween(), reader.rest.isEmpty else {
            return nil
        }
        return root
    }
}

/// Takes a document apart from its front.
private struct XMLReader {
    var rest: ArraySlice<UInt8>
    private var elements = 0

    init(rest: ArraySlice<UInt8>) { self.rest = rest }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

    private static func isName(_ byte: UInt8) -> Bool {
        ASCII.isLetter(byte) || ASCII.isDigit(byte) || [ASCII.underscore, ASCII.colon, ASCII.minus, 0x2E].contains(byte)
    }

    private mutating func take(_ text: StaticString) -> Bool {
        let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard rest.starts(with: wanted) else { return false }
        rest = rest.dropFirst(wanted.count)
        return true
    }

    /// Everything up to `end`, which is passed over too.
    private mutating func take(until end: StaticString) -> ArraySlice<UInt8>? {
        let wanted = UnsafeBufferPointer(start: end.utf8Start, count: end.utf8CodeUnitCount)
        var place = rest.startIndex
        while let found = rest[place...].firstIndex(of: wanted[0]) {
            if rest[found...].starts(with: wanted) {
                defer { rest = rest[(found + wanted.count)...] }
                return rest[..<found]
            }
            place = found + 1
        }
        return nil
    }

    /// Passes over white space, comments and processing instructions; false when one has no end.
    mutating func skipBetween() -> Bool {
        while true {
            rest = rest.drop(while: Self.isSpace)
            if take("<!--") {
                guard take(until: "-->") != nil else { return false }
            } else if take("<?") {
                guard take(until: "?>") != nil else { return false }
            } else {
                return true
            }
        }
    }

    private mutating func name() -> String? {
        let bytes = rest.prefix(129).prefix(while: Self.isName)
        guard !bytes.isEmpty, bytes.count <= 128 else { return nil }
        rest = rest.dropFirst(bytes.count)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Attributes, up to `>` or `/>`; whether the element is empty.
    private mutating func attributes() -> Bool? {
        while true {
            rest = rest.drop(while: Self.isSpace)
            if take("/>") { return true }
            if take(">") { return false }
            guard name() != nil else { return nil }
            rest = rest.drop(while: Self.isSpace)
            guard take("=") else { return nil }
            rest = rest.drop(while: Self.isSpace)
            guard take("\"") ? take(until: "\"") != nil : take("'") && take(until: "'") != nil else { return nil }
        }
    }

    mutating func element(depth: Int) -> XMLValue? {
        elements += 1
        guard depth < XMLValue.maximumDepth, elements <= XMLValue.maximumElements, take("<"), let name = name(),
            let isEmpty = attributes()
        else { return nil }
        guard !isEmpty else { return XMLValue(name: name, value: "") }
        var text: [UInt8] = []
        var children: [XMLValue] = []
        while true {
            if take("</") {
                guard self.name() == name else { return nil }
                rest = rest.drop(while: Self.isSpace)
                guard take(">") else { return nil }
                return XMLValue(name: name, value: Self.value(text, children))
            } else if take("<![CDATA[") {
                guard let found = take(until: "]]>") else { return nil }
                text += found
            } else if take("<!--") {
                guard take(until: "-->") != nil else { return nil }
            } else if rest.first == UInt8(ascii: "<") {
                guard let child = element(depth: depth + 1) else { return nil }
                children.append(child)
            } else {
                guard let found = characters() else { return nil }
                text += found
            }
        }
    }

    private static func value(_ text: [UInt8], _ children: [XMLValue]) -> JSONValue {
        guard !children.isEmpty else { return .string(String(decoding: text, as: UTF8.self)) }
        if children.allSatisfy({ $0.name == "item" }) { return .array(children.map(\.value)) }
        var object = JSONObject()
        for child in children where object[child.name] == nil { object[child.name] = child.value }
        return .object(object)
    }

    /// Text up to the next `<`, its references resolved; nil at the document's end or for a reference that is none.
    private mutating func characters() -> [UInt8]? {
        guard let end = rest.firstIndex(of: UInt8(ascii: "<")) else { return nil }
        var part = rest[..<end]
        rest = rest[end...]
        var result: [UInt8] = []
        while let place = part.firstIndex(of: ASCII.ampersand) {
            result += part[..<place]
            part = part[(place + 1)...]
            guard let stop = part.prefix(12).firstIndex(of: UInt8(ascii: ";")),
                let character = Self.reference(String(decoding: part[..<stop], as: UTF8.self))
            else { return nil }
            result += Array(String(character).utf8)
            part = part[(stop + 1)...]
        }
        return result + part
    }

    private static func reference(_ name: String) -> Unicode.Scalar? {
        switch name {
        case "amp": "&"
        case "lt": "<"
        case "gt": ">"
        case "quot": "\""
        case "apos": "'"
        case _ where name.hasPrefix("#x"): UInt32(name.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init)
        case _ where name.hasPrefix("#"): UInt32(name.dropFirst()).flatMap(Unicode.Scalar.init)
        default: nil
        }
    }
}
