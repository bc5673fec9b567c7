/// Where a playlist's URI leads on the same server.
public enum ResourcePath {
    /// The path, with its query, of `uri` as written in the playlist at `path`; nil when it leads to another server.
    public static func resolve(_ uri: String, in path: String, address: String) -> String? {
        if uri.hasPrefix("http://") {
            let rest = uri.dropFirst(7)
            guard rest.hasPrefix(address + "/") else { return nil }
            return String(rest.dropFirst(address.count))
        }
        if uri.contains("://") || uri.hasPrefix("//") { return nil }
        if uri.hasPrefix("/") { return uri }
        var folders = path.prefix { $0 != "?" }.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        var rest = uri[...]
        while rest.hasPrefix("../") || rest.hasPrefix("./") {
            if rest.hasPrefix("../"), folders.count > 1 { folders.removeLast() }
            rest = rest.dropFirst(rest.hasPrefix("../") ? 3 : 2)
        }
        return folders.joined(separator: "/") + "/" + rest
    }
}
