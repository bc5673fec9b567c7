/// The attribute list of a playlist tag (RFC 8216 §4.2): NAME=value, NAME="quoted, value".
struct AttributeList {
    private var values: [Substring: Substring] = [:]

    init(_ text: Substring) {
        var rest = text
        while let equals = rest.firstIndex(of: "=") {
            let name = rest[..<equals]
            rest = rest[rest.index(after: equals)...]
            let value: Substring
            if rest.first == "\"" {
                rest = rest.dropFirst()
                value = rest.prefix { $0 != "\"" }
                rest = rest.dropFirst(value.count + 1)
            } else {
                value = rest.prefix { $0 != "," }
                rest = rest.dropFirst(value.count)
            }
            values[name.drop { $0 == " " || $0 == "," }] = value
            rest = rest.drop { $0 == "," }
        }
    }

    subscript(_ name: String) -> String? { values[name[...]].map(String.init) }
    func number(_ name: String) -> Double? { values[name[...]].flatMap { Double($0) } }
    func flag(_ name: String) -> Bool { values[name[...]] == "YES" }
}
