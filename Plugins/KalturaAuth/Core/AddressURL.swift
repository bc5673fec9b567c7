/// An address cut at its delimiters; nothing is decoded.
///
/// Takes a `tcUrl` or an RTMP `app`: anything without `://` is path and query only.
struct AddressURL {
    var scheme = ""
    /// Without user information and port; of an IPv6 literal without its brackets.
    var host = ""
    /// The non-empty parts of the path, up to the first `?` or `#`.
    var segments: [String] = []
    /// Of a stream name: all before the `?`, uncut. Of an address: empty.
    var name = ""
    /// What follows the first `?`, uncut; nil when there is no `?`.
    var query: String?

    /// RTSP gives the whole address at once: the stream's name is a part of the path.
    var isRTSP: Bool { scheme == "rtsp" || scheme == "rtsps" }

    init(_ text: String) {
        var rest = Array(text.utf8)[...]
        if let question = rest.firstIndex(of: ASCII.question) {
            query = String(decoding: rest[(question + 1)...], as: UTF8.self)
            rest = rest[..<question]
        }
        if let mark = Self.schemeLength(rest) {
            scheme = ASCII.lowercased(String(decoding: rest.prefix(mark), as: UTF8.self))
            rest = rest.dropFirst(mark + 3)
            let authority = rest.prefix { $0 != ASCII.slash }
            rest = rest.dropFirst(authority.count)
            host = Self.host(of: authority)
        }
        segments = rest.prefix { $0 != ASCII.hash }.split(separator: ASCII.slash)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    private static func schemeLength(_ bytes: ArraySlice<UInt8>) -> Int? {
        let letters = bytes.prefix { ASCII.isLetter($0) || ASCII.isDigit($0) }.count
        let rest = bytes.dropFirst(letters).prefix(3)
        return letters > 0 && rest.elementsEqual([ASCII.colon, ASCII.slash, ASCII.slash]) ? letters : nil
    }

    private static func host(of authority: ArraySlice<UInt8>) -> String {
        var bytes = authority
        if let at = bytes.lastIndex(of: UInt8(ascii: "@")) { bytes = bytes[(at + 1)...] }
        if bytes.first == UInt8(ascii: "[") {
            bytes = bytes.dropFirst().prefix { $0 != UInt8(ascii: "]") }
        } else {
            bytes = bytes.prefix { $0 != ASCII.colon }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
