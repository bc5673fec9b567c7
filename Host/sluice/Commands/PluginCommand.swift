import ArgumentParser

/// `sluice plugin …`.
struct PluginCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugin", abstract: "The plugins of a running server.", subcommands: [List.self, Show.self],
        defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists all plugins with their state and its reason.")
        @OptionGroup var options: ListingOptions

        func run() throws {
            try options.list("/api/v1/plugins", "plugins", ["ID", "STATE", "VERSION", "INTERFACES", "REASON"]) { plugin in
                let interfaces = plugin["interfaces"]?.arrayValue?.compactMap { $0.stringValue.map(Self.short) } ?? []
                return [
                    plugin.cell("id"), plugin.cell("state"), plugin.cell("version"), interfaces.joined(separator: " "),
                    plugin.cell("reason"),
                ]
            }
        }

        /// `sluice.sink/0` is `sink`.
        static func short(_ interface: String) -> String {
            let noun = interface.hasPrefix("sluice.") ? interface.dropFirst(7) : interface[...]
            return String(noun.split(separator: "/").first ?? noun)
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows one plugin.")
        @OptionGroup var options: ListingOptions
        @Argument(help: "The plugin's id.") var id: String

        func run() throws { try options.show("/api/v1/plugins/\(AdminClient.escaped(id))") }
    }
}
