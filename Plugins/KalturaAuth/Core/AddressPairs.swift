import Formats

/// The pairs of an address whose keys mean something: `p`, `e`, `i`, `t` (SPEC §2.2, §2.3).
///
/// Other keys count against the limits and are dropped. Of a repeated key the last wins; an empty value is a missing one.
struct AddressPairs {
    /// Most bytes of a whole address.
    static let maximumAddress = 4096
    /// Most bytes of a key, decoded.
    static let maximumKey = 64
    /// Most bytes of a value, decoded.
    static let maximumValue = 512
    /// Most pairs of an address.
    static let maximumPairs = 64

    private(set) var partner: String?
    private(set) var entry: String?
    private(set) var server: String?
    private(set) var token: String?
    /// Whether any of the four keys occurred, be it with an empty value.
    private(set) var named = false
    private var count = 0

    init() {}

    /// The pairs of a query: cut at `#`, trailing slashes off, cut at a slash that remains, split at `&` and at the first `=`.
    init(query: String) throws(Refusal) {
        var bytes = Array(query.utf8).prefix { $0 != ASCII.hash }
        while bytes.last == ASCII.slash { bytes.removeLast() }
        bytes = bytes.prefix { $0 != ASCII.slash }
        for part in bytes.split(separator: ASCII.ampersand) {
            guard let equals = part.firstIndex(of: ASCII.equals) else { continue }
            try add(key: part[..<equals], value: part[(equals + 1)...])
        }
    }

    /// The pairs of path parts: `p/102/e/0_ab12cd34/…`; a part without a partner at the end is ignored.
    init(segments: some Collection<String>) throws(Refusal) {
        var rest = segments[...]
        while let key = rest.popFirst(), let value = rest.popFirst() {
            try add(key: Array(key.utf8)[...], value: Array(value.utf8)[...])
        }
    }

    private mutating func add(key: ArraySlice<UInt8>, value: ArraySlice<UInt8>) throws(Refusal) {
        count += 1
        guard count <= Self.maximumPairs else { throw Refusal(.badRequest, detail: "more than \(Self.maximumPairs) pairs") }
        let name = PercentDecoding.decode(key)
        let content = PercentDecoding.decode(value)
        guard name.count <= Self.maximumKey else { throw Refusal(.badRequest, detail: "a key is too long") }
        guard content.count <= Self.maximumValue else { throw Refusal(.badRequest, detail: "a value is too long") }
        guard name.count == 1, let letter = name.first, [0x70, 0x65, 0x69, 0x74].contains(letter) else { return }
        guard let text = String(validating: content, as: UTF8.self), !content.contains(where: ASCII.isControl) else {
            throw Refusal(.badRequest, detail: "the value of \(Character(UnicodeScalar(letter))) is not text")
        }
        named = true
        let found = text.isEmpty ? nil : text
        switch letter {
        case UInt8(ascii: "p"): partner = found
        case UInt8(ascii: "e"): entry = found
        case UInt8(ascii: "i"): server = found
        default: token = found
        }
    }
}
