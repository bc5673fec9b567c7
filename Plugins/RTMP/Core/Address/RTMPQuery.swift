import Formats

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
        String(decoding: PercentDecoding.decode(Array(text)[...]), as: UTF8.self)
    }
}
