import Formats

/// The pairs of an address whose keys mean something: `p`, `e`, `i`, `t`; of an SRT stream id `e`, `st`, `p`, `ep`, `s` (SPEC §2.2, §2.3).
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
    /// SRT's `ep`: the passphrase of the connection, encrypted.
    private(set) var passphrase: String?
    /// SRT's `s`: the stream index.
    private(set) var index: String?
    /// Whether any of the keys occurred, be it with an empty value.
    private(set) var named = false
    private var count = 0

    init() {}

    private enum Meaning { case partner, entry, server, token, passphrase, index }

    /// The pairs of a query: cut at `#`, trailing slashes off, cut at a slash that remains, split at `&` and at the first `=`.
    init(query: String) throws(Refusal) {
        var bytes = Array(query.utf8).prefix { $0 != ASCII.hash }
        while bytes.last == ASCII.slash { bytes.removeLast() }
        bytes = bytes.prefix { $0 != ASCII.slash }
        for part in bytes.split(separator: ASCII.ampersand) {
            guard let equals = part.firstIndex(of: ASCII.equals) else { continue }
            let key = PercentDecoding.decode(part[..<equals])
            try add(key, PercentDecoding.decode(part[(equals + 1)...]), Self.meaning(of: key))
        }
    }

    /// The pairs of an SRT stream id: `#:::` or `#!::`, then items divided by commas, as they are; nil for any other text, and for one
    /// that names neither entry nor token (the general form of SRT, `#!::r=APP/STREAM,m=publish`, is none of ours).
    init?(streamID: String) throws(Refusal) {
        let bytes = Array(streamID.utf8)
        guard streamID.hasPrefix("#:::") || streamID.hasPrefix("#!::") else { return nil }
        for item in bytes.dropFirst(4).split(separator: UInt8(ascii: ",")) {
            guard let equals = item.firstIndex(of: ASCII.equals) else { continue }
            let key = Array(item[..<equals])
            try add(key, Array(item[(equals + 1)...]), Self.meaning(ofSRT: key))
        }
        guard entry != nil || token != nil || passphrase != nil else { return nil }
    }

    /// The pairs of path parts: `p/102/e/0_ab12cd34/…`; a part without a partner at the end is ignored.
    init(segments: some Collection<String>) throws(Refusal) {
        var rest = segments[...]
        while let key = rest.popFirst(), let value = rest.popFirst() {
            let name = PercentDecoding.decode(Array(key.utf8)[...])
            try add(name, PercentDecoding.decode(Array(value.utf8)[...]), Self.meaning(of: name))
        }
    }

    private static func meaning(of key: [UInt8]) -> Meaning? {
        switch String(decoding: key.prefix(2), as: UTF8.self) {
        case "p": .partner
        case "e": .entry
        case "i": .server
        case "t": .token
        default: nil
        }
    }

    private static func meaning(ofSRT key: [UInt8]) -> Meaning? {
        switch String(decoding: key.prefix(3), as: UTF8.self) {
        case "e": .entry
        case "st": .server
        case "p": .token
        case "ep": .passphrase
        case "s": .index
        default: nil
        }
    }

    private mutating func add(_ name: [UInt8], _ content: [UInt8], _ meaning: Meaning?) throws(Refusal) {
        count += 1
        guard count <= Self.maximumPairs else { throw Refusal(.badRequest, detail: "more than \(Self.maximumPairs) pairs") }
        guard name.count <= Self.maximumKey else { throw Refusal(.badRequest, detail: "a key is too long") }
        guard content.count <= Self.maximumValue else { throw Refusal(.badRequest, detail: "a value is too long") }
        guard let meaning else { return }
        guard let text = String(validating: content, as: UTF8.self), !content.contains(where: ASCII.isControl) else {
            throw Refusal(.badRequest, detail: "the value of \(String(decoding: name, as: UTF8.self)) is not text")
        }
        named = true
        let found = text.isEmpty ? nil : text
        switch meaning {
        case .partner: partner = found
        case .entry: entry = found
        case .server: server = found
        case .token: token = found
        case .passphrase: passphrase = found
        case .index: index = found
        }
    }
}
