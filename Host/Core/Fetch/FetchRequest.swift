import HostPaths

/// One request of a plugin's.
public struct FetchRequest: Sendable {
    public var method: String
    public var address: String
    public var headers: [(String, String)]
    public var body: [UInt8]
    /// From now until the whole answer is there.
    public var nanoseconds: UInt64
    /// Bytes of the answer's body.
    public var responseLimit: Int

    public static let bodyLimit = 16 << 20
    public static let headerLimit = 64

    public init(
        method: String = "GET", address: String, headers: [(String, String)] = [], body: [UInt8] = [],
        nanoseconds: UInt64 = 8_000_000_000, responseLimit: Int = 1 << 20
    ) {
        self.method = method
        self.address = address
        self.headers = headers
        self.body = body
        self.nanoseconds = nanoseconds
        self.responseLimit = responseLimit
    }

    /// Checked before anything leaves.
    func origin(allowedBy egress: [Origin]) throws(FetchError) -> Origin {
        guard let origin = Origin(address: address), !origin.host.contains("*") else {
            throw .invalid("the address is no http or https address, or holds user information")
        }
        guard !method.isEmpty, method.utf8.count <= 32, method.utf8.allSatisfy(Self.isToken) else {
            throw .invalid("the method is no HTTP token")
        }
        guard headers.count <= Self.headerLimit else { throw .invalid("more than \(Self.headerLimit) headers") }
        for (name, value) in headers {
            guard !name.isEmpty, name.utf8.allSatisfy(Self.isToken) else { throw .invalid("a header's name is no HTTP token") }
            guard value.utf8.count <= 16 << 10, value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                throw .invalid("the value of \(name) has control characters, or is over 16 KiB")
            }
            if ["host", "content-length", "transfer-encoding", "connection", "upgrade"].contains(name.lowercased()) {
                throw .invalid("\(name) is the host's to write")
            }
        }
        guard body.count <= Self.bodyLimit else { throw .invalid("the body is over \(Self.bodyLimit) bytes") }
        guard egress.contains(where: { $0.covers(origin) }) else { throw .denied(origin: origin.description) }
        return origin
    }

    /// RFC 9110 §5.6.2.
    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: Array("!#$%&'*+-.^_`|~".utf8).contains(byte)
        }
    }
}

/// What came back.
public struct FetchAnswer: Sendable {
    public var status: Int
    /// Names in lower case.
    public var headers: [(String, String)]
    public var body: [UInt8]
}
