/// `play_header` of an app: what a request to play by HTTP has to carry, as a CDN in front of the server does and nobody else. Its value is a
/// secret, in no text.
public struct PlayHeader: Sendable, Equatable, CustomStringConvertible {
    /// In lower case.
    public let name: String
    private let value: String

    /// `NAME: VALUE`; nil: a name of other characters than HTTP's, a value that is empty or has control characters, or too long.
    public init?(_ text: String) {
        guard text.utf8.count <= 1024, let colon = text.firstIndex(of: ":") else { return nil }
        let name = String(text[..<colon]).lowercased()
        let value = Self.trimmed(text[text.index(after: colon)...])
        let isName = { (byte: UInt8) in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
        guard !name.isEmpty, name.utf8.allSatisfy(isName), !value.isEmpty, value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { return nil }
        (self.name, self.value) = (name, value)
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }

    /// Whether one of the values that a request has under the name is it; takes the same time wherever they differ.
    public func isMet(by values: some Sequence<String>) -> Bool {
        let wanted = Array(value.utf8)
        var isMet = false
        for given in values {
            let given = Array(given.utf8)
            guard given.count == wanted.count else { continue }
            let difference = zip(given, wanted).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) }
            isMet = isMet || difference == 0
        }
        return isMet
    }

    public var description: String { "\(name): (secret)" }
}
