import Formats

/// What an encrypted SRT connection's `ep` stands for (SPEC §2.5): the passphrase, so that the handshake is answered at once.
///
/// It opens nothing by itself: whether entry and passphrase belong together is the back end's answer. Never in any text.
public struct SRTPassphrase: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Bytes that SRT allows.
    public static let lengths = 10...79

    private let text: String

    /// The key and the iv of an installation, as configured: filled with zeros or cut to 32 and 16 bytes.
    public struct Key: Sendable {
        let key: [UInt8]
        let iv: [UInt8]

        public init(key: String, iv: String) {
            func sized(_ text: String, _ length: Int) -> [UInt8] {
                let bytes = Array(text.utf8.prefix(length))
                return bytes + [UInt8](repeating: 0, count: length - bytes.count)
            }
            self.key = sized(key, 32)
            self.iv = sized(iv, 16)
        }
    }

    /// Takes a passphrase of 10 to 79 bytes.
    public init?(_ text: String) {
        guard Self.lengths.contains(text.utf8.count) else { return nil }
        self.text = text
    }

    /// The passphrase in an `ep`; nil for anything that this key did not make, as far as that shows.
    public init?(decrypting ep: String, _ key: Key) {
        guard ep.utf8.count <= 128, let cipher = Base64.decode(ep), !cipher.isEmpty,
            let plain = Cipher.aesCBC(.decrypt, cipher, key: key.key, iv: key.iv, isPadded: true),
            let text = String(validating: plain, as: UTF8.self)
        else { return nil }
        self.init(text)
    }

    /// The `ep` of this passphrase.
    public func encrypted(_ key: Key) -> String? {
        Cipher.aesCBC(.encrypt, Array(text.utf8), key: key.key, iv: key.iv, isPadded: true)
            .map { Base64.encode($0, isURLSafe: true, isPadded: false) }
    }

    /// Hands the passphrase itself to the handshake; never for text.
    public func withText<Result>(_ body: (String) -> Result) -> Result { body(text) }

    public var description: String { "…" }
    public var debugDescription: String { "…" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
