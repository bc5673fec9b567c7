import CSluice
import NIOCore

/// What a plugin's command printed, and its exit code.
struct PluginCommandResult: Sendable {
    var exitCode: Int32
    var standardOutput: String
    var standardError: String
}

/// Plugins' commands under way: each ends once, by reply or after 30 s.
final class PluginCommands: Sendable {
    static let deadline = TimeAmount.seconds(30)

    private final class Call: Sendable {
        let done: @Sendable (PluginCommandResult) -> Void
        let generation: PluginGeneration
        init(_ generation: PluginGeneration, _ done: @escaping @Sendable (PluginCommandResult) -> Void) {
            self.generation = generation
            self.done = done
        }
    }

    private let calls = HandleTable<Call>(kind: HandleKind.command, limit: 1024)

    /// [control] Runs a command of an active or configured generation.
    func run(
        _ generation: PluginGeneration, _ arguments: [String], on loop: any EventLoop,
        _ done: @escaping @Sendable (PluginCommandResult) -> Void
    ) {
        func fail(_ text: String) {
            done(PluginCommandResult(exitCode: 1, standardOutput: "", standardError: "sluice: \(text)\n"))
        }
        guard let table: UnsafePointer<sluice_command_interface> = generation.interface(SLUICE_INTERFACE_COMMAND) else {
            return fail("the plugin \(generation.id) has no commands")
        }
        guard arguments.count <= 256, arguments.reduce(0, { $0 + $1.utf8.count }) <= 64 << 10 else {
            return fail("too many arguments")
        }
        let handle = calls.insert(Call(generation, done))
        guard handle != 0 else { return fail("too many commands run") }
        generation.leases.commands.wrappingAdd(1, ordering: .relaxed)
        loop.scheduleTask(in: Self.deadline) {
            _ = self.finish(
                handle,
                PluginCommandResult(exitCode: 1, standardOutput: "", standardError: "sluice: the plugin did not answer in time\n")
            )
        }
        let arena = TextArena()
        let argv = arguments.map { arena.text($0) }
        var error = sluice_error.make()
        let status = withExtendedLifetime(arena) {
            generation.call(.command, else: SLUICE_E_CANCELLED) {
                table.pointee.run?(generation.instance, handle, argv, UInt32(argv.count), &error) ?? SLUICE_E_UNSUPPORTED
            }
        }
        if status != SLUICE_OK {
            let text = error.reason(or: "the plugin refused the command with status \(status)")
            _ = finish(handle, PluginCommandResult(exitCode: 1, standardOutput: "", standardError: "sluice: \(text)\n"))
        }
    }

    /// [control] Ends the calls of a generation that will not answer.
    func fail(_ generation: PluginGeneration, _ text: String) {
        for handle in calls.handles(where: { $0.generation === generation }) {
            _ = finish(handle, PluginCommandResult(exitCode: 1, standardOutput: "", standardError: "sluice: \(text)\n"))
        }
    }

    /// [any] Ends a call; false when it has ended.
    func finish(_ handle: UInt64, _ result: PluginCommandResult) -> Bool {
        guard let call = calls.remove(handle) else { return false }
        call.generation.leases.commands.wrappingSubtract(1, ordering: .relaxed)
        call.done(result)
        return true
    }
}
