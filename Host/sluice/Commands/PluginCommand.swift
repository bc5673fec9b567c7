import ArgumentParser
import SluiceJSON

/// `sluice plugin …`.
struct PluginCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugin", abstract: "The plugins of a running server.",
        subcommands: [
            List.self, Show.self, InstallCommand.self, Load.self, Reload.self, Restart.self, Disable.self, Enable.self,
        ],
        defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists all plugins with their state and its reason.")
        @OptionGroup var options: ListingOptions

        func run() throws {
            try options.list("/api/v1/plugins", "plugins", ["ID", "STATE", "VERSION", "INTERFACES", "REASON"]) { plugin in
                let interfaces = plugin["interfaces"]?.arrayValue?.compactMap { $0.stringValue.map(Self.short) } ?? []
                return [
                    plugin.cell("id"), plugin.cell("state"), plugin.cell("version"), interfaces.joined(separator: " "),
                    Self.reason(plugin),
                ]
            }
        }

        /// Why it does not serve, and what to do about it where the host knows.
        private static func reason(_ plugin: JSONValue) -> String {
            [plugin.cell("reason"), plugin.cell("hint")].filter { !$0.isEmpty }.joined(separator: ": ")
        }

        /// `sluice.sink/1` is `sink`.
        static func short(_ interface: String) -> String {
            let noun = interface.hasPrefix("sluice.") ? interface.dropFirst(7) : interface[...]
            return String(noun.split(separator: "/").first ?? noun)
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows one plugin: its generations, and what keeps each alive.")
        @OptionGroup var options: ListingOptions
        @Argument(help: "The plugin's id.") var id: String

        func run() throws {
            let plugin = try options.client().get("/api/v1/plugins/\(AdminClient.escaped(id))")
            if options.json { return Output.line(plugin.serialized(pretty: true)) }
            for line in PluginReport(plugin: plugin).lines { Output.line(line) }
        }
    }
}

/// The words that change a plugin: each waits until the change is made, and says what came of it.
extension PluginCommand {
    struct Load: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Loads a plugin that does not serve.")
        @OptionGroup var options: ListingOptions
        @Argument(help: "The plugin's id.") var id: String

        func run() throws { try options.change("load", id) }
    }

    struct Reload: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Replaces a plugin's code while it serves.",
            discussion: """
                Loads the library anew beside the old one, hands sessions and streams over, and lets the old one go. Whatever fails on \
                the way leaves the old one serving.
                """)
        @OptionGroup var options: ListingOptions
        @Argument(help: "The plugin's id.") var id: String
        @Flag(help: "Return when the health window (5 s) is over, not when the new generation serves.") var wait = false

        func run() throws { try options.change("reload", id, query: wait ? "?wait=1" : "") }
    }

    struct Restart: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Replaces a plugin without handover: its sessions end.")
        @OptionGroup var options: ListingOptions
        @Argument(help: "The plugin's id.") var id: String

        func run() throws { try options.change("restart", id) }
    }

    struct Disable: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Takes a plugin out of service, over restarts, too.")
        @OptionGroup var options: ListingOptions
        @Argument(help: "The plugin's id.") var id: String

        func run() throws { try options.change("disable", id) }
    }

    struct Enable: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Takes `disable` back.")
        @OptionGroup var options: ListingOptions
        @Argument(help: "The plugin's id.") var id: String

        func run() throws { try options.change("enable", id) }
    }
}

extension ListingOptions {
    /// Asks for a change of a plugin and prints what came of it.
    fileprivate func change(_ word: String, _ id: String, query: String = "") throws {
        let client = try client()
        let answer = try client.post("/api/v1/plugins/\(AdminClient.escaped(id))/\(word)\(query)", [:], timeout: .seconds(60))
        if json { return Output.line(answer.serialized(pretty: true)) }
        let milliseconds = answer["ms"]?.intValue.map { $0 > 0 ? " in \($0) ms" : "" } ?? ""
        Output.line("\(id): \(answer["text"]?.stringValue ?? "done")\(milliseconds)")
    }
}
