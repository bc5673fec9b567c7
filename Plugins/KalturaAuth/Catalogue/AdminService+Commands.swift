import KalturaCore
import SluiceJSON

/// What a command prints, and its exit code: 0 good, 1 failed, 2 wrong usage.
public struct CommandOutput: Hashable, Sendable {
    public var exitCode: Int32
    public var standardOutput: String
    public var standardError: String
}

extension AdminService {
    /// Runs `sluice kaltura ARGUMENTS…`. `readFile` answers a file's content, or why it cannot be read.
    public func run(
        _ arguments: [String], readFile: (String) -> Result<[UInt8], CatalogueError>
    ) -> CommandOutput {
        let parsed: ParsedCommand
        do throws(CommandLineError) {
            parsed = try ParsedCommand(arguments)
        } catch {
            switch error {
            case .help(let text): return CommandOutput(exitCode: 0, standardOutput: text, standardError: "")
            case .usage(let problem): return CommandOutput(exitCode: 2, standardOutput: "", standardError: problem + "\n")
            }
        }
        var request = parsed.request
        if let file = parsed.file {
            switch readFile(file) {
            case .success(let bytes): request.body = bytes
            case .failure(let error):
                return CommandOutput(exitCode: 1, standardOutput: "", standardError: error.description + "\n")
            }
        }
        return output(handle(request), parsed)
    }

    private func output(_ response: AdminResponse, _ parsed: ParsedCommand) -> CommandOutput {
        guard response.status < 300 else {
            let message = response.json["error"]?["message"]?.stringValue ?? "failed"
            let text = parsed.json ? response.json.serialized() : TextTable.clean(message)
            return CommandOutput(exitCode: 1, standardOutput: "", standardError: text + "\n")
        }
        let text = parsed.json ? response.json.serialized() + "\n" : CommandText.text(response.json, parsed.command)
        return CommandOutput(exitCode: 0, standardOutput: text, standardError: "")
    }
}
