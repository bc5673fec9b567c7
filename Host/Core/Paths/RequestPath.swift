// RequestPath: the one place where the target of a request becomes path parts and query pairs.
//
// It decodes percent forms exactly once and refuses whatever could mean two things to two readers: dot parts, encoded
// separators, backslashes, control characters, empty parts, text that is not UTF-8. It opens nothing and knows no route.

/// The parsed target of an HTTP request (RFC 9112 §3.2: origin form and absolute form).
public struct RequestPath: Sendable, Equatable {
    /// The longest target in bytes.
    public static let maximumLength = 8192
    /// The most parts a path may have.
    public static let maximumParts = 32
    /// The most pairs a query may have.
    public static let maximumPairs = 256
    /// The longest viewer token in bytes.
    public static let maximumTokenLength = 1024

    /// The path as sent, still encoded, with the viewer token, without the query; ASCII without control characters.
    public let rawPath: String
    /// The query as sent, still encoded, without `?`; nil when the target has no `?`.
    public let rawQuery: String?
    /// The decoded parts, without the viewer token; none is empty, `.` or `..`, none holds `/`, `\` or a control character.
    public let parts: [String]
    /// True when the path ends in `/` (also for `/` itself, which has no parts).
    public let endsInSlash: Bool
    /// The decoded pairs of the query, in order.
    public let query: [QueryPair]
    /// The text behind `~` of a part that stood directly after app and stream; not verified here.
    public let viewerToken: String?

    /// Parses a target.
    /// - Parameters:
    ///   - target: the bytes between method and version.
    ///   - cutsViewerToken: takes a third part that begins with `~` out of `parts` into `viewerToken`.
    /// - Throws: `PathError`, the first rule broken.
    public init(target: some Collection<UInt8>, cutsViewerToken: Bool = false) throws(PathError) {
        let bytes = Array(target)
        guard bytes.count <= RequestPath.maximumLength else { throw .tooLong(bytes: bytes.count) }
        for (offset, byte) in bytes.enumerated() where byte <= 0x20 || byte >= 0x7F || byte == UInt8(ascii: "#") {
            throw .forbiddenByte(offset: offset)
        }
        let local = try RequestPath.withoutAuthority(bytes[...])
        let question = local.firstIndex(of: UInt8(ascii: "?"))
        let path = local[..<(question ?? local.endIndex)]
        var parts = try RequestPath.parts(of: path)
        rawPath = String(decoding: path, as: UTF8.self)
        endsInSlash = path.last == UInt8(ascii: "/")
        viewerToken = cutsViewerToken ? try RequestPath.cutToken(from: &parts) : nil
        self.parts = parts
        if let question {
            let text = local[local.index(after: question)...]
            rawQuery = String(decoding: text, as: UTF8.self)
            query = try RequestPath.pairs(of: text)
        } else {
            rawQuery = nil
            query = []
        }
    }

    /// The target `/`.
    public static let root = RequestPath()

    private init() {
        rawPath = "/"
        rawQuery = nil
        parts = []
        endsInSlash = true
        query = []
        viewerToken = nil
    }

    /// Parses a target given as text; see `init(target:cutsViewerToken:)`.
    public init(_ target: String, cutsViewerToken: Bool = false) throws(PathError) {
        try self.init(target: target.utf8, cutsViewerToken: cutsViewerToken)
    }

    /// The value of the first pair of that name, or nil.
    public func firstValue(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }
}

extension RequestPath {
    /// RFC 9112 §3.2.2: a server must accept the absolute form; the authority in it is not used for routing here.
    private static func withoutAuthority(_ bytes: ArraySlice<UInt8>) throws(PathError) -> ArraySlice<UInt8> {
        if bytes.first == UInt8(ascii: "/") { return bytes }
        for scheme in ["http://", "https://"] {
            let head = bytes.prefix(scheme.utf8.count).map { $0 | 0x20 }
            guard head.elementsEqual(scheme.utf8.map { $0 | 0x20 }) else { continue }
            let rest = bytes.dropFirst(scheme.utf8.count)
            guard let slash = rest.firstIndex(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }),
                slash != rest.startIndex, rest[slash] == UInt8(ascii: "/")
            else { throw .notAbsolute }
            return rest[slash...]
        }
        throw .notAbsolute
    }

    private static func parts(of path: ArraySlice<UInt8>) throws(PathError) -> [String] {
        var pieces = path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        if pieces.last?.isEmpty == true { pieces.removeLast() }
        guard pieces.count <= maximumParts else { throw .tooManyParts }
        var parts: [String] = []
        parts.reserveCapacity(pieces.count)
        for piece in pieces {
            parts.append(try part(piece))
        }
        return parts
    }

    private static func part(_ piece: ArraySlice<UInt8>) throws(PathError) -> String {
        guard !piece.isEmpty else { throw .emptyPart }
        guard let bytes = PercentCoding.decode(piece) else { throw .badPercent(offset: piece.startIndex) }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalidUTF8 }
        guard text != ".", text != ".." else { throw .dotPart }
        for byte in bytes where byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\") { throw .separator }
        guard !text.unicodeScalars.contains(where: Name.isForbidden) else { throw .controlCharacter }
        return text
    }

    private static func cutToken(from parts: inout [String]) throws(PathError) -> String? {
        guard parts.count > 2, parts[2].utf8.first == UInt8(ascii: "~") else { return nil }
        let token = parts.remove(at: 2).utf8.dropFirst()
        guard !token.isEmpty, token.count <= maximumTokenLength, token.allSatisfy(PercentCoding.isUnreserved) else {
            throw .badViewerToken
        }
        return String(decoding: token, as: UTF8.self)
    }

    private static func pairs(of text: ArraySlice<UInt8>) throws(PathError) -> [QueryPair] {
        var pairs: [QueryPair] = []
        for piece in text.split(separator: UInt8(ascii: "&")) {
            guard pairs.count < maximumPairs else { throw .tooManyPairs }
            let equals = piece.firstIndex(of: UInt8(ascii: "=")) ?? piece.endIndex
            pairs.append(QueryPair(try queryText(piece[..<equals]), try queryText(piece[equals...].dropFirst())))
        }
        return pairs
    }

    private static func queryText(_ piece: ArraySlice<UInt8>) throws(PathError) -> String {
        guard let bytes = PercentCoding.decode(piece, plusIsSpace: true) else { throw .badPercent(offset: piece.startIndex) }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalidUTF8 }
        guard !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { throw .controlCharacter }
        return text
    }
}
