import ArgumentParser

/// `sluice new …`: things to begin with. Needs no server, no network, and no file beside this executable.
struct NewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Begins something: a plugin of your own.", subcommands: [NewPlugin.self])

    /// `sluice new plugin NAME --kind KIND --language LANGUAGE`.
    struct NewPlugin: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "plugin", abstract: "Makes a folder with a small complete plugin that builds on its own.",
            discussion: "Templates: \(PluginTemplate.list).")

        @Argument(help: "The plugin's id, and the folder's name: 1 to 32 of a-z, 0-9 and -.") var name: String
        @Option(help: "What it offers: auth, sink, routes, protocol, source, transform.") var kind: String
        @Option(help: "c, swift or rust.") var language: String

        func run() throws {
            if let reason = PluginTemplate.refusal(ofName: name) { throw Failure(Exit.usage, reason) }
            let template = try PluginTemplate.find(kind: kind, language: language)
            try NewFolder(path: name).write(template.files(named: name))
            Output.line(
                """
                \(name): a plugin of kind \(kind) in the folder \(name)
                  cd \(name)
                  ./test                            its own logic, without a server
                  ./build                           leaves \(name).so
                  sluice conform \(name).so
                  sluice plugin install \(name).so
                README.md says what is where.
                """)
        }
    }
}
