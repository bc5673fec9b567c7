/// `sluice token …`: the plugin's own commands, as a function of words.
public enum TokenCommand: Equatable, Sendable {
    case help
    /// Makes the query of a signed address.
    case sign(TokenWish, app: String, seconds: Int64)

    public static let usage = """
        usage: sluice token sign APP/STREAM [--action publish|play] [--for SECONDS] [--ip ADDRESS]

        Prints the query of an address that may be used until then: append it behind "?". Signed with the first of address_secrets,
        of [app.APP.token] or of the manifest's [config]. Default: play, 3600 seconds, any peer.

        """

    /// - Throws: what is wrong, for the one who typed it.
    public init(_ words: [String]) throws(TokenCommandError) {
        guard let first = words.first, first != "help", first != "--help", first != "-h" else {
            self = .help
            return
        }
        guard first == "sign" else { throw TokenCommandError("unknown command \"\(first)\"") }
        var (action, seconds, address, key): (TokenWish.Action, Int64, String, String?) = (.play, 3600, "", nil)
        var rest = words.dropFirst()
        while let word = rest.popFirst() {
            switch word {
            case "--action":
                guard let value = rest.popFirst().flatMap(TokenWish.Action.init) else {
                    throw TokenCommandError("--action is publish or play")
                }
                action = value
            case "--for":
                guard let value = rest.popFirst().flatMap({ Int64($0) }), (1...315_360_000).contains(value) else {
                    throw TokenCommandError("--for is a number of seconds, at most ten years")
                }
                seconds = value
            case "--ip":
                guard let value = rest.popFirst(), !value.isEmpty else { throw TokenCommandError("--ip needs an address") }
                address = value
            default:
                guard !word.hasPrefix("-"), key == nil else { throw TokenCommandError("unknown argument \"\(word)\"") }
                key = word
            }
        }
        let parts = (key ?? "").split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else { throw TokenCommandError("give APP/STREAM") }
        let app = String(parts[0])
        self = .sign(TokenWish(action, app: app, stream: String(parts[1]), address: address), app: app, seconds: seconds)
    }
}

public struct TokenCommandError: Error, Equatable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}
