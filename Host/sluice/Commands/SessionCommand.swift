import ArgumentParser

/// `sluice session …`.
struct SessionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session", abstract: "The connections of a running server.", subcommands: [List.self, Kick.self],
        defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists all sessions.")
        @OptionGroup var options: ListingOptions

        func run() throws {
            let headings = ["ID", "PLUGIN", "PEER", "PUBLISHES", "PLAYS", "PRINCIPAL", "CLIENT"]
            try options.list("/api/v1/sessions", "sessions", headings) { session in
                ["id", "plugin", "peer", "publishes", "plays", "principal", "client"].map { session.cell($0) }
            }
        }
    }

    struct Kick: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Ends a session.")
        @OptionGroup var options: ListingOptions
        @Argument(help: "The session's id, as listed.") var id: String

        func run() throws {
            let answer = try options.client().delete("/api/v1/sessions/\(AdminClient.escaped(id))")
            if options.json { Output.line(answer.serialized(pretty: true)) }
        }
    }
}
