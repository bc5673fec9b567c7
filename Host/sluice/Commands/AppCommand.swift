import ArgumentParser

/// `sluice app …`.
struct AppCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "app", abstract: "The apps of a running server.", subcommands: [List.self, Show.self],
        defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists all apps.")
        @OptionGroup var options: ListingOptions

        func run() throws {
            try options.list("/api/v1/apps", "apps", ["NAME", "AUTH", "OUTPUTS", "LATENCY", "DUPLICATE", "STREAMS"]) { app in
                let auth = app["open"]?.boolValue == true ? "open" : app.cell("auth")
                return [
                    app.cell("name"), auth, app.cell("outputs"), app.cell("latency"), app.cell("duplicate"), app.cell("streams"),
                ]
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows one app.")
        @OptionGroup var options: ListingOptions
        @Argument(help: "The app's name.") var name: String

        func run() throws { try options.show("/api/v1/apps/\(AdminClient.escaped(name))") }
    }
}
