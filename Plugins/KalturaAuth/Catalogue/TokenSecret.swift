import Formats
import KalturaCore

/// How an entry's token is stored: as it is, or only its SHA-256 (SPEC §12).
public struct TokenSecret: Sendable {
    let plain: String?
    let hash: String?

    /// Most bytes of a token, as in an address.
    static let maximumLength = 512

    /// A token as it is: 1 to 512 bytes, no control characters.
    public init(token: String) throws(CatalogueError) {
        guard !token.isEmpty, token.utf8.count <= Self.maximumLength,
            !token.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { throw .invalid("a token has 1 to \(Self.maximumLength) bytes and no control characters") }
        plain = token
        hash = nil
    }

    /// The SHA-256 of a token, as 64 hexadecimal characters.
    public init(sha256: String) throws(CatalogueError) {
        guard Hex.bytes(sha256)?.count == 32 else { throw .invalid("token_sha256 must be 64 hexadecimal characters") }
        plain = nil
        hash = sha256.lowercased()
    }

    /// Both columns, so that never an old token stays valid beside a new one.
    var changes: [Change] { [Change("token", StoredValue(plain)), Change("token_sha256", StoredValue(hash))] }

    /// What listings show: `a1…`, `sha256` or `none`.
    static func shown(token: String?, sha256: String?) -> String {
        if !(sha256 ?? "").isEmpty { return "sha256" }
        guard let token, !token.isEmpty else { return "none" }
        return Token.mask(token)
    }

    /// A new token: 128 random bits as 32 hexadecimal characters.
    public static func generate() -> String {
        var random = SystemRandomNumberGenerator()
        return Hex.text((0..<16).map { _ in UInt8.random(in: 0...255, using: &random) })
    }
}
