/// The head of an HTTP/1.1 response: its status and how its body ends.
public struct HTTPHead: Equatable, Sendable {
    public var status: Int
    public var isChunked = false
    public var contentLength: Int?
    public var closes = false

    public init(status: Int, isChunked: Bool = false, contentLength: Int? = nil, closes: Bool = false) {
        self.status = status
        self.isChunked = isChunked
        self.contentLength = contentLength
        self.closes = closes
    }

    /// Reads a head without its empty line.
    public init(parsing text: [UInt8]) throws(WireFault) {
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: true)
        guard let first = lines.first, first.hasPrefix("HTTP/1.") else { throw .httpHead }
        let words = first.split(separator: " ")
        guard words.count >= 2, let status = Int(words[1]) else { throw .httpHead }
        self.init(status: status)
        closes = first.hasPrefix("HTTP/1.0")
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].lowercased().drop { $0 == " " }
            switch line[..<colon].lowercased() {
            case "transfer-encoding": isChunked = value.hasPrefix("chunked")
            case "content-length": contentLength = Int(value)
            case "connection": closes = value.hasPrefix("close") ? true : value.hasPrefix("keep-alive") ? false : closes
            default: break
            }
        }
    }
}
