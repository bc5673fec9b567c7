/// A further process of a plugin that is in service already: told at once what the first one was told, step by step.
extension Supervisor {
    /// Before its thread begins: it takes the place of a process that has died.
    func begin(
        like first: (description: ModuleDescription?, interfaces: InterfaceDescription?, configuration: [UInt8]?),
        services: HostServices, processors: [UInt32], isUnneeded: @escaping () -> Bool
    ) {
        description = first.description
        interfaces = first.interfaces
        configuration = first.configuration
        isCreated = true
        self.processors = processors
        self.isUnneeded = isUnneeded
        diedAt = monotonicNanoseconds()
        restartAt = diedAt
        shared.withLock { shared in
            shared.services = services
            shared.isActive = true
            shared.figures.state = .restarting
            shared.figures.restarts = -1
        }
    }

    /// [any] Tells a changed configuration, and waits for nothing.
    func leave(configuration: [UInt8]) {
        let operation = Operation(.configure, deadline: monotonicNanoseconds() &+ 10_000_000_000) { $0.fields(configuration) }
        shared.withLock { if !$0.hasEnded, !$0.isStopping { $0.operations.append(operation) } }
        wake()
    }
}
