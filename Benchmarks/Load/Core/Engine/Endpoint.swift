/// Where a URL leads: `rtmp://host[:port]/app/stream`, `http://host[:port]/path`. `%d` stands for the stream number.
public struct Endpoint: Equatable, Sendable {
    public enum Scheme: String, Sendable { case rtmp, http }

    public let scheme: Scheme
    public let host: String
    public let port: UInt16
    /// With its leading slash and its query.
    public let path: String

    public init(_ url: String) throws(UsageError) {
        let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[1].isEmpty, parts[0].hasSuffix(":"),
            let scheme = Scheme(rawValue: String(parts[0].dropLast()))
        else { throw UsageError("the URL must begin with rtmp:// or http://: \(url)") }
        let authority = parts[2].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let host = authority.first, !host.isEmpty else { throw UsageError("no host in \(url)") }
        self.scheme = scheme
        self.host = String(host)
        if authority.count > 1 {
            guard let port = UInt16(authority[1]) else { throw UsageError("bad port in \(url)") }
            self.port = port
        } else {
            port = scheme == .rtmp ? 1935 : 80
        }
        path = parts.count > 3 ? "/" + parts[3] : "/"
        if scheme == .rtmp, Self.name(path).isEmpty { throw UsageError("an RTMP URL must be rtmp://host[:port]/app/stream") }
    }

    /// host:port.
    public var address: String { "\(host):\(port)" }
    /// Whether the stream number is part of it.
    public var isNumbered: Bool { path.contains("%d") }
    /// Whether it names an HLS playlist.
    public var isPlaylist: Bool { scheme == .http && path.prefix { $0 != "?" }.hasSuffix(".m3u8") }

    /// The path for a stream.
    public func path(stream: Int) -> String {
        guard let range = path.firstRange(of: "%d") else { return path }
        return path[..<range.lowerBound] + "\(stream)" + path[range.upperBound...]
    }

    /// The RTMP application of a stream.
    public func app(stream: Int) -> String { String(path(stream: stream).dropFirst().prefix { $0 != "/" }) }
    /// The RTMP stream name, with its query.
    public func name(stream: Int) -> String { Self.name(path(stream: stream)) }

    private static func name(_ path: String) -> String { String(path.dropFirst().drop { $0 != "/" }.dropFirst()) }
}
