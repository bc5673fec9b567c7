extension Command {
    /// All commands, in the order of the help.
    static let all: [Command] =
        partnerCommands + entryCommands + [
            Command(
                words: ["import"], argument: .file,
                summary: "take partners, profiles and entries of a JSON file; give its absolute path",
                method: "POST", collection: "import"),
            Command(
                words: ["copy"], summary: "take all partners, profiles and entries of one store into the other",
                options: [
                    Option(
                        name: "--from", placeholder: "STORE", help: "sqlite or mongodb", target: .text("from"), required: true),
                    Option(name: "--to", placeholder: "STORE", help: "the other", target: .text("to"), required: true),
                ],
                method: "POST", collection: "copy"),
            Command(words: ["live"], summary: "who publishes to the running server", method: "GET", collection: "live"),
            Command(
                words: ["kill"], argument: .what,
                summary: "close the connections that publish an entry, a stream or have an id of `live`, within seconds",
                method: "POST", collection: "kill"),
            Command(words: ["info"], summary: "the running server as a whole", method: "GET", collection: "info"),
            Command(
                words: ["rejections"], summary: "the last 100 refused connections of the running server", method: "GET",
                collection: "rejections"),
        ]

    private static let partnerCommands: [Command] = [
        Command(
            words: ["partner", "add"], argument: .partner, summary: "add an account", options: fields(Field.partner),
            method: "POST", collection: "partners", argumentInBody: true),
        Command(
            words: ["partner", "list"], summary: "list the accounts", options: paging, method: "GET", collection: "partners"),
        Command(
            words: ["partner", "show"], argument: .partner, summary: "show one account", method: "GET", collection: "partners"),
        Command(
            words: ["partner", "set"], argument: .partner, summary: "change an account", options: fields(Field.partner),
            method: "PATCH", collection: "partners"),
        Command(
            words: ["partner", "block"], argument: .partner, summary: "refuse all publishers of an account", method: "PATCH",
            collection: "partners", fixed: [("blocked", true)]),
        Command(
            words: ["partner", "unblock"], argument: .partner, summary: "let them publish again", method: "PATCH",
            collection: "partners", fixed: [("blocked", false)]),
        Command(
            words: ["partner", "remove"], argument: .partner, summary: "remove an account",
            options: [
                Option(
                    name: "--with-entries", placeholder: "", help: "and all of its entries", target: .queryFlag("with_entries"))
            ],
            method: "DELETE", collection: "partners"),
    ]

    private static let entryCommands: [Command] = [
        Command(
            words: ["entry", "add"], argument: .entry, summary: "add a live channel; a token option is needed",
            options: [partner(required: true)] + tokens + fields(Field.entry), method: "POST", collection: "entries",
            argumentInBody: true),
        Command(
            words: ["entry", "list"], summary: "list the channels",
            options: [Option(name: "--partner", placeholder: "ID", help: "of this account only", target: .query("partner"))]
                + paging,
            method: "GET", collection: "entries"),
        Command(
            words: ["entry", "show"], argument: .entry, summary: "show one channel", method: "GET", collection: "entries"),
        Command(
            words: ["entry", "set"], argument: .entry, summary: "change a channel",
            options: [partner(required: false)] + fields(Field.entry), method: "PATCH", collection: "entries"),
        Command(
            words: ["entry", "set-token"], argument: .entry, summary: "give a channel another token", options: tokens,
            method: "PATCH", collection: "entries"),
        Command(
            words: ["entry", "enable"], argument: .entry, summary: "let it be published", method: "PATCH",
            collection: "entries", fixed: [("enabled", true)]),
        Command(
            words: ["entry", "disable"], argument: .entry, summary: "make it unknown to publishers", method: "PATCH",
            collection: "entries", fixed: [("enabled", false)]),
        Command(
            words: ["entry", "remove"], argument: .entry, summary: "remove a channel", method: "DELETE",
            collection: "entries"),
    ]

    private static let paging: [Option] = [
        Option(name: "--after", placeholder: "ID", help: "only what follows this id", target: .query("after")),
        Option(name: "--limit", placeholder: "N", help: "at most so many, up to 1000", target: .query("limit")),
    ]

    private static let tokens: [Option] = [
        Option(name: "--token", placeholder: "TOKEN", help: "the token", target: .text("token")),
        Option(
            name: "--token-sha256", placeholder: "HEX", help: "store only this SHA-256 of it", target: .text("token_sha256")),
        Option(
            name: "--generate-token", placeholder: "", help: "make one, and print it once", target: .flag("generate_token")),
    ]

    private static func partner(required: Bool) -> Option {
        Option(name: "--partner", placeholder: "ID", help: "the account it belongs to", target: .partner, required: required)
    }

    private static func fields(_ fields: [Field]) -> [Option] {
        fields.map { Option(name: $0.option, placeholder: $0.placeholder, help: $0.help, target: .member($0)) }
    }
}
