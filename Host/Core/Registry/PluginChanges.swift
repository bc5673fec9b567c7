import CSluice
import HostConfig
import NIOCore

/// What an operator's change of a plugin came to, as the API tells it.
struct PluginChange: Sendable {
    var plugin: String
    /// The generation that serves now; 0: none does.
    var generation: UInt64 = 0
    /// From the command to the new generation serving, milliseconds.
    var milliseconds = 0
    /// One line for the operator.
    var text: String
}

/// Why a change was not made. What served before goes on serving.
struct PluginChangeFailure: Error, Sendable, CustomStringConvertible {
    enum Kind: Sendable { case missing, busy, failed }
    var kind = Kind.failed
    var description: String

    init(_ text: String, _ kind: Kind = .failed) {
        self.kind = kind
        description = text
    }
}

/// What is being done to plugins, and which new generations are being watched. Confined to the control thread.
final class PluginChanges: @unchecked Sendable {
    typealias Done = @Sendable (Result<PluginChange, PluginChangeFailure>) -> Void

    /// A new generation in its first seconds; the one before stands by.
    final class Watch {
        let new: PluginGeneration
        let old: PluginGeneration
        let oldManifest: PluginManifest
        var timer: Scheduled<Void>?
        var waiting: [(change: PluginChange, done: Done)] = []

        init(new: PluginGeneration, old: PluginGeneration, oldManifest: PluginManifest) {
            self.new = new
            self.old = old
            self.oldManifest = oldManifest
        }
    }

    /// Ids with a change under way, and which one.
    var busy: [String: UInt64] = [:]
    private var nextChange: UInt64 = 1
    var watches: [String: Watch] = [:]
    /// Generations that wait to be let go of, and until when their sessions may stay.
    var draining: [(generation: PluginGeneration, deadline: UInt64)] = []
    var drainTimer: RepeatedTask?
    /// When plugins were started again for an overrun, monotonic.
    var restarts: [String: [UInt64]] = [:]
    /// An address in each image that runs no more and stays mapped.
    var retiredImages: [UnsafeRawPointer?] = []

    /// Begins a change of a plugin. Nil: one is under way.
    func begin(_ id: String) -> UInt64? {
        guard busy[id] == nil else { return nil }
        defer { nextChange += 1 }
        busy[id] = nextChange
        return nextChange
    }

    /// That change is made, or has failed; a later one may have begun since.
    func end(_ id: String, _ change: UInt64) { if busy[id] == change { busy[id] = nil } }

    /// How long a new generation is watched before the one before is let go of.
    static let healthWindow: UInt64 = 5_000_000_000
    /// So many troubles in it bring the one before back.
    static let troubleLimit = 3
    /// A plugin that went over its hard budget so often within a minute is not started again.
    static let restartLimit = 5
    /// From so many retired images on the operator is told to plan a restart.
    static let retiredLimit = 100
}
