/// The help texts, made from the list of commands.
enum CommandHelp {
    static var overview: String { overview(of: Command.all) }

    static func overview(of commands: [Command]) -> String {
        let rows = commands.map { ["  " + usage($0), $0.summary] }
        return """
            usage: sluice kaltura COMMAND [--json]

            \(TextTable.text(rows))
            Each command explains its options with --help. --json prints the answer as JSON.

            """
    }

    static func text(_ command: Command) -> String {
        let options =
            command.options.map { option in
                ["  \(option.name) \(option.placeholder)", option.help + (option.required ? " (needed)" : "")]
            } + [["  --json", "print the answer as JSON"]]
        return """
            \(command.summary)

            usage: sluice kaltura \(usage(command)) [options]

            \(TextTable.text(options))
            """
    }

    private static func usage(_ command: Command) -> String {
        (command.words + (command.argument.map { [$0.placeholder] } ?? [])).joined(separator: " ")
    }
}
