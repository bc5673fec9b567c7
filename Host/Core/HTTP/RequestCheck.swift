import NIOHTTP1

/// What is checked of every head before anything is routed: one meaning only, or a refusal (RFC 9112 §6, RFC 9110 §7.2).
enum RequestCheck {
    struct Problem: Equatable {
        let status: Int
        let reason: String
    }

    enum BodyLength: Equatable {
        case none
        case length(Int)
        case chunked
    }

    /// The first thing that could make another reader see another request; the connection is closed behind the refusal.
    static func framing(_ head: HTTPRequestHead) -> Problem? {
        let headers = head.headers
        let lengths = headers["content-length"]
        let encodings = headers["transfer-encoding"]
        if !lengths.isEmpty, !encodings.isEmpty {
            return Problem(status: 400, reason: "both Content-Length and Transfer-Encoding")
        }
        if lengths.count > 1 { return Problem(status: 400, reason: "more than one Content-Length") }
        if let length = lengths.first, number(length) == nil { return Problem(status: 400, reason: "bad Content-Length") }
        if !encodings.isEmpty {
            guard head.version.minor > 0 else { return Problem(status: 400, reason: "Transfer-Encoding in HTTP/1.0") }
            guard encodings.count == 1, encodings.first?.lowercased() == "chunked" else {
                return Problem(status: 400, reason: "Transfer-Encoding other than chunked")
            }
        }
        for (name, value) in headers {
            guard HTTPHead.isToken(name) else { return Problem(status: 400, reason: "bad header name") }
            guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                return Problem(status: 400, reason: "control character in a header")
            }
        }
        let hosts = headers["host"]
        if hosts.count > 1 || (hosts.isEmpty && head.version.minor > 0) {
            return Problem(status: 400, reason: "exactly one Host is needed")
        }
        if let host = hosts.first, !isHost(host) { return Problem(status: 400, reason: "bad Host") }
        return nil
    }

    static func bodyLength(_ head: HTTPRequestHead) -> BodyLength {
        if head.headers.contains(name: "transfer-encoding") { return .chunked }
        guard let length = head.headers.first(name: "content-length").flatMap(number), length > 0 else { return .none }
        return .length(length)
    }

    /// The value of `Allow`: each method once, GET with HEAD, OPTIONS last.
    static func allow(_ methods: [HTTPMethod]) -> String {
        var names: [String] = []
        for method in methods + [.OPTIONS] where !names.contains(method.rawValue) {
            names.append(method.rawValue)
            if method == .GET, !names.contains("HEAD") { names.append("HEAD") }
        }
        return names.joined(separator: ", ")
    }

    /// The answer to OPTIONS; with cross-origin headers it is the answer to a preflight (Fetch §4.8).
    static func options(_ allow: String, crossOrigin: Bool) -> HTTPResponse {
        var headers: HTTPHeaders = ["Allow": allow]
        if crossOrigin {
            headers.add(name: "Access-Control-Allow-Methods", value: allow)
            headers.add(
                name: "Access-Control-Allow-Headers", value: "Authorization, Content-Type, If-Match, If-None-Match, Range")
            headers.add(name: "Access-Control-Max-Age", value: "86400")
        }
        return HTTPResponse(status: 204, headers: headers)
    }

    private static func number(_ text: String) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 18, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return Int(text)
    }

    private static func isHost(_ text: String) -> Bool {
        text.utf8.count <= 300
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "-._~:[]%!$&'()*+,;=".utf8.contains(byte)
                }
            }
    }
}
