/// The rules for plugin ids and for the words of the command line.
public enum PluginID {
    /// True for 1 to 32 of `a-z`, `0-9` and `-`.
    public static func isValid(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || $0 == UInt8(ascii: "-")
            }
    }

    /// Words of the host that a plugin's id or command cannot take: the command line's own, and the keys of `[app.NAME]`.
    public static let reserved: Set<String> = [
        "serve", "check", "reload", "app", "plugin", "stream", "session", "events", "conform", "new", "help", "version", "sluice",
        "auth", "outputs", "open", "latency", "duplicate", "viewers", "step", "host",
    ]
}
