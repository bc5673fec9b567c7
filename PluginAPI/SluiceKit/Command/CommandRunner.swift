/// Interface `sluice.command/1`: the plugin's own command line.
public protocol CommandRunner: Plugin {
    /// Runs `sluice NAME arguments…`. A thrown error prints its text and exits with 1.
    func run(_ arguments: [String]) async throws -> CommandResult
}

/// What a command prints, and its exit code: 0 good, 1 failed, 2 wrong usage.
public struct CommandResult: Sendable {
    /// 0 good, 1 failed, 2 wrong usage.
    public var exitCode: Int32
    /// What it prints.
    public var standardOutput: String
    /// What it says of failures.
    public var standardError: String

    /// A result; by default a silent success.
    public init(exitCode: Int32 = 0, standardOutput: String = "", standardError: String = "") {
        self.exitCode = exitCode
        self.standardOutput = standardOutput
        self.standardError = standardError
    }
}

/// Interface `sluice.observer/1`: hears events, in order, on the control thread.
///
/// `config.reloaded` comes after the configuration was read again; its member `plugins` says for which apps `Host.appConfiguration` now
/// answers otherwise, by plugin id.
public protocol EventObserver: Plugin {
    /// One event: `stream.live`, `session.closed`, `ID.type` …, with a JSON object.
    func observe(_ type: String, json: String)
}

/// Interface `sluice.selftest/1`: checks itself before it becomes active; quick and without effects outside.
public protocol SelfTesting: Plugin {
    /// A thrown error keeps the plugin from becoming active, with its reason.
    func selfTest() throws
}

/// Runs the command in a task of its own and replies with what it returns.
func runCommand(
    _ box: InstanceBox, _ call: sluice_handle, _ argv: UnsafePointer<sluice_text>?, _ argc: UInt32
) -> Int32 {
    guard let runner = box.commands, let service = box.host.command else { return SLUICE_E_UNSUPPORTED }
    let arguments = UnsafeBufferPointer(start: argv, count: argv == nil ? 0 : Int(argc)).map(\.string)
    let host = box.host
    nonisolated(unsafe) let table = service
    Task {
        var result: CommandResult
        do {
            result = try await runner.run(arguments)
        } catch {
            result = CommandResult(exitCode: 1, standardError: "\(error)\n")
        }
        withText(result.standardOutput) { output in
            withText(result.standardError) { _ = table.pointee.reply(host.pointer, call, result.exitCode, output, $0) }
        }
    }
    return SLUICE_OK
}
