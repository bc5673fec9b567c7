/// The parameters of an address (`p=102&t=…`), apart from its names, because they carry credentials.
public struct RTMPQuery: Sendable, Equatable {
    /// Most pairs taken.
    public static let mostPairs = 64

    /// One `key=value`, percent-decoded once.
    public struct Pair: Sendable, Equatable {
        public var key: String
        public var value: String

        public init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    /// As it came, without the `?`; never to be logged.
    public let raw: String
    /// In the order of the address; parts without `=` are left out.
    public let pairs: [Pair]

    /// No parameters.
    public static let none = RTMPQuery()

    private init() {
        raw = ""
        pairs = []
    }

    /// Splits at `&`, each part at its first `=`. A `#` ends the query.
    public init(_ raw: some StringProtocol) throws(RTMPNameFault) {
        self.raw = String(raw)
        let used = self.raw.utf8.prefix { $0 != UInt8(ascii: "#") }
        var pairs: [Pair] = []
        for part in used.split(separator: UInt8(ascii: "&")) {
            guard let mark = part.firstIndex(of: UInt8(ascii: "=")) else { continue }
            guard pairs.count < Self.mostPairs else { throw .tooManyPairs(limit: Self.mostPairs) }
            let key = Self.decode(part[..<mark])
            pairs.append(Pair(key: key, value: Self.decode(part[part.index(after: mark)...])))
        }
        self.pairs = pairs
    }

    private static func decode(_ text: some Sequence<UInt8>) -> String {
        let bytes = Array(text)
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var at = 0
        while at < bytes.count {
            if bytes[at] == UInt8(ascii: "%"), at + 2 < bytes.count, let high = hex(bytes[at + 1]), let low = hex(bytes[at + 2]) {
                out.append(high << 4 | low)
                at += 3
            } else {
                out.append(bytes[at])
                at += 1
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
