/// What is asked of a hook: the question of the host, without types of the host's.
public struct WebhookQuestion: Equatable, Sendable {
    public enum Action: String, Sendable { case publish, play }

    public var action: Action
    /// "rtmp", "http".
    public var protocolName = ""
    /// "rtmp", "rtmps", "http", "https".
    public var scheme = ""
    public var host = ""
    /// 0: not said.
    public var port: UInt32 = 0
    public var app = ""
    /// What follows the app in the address.
    public var path = ""
    public var stream = ""
    /// The raw address (RTMP tcUrl).
    public var url = ""
    /// Decoded, in order.
    public var query: [Pair] = []
    /// "user", "password", "bearer".
    public var credentials: [Pair] = []
    public var isTLS = false
    public var peerAddress = ""
    public var peerPort: UInt32 = 0

    public struct Pair: Equatable, Sendable {
        public var key: String
        public var value: String
        public init(_ key: String, _ value: String) {
            self.key = key
            self.value = value
        }
    }

    public init(_ action: Action, app: String, stream: String) {
        self.action = action
        self.app = app
        self.stream = stream
    }

    /// The first value of a key; "" when there is none.
    func credential(_ key: String) -> String { credentials.first { $0.key == key }?.value ?? "" }
    func parameter(_ key: String) -> String { query.first { $0.key == key }?.value ?? "" }

    /// The query again, percent-encoded.
    var queryText: String {
        query.map { FormCoding.encode($0.key) + "=" + FormCoding.encode($0.value) }.joined(separator: "&")
    }
}

/// application/x-www-form-urlencoded, by percent-encoding alone (RFC 3986 §2.1): no server reads `%20` as anything else.
enum FormCoding {
    static func encode(_ text: String) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: result.append(byte)
            default: result += [UInt8(ascii: "%"), digit(byte >> 4), digit(byte & 15)]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Of 0 to 15.
    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }
}
