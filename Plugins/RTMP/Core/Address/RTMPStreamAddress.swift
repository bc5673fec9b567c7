/// The stream that a publish or play names: `name?k=v`, with leading slashes and a container prefix taken off.
public struct RTMPStreamAddress: Sendable, Equatable {
    public let name: RTMPName
    /// Parameters behind the name's `?`.
    public let query: RTMPQuery

    public init(_ raw: String) throws(RTMPNameFault) {
        guard raw.utf8.count <= RTMPAddress.longest else { throw .tooLong(limit: RTMPAddress.longest) }
        let (path, query) = RTMPAddress.cut(raw[...], at: "?")
        var text = RTMPAddress.trim(path)
        for prefix in ["mp4:", "flv:", "mp3:"] where text.hasPrefix(prefix) {
            text = RTMPAddress.trim(text.dropFirst(prefix.count))
            break
        }
        name = try RTMPName(text)
        if let query { try RTMPName.check(query) }
        self.query = try RTMPQuery(query ?? "")
    }
}
