/// Where a connection wants to go: `tcUrl` and `app` of a connect command as one value.
///
/// `rtmp://h/app`, `rtmp://h/app/instance`, `rtmp://h/app?k=v`, `rtmp://h/app/?k=v`, and path pairs
/// (`rtmp://h/app/p/102/t/…`): the first path part is the app, the rest of the path and the query go on untouched.
public struct RTMPAddress: Sendable, Equatable {
    /// Longest `tcUrl` or `app`, bytes.
    public static let longest = 4096

    /// `rtmp`, `rtmps`, … in lower case; empty without a `tcUrl`.
    public let scheme: String
    /// Host name or address as in `tcUrl`, without port; empty without a `tcUrl`.
    public let host: String
    public let port: UInt16?
    public let app: RTMPName
    /// What follows the app in the path, without the slashes at its ends; may carry credentials.
    public let path: String
    /// Of `tcUrl` where that has one, else of `app`.
    public let query: RTMPQuery

    /// Takes the app's name from `app`, or from `tcUrl` where that is empty.
    public init(tcUrl: String, app: String) throws(RTMPNameFault) {
        guard tcUrl.utf8.count <= Self.longest, app.utf8.count <= Self.longest else { throw .tooLong(limit: Self.longest) }
        try RTMPName.check(tcUrl)
        try RTMPName.check(app)
        let url = RTMPAddress.split(url: tcUrl)
        scheme = url.scheme
        (host, port) = Self.split(authority: url.authority)
        let (urlPath, urlQuery) = Self.cut(url.rest, at: "?")
        let (appPath, appQuery) = Self.cut(app[...], at: "?")
        let wanted = Self.trim(appPath).isEmpty ? Self.trim(urlPath) : Self.trim(appPath)
        let (name, path) = Self.cut(wanted, at: "/")
        self.app = try RTMPName(name)
        self.path = String(Self.trim(path ?? ""))
        query = try RTMPQuery(urlQuery ?? appQuery ?? "")
    }

    private static func split(url: String) -> (scheme: String, authority: Substring, rest: Substring) {
        let (scheme, rest) = cut(url[...], at: ":")
        guard let rest, rest.hasPrefix("//") else { return ("", "", "") }
        let authority = Substring(rest.utf8.dropFirst(2).prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") })
        return (scheme.lowercased(), authority, rest[authority.endIndex...])
    }

    private static func split(authority: Substring) -> (String, UInt16?) {
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            let port = authority[authority.index(after: end)...].drop { $0 == ":" }
            return (String(authority[authority.index(after: authority.startIndex)..<end]), UInt16(port))
        }
        let (host, port) = cut(authority, at: ":")
        return (String(host), port.flatMap { UInt16($0) })
    }

    /// What is before and behind the first `mark`; nil behind where there is none. By bytes, so that a combining
    /// character behind the mark hides nothing.
    static func cut(_ text: Substring, at mark: Unicode.Scalar) -> (Substring, Substring?) {
        guard let place = text.utf8.firstIndex(where: { UInt32($0) == mark.value }) else { return (text, nil) }
        return (text[..<place], text[text.utf8.index(after: place)...])
    }

    static func trim(_ text: Substring) -> Substring {
        var bytes = text.utf8.drop { $0 == UInt8(ascii: "/") }
        while bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
        return Substring(bytes)
    }
}
