import ArgumentParser

/// `sluice reload`.
struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "A running server reads its configuration and certificate again. A file with errors changes nothing.")

    @OptionGroup var options: ListingOptions

    func run() throws {
        let change = try options.client().post("/api/v1/reload", [:], timeout: .seconds(30))
        guard !options.json else { return Output.line(change.serialized(pretty: true)) }
        let words = [
            ("added", "apps added"), ("removed", "apps removed"), ("changed", "apps changed"), ("applied", "settings in force"),
            ("needs_restart", "not before a restart"),
        ]
        let lines = words.compactMap { key, text in
            let names = (change[key]?.arrayValue ?? []).compactMap(\.stringValue)
            return names.isEmpty ? nil : "\(text): \(Output.safe(names.joined(separator: ", ")))"
        }
        Output.line(lines.isEmpty ? "nothing differs" : lines.joined(separator: "\n"))
    }
}
