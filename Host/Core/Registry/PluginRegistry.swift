// PluginRegistry: what plugins there are, in which state, and why. Loads them once at start; a plugin that fails never stops the host.
// Discovery never runs plugin code. Changed on the control thread, read anywhere.

import CSluice
import HostConfig
import Synchronization

/// The life of a plugin as listings show it.
enum PluginState: String, Sendable {
    case discovered = "DISCOVERED"
    case verified = "VERIFIED"
    case staged = "STAGED"
    case loaded = "LOADED"
    case configured = "CONFIGURED"
    case active = "ACTIVE"
    case disabled = "DISABLED"
    case rejected = "REJECTED"
    case failed = "FAILED"
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

    func setOutput(_ id: String, _ output: PluginOutput?) { state.withLock { $0.outputs[id] = output } }
}
