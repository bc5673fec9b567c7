/// One element of a document: small answers and profiles of back ends, read whole.
///
/// `init(parsing:)` reads XML 1.0 without document types: no entity is defined, nothing outside the text is fetched, and size, depth and
/// number are bounded. Prefixes are part of names. Comments and processing instructions are skipped.
public struct XMLElement: Sendable, Equatable {
    /// One attribute, its value decoded.
    public struct Attribute: Sendable, Equatable {
        public var name: String
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public var name: String
    /// In order; no name twice.
    public var attributes: [Attribute]
    /// All character data directly inside, in order, decoded.
    public var text: String
    /// In order.
    public var children: [XMLElement]

    public init(name: String, attributes: [Attribute] = [], text: String = "", children: [XMLElement] = []) {
        self.name = name
        self.attributes = attributes
        self.text = text
        self.children = children
    }

    /// The first child of that name.
    public subscript(name: String) -> XMLElement? { children.first { $0.name == name } }

    /// All children of that name.
    public func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

    /// The first element at a path of names below this one.
    public func element(_ path: String...) -> XMLElement? {
        var found: XMLElement? = self
        for name in path { found = found?[name] }
        return found
    }

    /// The text without white space around it.
    public var value: String {
        let bytes = text.utf8.drop(while: XMLElement.isSpace)
        guard let last = bytes.lastIndex(where: { !XMLElement.isSpace($0) }) else { return "" }
        return String(decoding: bytes[...last], as: UTF8.self)
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

    /// The element as a document; reading it gives this element again if its names are names and its text has no forbidden character.
    public func serialized() -> String {
        var out = "<" + name
        for attribute in attributes { out += " \(attribute.name)=\"\(XMLElement.escaped(attribute.value))\"" }
        out += ">" + XMLElement.escaped(text)
        for child in children { out += child.serialized() }
        return out + "</\(name)>"
    }

    private static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "\t", "\n", "\r": out += "&#\(scalar.value);"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
