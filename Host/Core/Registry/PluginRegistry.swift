// PluginRegistry: what plugins there are, in which state, and why. Loads them once at start; a plugin that fails never stops the host.
// Discovery never runs plugin code. Changed on the control thread, read anywhere.

import CSluice
import HostConfig
import Synchronization

/// The life of a plugin as listings show it.
enum PluginState: String, Sendable {
    case discovered = "DISCOVERED"
    case verified = "VERIFIED"
    case probed = "PROBED"
    case loaded = "LOADED"
    case configured = "CONFIGURED"
    case active = "ACTIVE"
    case disabled = "DISABLED"
    case rejected = "REJECTED"
    case failed = "FAILED"
    /// Its process died too often: it is not started again until the operator says so.
    case quarantined = "QUARANTINED"
    /// Its manifest is gone; listed as long as a generation of it lives.
    case retired = "RETIRED"
}

/// One plugin: its manifest file, what became of it.
struct PluginRecord: Sendable {
    var id: String
    var file: String
    var state: PluginState
    var reason: String
    var hint = ""
    var manifest: PluginManifest?
    var generation: PluginGeneration?
    /// Replaced ones that are not retired yet, oldest first.
    var older: [PluginGeneration] = []
    /// Generations destroyed since the start.
    var retired = 0
    /// Images of them that stay mapped.
    var retiredImages = 0
    /// Whether a generation of it is held that may have sessions, sinks or a process.
    var isInService: Bool { state == .active || state == .quarantined }
    var sha256: String { generation?.loaded.staged.sha256 ?? "" }
}

/// A plugin's sinks, as the router opens them.
struct PluginOutput: @unchecked Sendable {
    struct Format: Sendable, Equatable {
        var format: String
        var variant: String
    }

    let generation: PluginGeneration
    let table: UnsafePointer<sluice_sink_interface>
    let formats: [Format]

    var opensWithStream: Bool { table.pointee.opens == SLUICE_SINK_OPENS_WITH_STREAM }

    init?(_ generation: PluginGeneration) {
        guard let table: UnsafePointer<sluice_sink_interface> = generation.interface(SLUICE_INTERFACE_SINK) else { return nil }
        self.generation = generation
        self.table = table
        var formats: [Format] = []
        if let list = table.pointee.formats {
            let stride = max(Int(table.pointee.format_stride), MemoryLayout<sluice_log_format>.stride)
            for index in 0..<min(Int(table.pointee.format_count), 16) {
                let entry = UnsafeRawPointer(list).advanced(by: index * stride).assumingMemoryBound(to: sluice_log_format.self)
                    .pointee
                formats.append(Format(format: entry.format.string(limit: 64), variant: entry.variant.string(limit: 64)))
            }
        }
        self.formats = formats
    }
}

final class PluginRegistry: Sendable {
    private struct State: Sendable {
        var records: [PluginRecord] = []
        var outputs: [String: PluginOutput] = [:]
        var nextGeneration: UInt64 = 1
    }

    private let state = Mutex(State())

    var records: [PluginRecord] { state.withLock { $0.records } }

    /// The record of that id; what has a manifest goes before what was only found in the folder.
    func record(_ id: String) -> PluginRecord? {
        state.withLock { state in state.records.first { $0.id == id && $0.manifest != nil } ?? state.records.first { $0.id == id }
        }
    }

    /// The active generation of a plugin.
    func active(_ id: String) -> PluginGeneration? {
        state.withLock { $0.records.first { $0.id == id && $0.state == .active }?.generation }
    }

    func output(_ id: String) -> PluginOutput? { state.withLock { $0.outputs[id] } }

    func add(_ record: PluginRecord) { state.withLock { $0.records.append(record) } }

    func nextGeneration() -> UInt64 {
        state.withLock { state in
            defer { state.nextGeneration += 1 }
            return state.nextGeneration
        }
    }

    /// Notes a step, or an end with its reason.
    func set(_ id: String, _ next: PluginState, reason: String = "", generation: PluginGeneration? = nil) {
        state.withLock { state in
            guard let index = state.records.firstIndex(where: { $0.id == id && $0.manifest != nil }) else { return }
            state.records[index].state = next
            state.records[index].reason = reason
            if let generation { state.records[index].generation = generation }
        }
    }

    /// Puts `next` in the place of the current generation, which is kept among the older ones. Nil: none is current any more.
    func replace(
        _ id: String, by next: PluginGeneration?, manifest: PluginManifest, output: PluginOutput?, state new: PluginState,
        reason: String
    ) {
        state.withLock { state in
            guard let index = state.records.firstIndex(where: { $0.id == id && $0.manifest != nil }) else { return }
            if let old = state.records[index].generation, old !== next { state.records[index].older.append(old) }
            state.records[index].older.removeAll { $0 === next }
            state.records[index].generation = next
            state.records[index].manifest = manifest
            state.records[index].file = manifest.file
            state.records[index].state = new
            state.records[index].reason = reason
            state.outputs[id] = output
        }
    }

    /// The live generation has taken another configuration.
    func setManifest(_ id: String, _ manifest: PluginManifest) {
        state.withLock { state in
            guard let index = state.records.firstIndex(where: { $0.id == id && $0.manifest != nil }) else { return }
            state.records[index].manifest = manifest
        }
    }

    /// A generation is over. Returns how many images of its plugin stay mapped by now.
    func retire(_ generation: PluginGeneration) -> Int {
        state.withLock { state in
            guard let index = state.records.firstIndex(where: { $0.id == generation.id && $0.manifest != nil }) else { return 0 }
            state.records[index].older.removeAll { $0 === generation }
            state.records[index].retired += 1
            if generation.loaded.entry != nil { state.records[index].retiredImages += 1 }
            return state.records[index].retiredImages
        }
    }

    /// Forgets a plugin whose manifest is gone, and what was only found in the folder.
    func remove(where isGone: (PluginRecord) -> Bool) {
        state.withLock { state in state.records.removeAll(where: isGone) }
    }

    func setOutput(_ id: String, _ output: PluginOutput?) { state.withLock { $0.outputs[id] = output } }
}
