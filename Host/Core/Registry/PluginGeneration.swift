import CSluice
import HostConfig
import SluiceJSON
import Synchronization

/// One loaded image of one plugin: its instance, what it was granted, and what keeps it alive. Never freed while its image may run.
final class PluginGeneration: @unchecked Sendable {
    /// What keeps a generation alive, countable.
    struct Leases: ~Copyable, Sendable {
        let sessions = Atomic<Int>(0)
        let sinks = Atomic<Int>(0)
        let transforms = Atomic<Int>(0)
        let sources = Atomic<Int>(0)
        let requests = Atomic<Int>(0)
        let questions = Atomic<Int>(0)
        let timers = Atomic<Int>(0)
        let tasks = Atomic<Int>(0)
        let commands = Atomic<Int>(0)
    }

    let id: String
    let number: UInt64
    let manifest: PluginManifest
    let loaded: LoadedModule
    unowned let server: Server
    let leases = Leases()
    let dataFolder: String
    private let host: UnsafeMutablePointer<sluice_host>
    private(set) var instance: OpaquePointer?
    /// C texts that the plugin may keep for its life.
    let dataFolderText: UnsafePointer<CChar>
    let store: KeyValueStore
    /// What the generation is to the plugin that it is one of; changed on the control thread.
    private let place = Atomic<UInt8>(Place.loading.rawValue)
    /// Calls that failed in a way that a good library's don't; see `trouble`.
    private let troubles = Atomic<Int>(0)
    let logRate = RateGate(perSecond: 1000)
    let eventRate = RateGate(perSecond: 1000)
    let budget: CallBudget
    private var isActive = false
    /// [control] How often sessions left behind were looked for.
    var sweeps = 0
    /// [control] Its drain time is over: what it still has was told to end.
    var isEnding = false

    /// `store`: of the generation before, since both may live at the same time; nil makes one.
    init(
        id: String, number: UInt64, manifest: PluginManifest, loaded: LoadedModule, server: Server, dataFolder: String,
        store: KeyValueStore? = nil
    ) {
        self.id = id
        self.number = number
        self.manifest = manifest
        self.loaded = loaded
        self.server = server
        self.dataFolder = dataFolder
        self.store = store ?? KeyValueStore(file: Files.join(dataFolder, "kv.json"))
        let log = server.log
        let overrun = Later<PluginGeneration>()
        budget = CallBudget(
            softMilliseconds: manifest.budgets.softMilliseconds, hardMilliseconds: manifest.budgets.hardMilliseconds
        ) { function, taken, isHard in
            let words = ["plugin": id, "function": "\(function)", "ms": String(taken / 1_000_000)]
            if isHard {
                log.error("plugin call over its hard budget", words)
                overrun.value?.trouble("\(function) took \(taken / 1_000_000) ms")
            } else {
                log.notice("plugin call over its soft budget", words)
            }
        }
        host = .allocate(capacity: 1)
        let text = UnsafeMutablePointer<CChar>.allocate(capacity: dataFolder.utf8.count + 1)
        for (index, byte) in dataFolder.utf8.enumerated() { text[index] = CChar(bitPattern: byte) }
        text[dataFolder.utf8.count] = 0
        dataFolderText = UnsafePointer(text)
        host.initialize(to: sluice_host())
        host.pointee.struct_size = UInt32(MemoryLayout<sluice_host>.size)
        host.pointee.abi_minor = SLUICE_ABI_MINOR
        host.pointee.context = Unmanaged.passUnretained(self).toOpaque()
        host.pointee.get_service = { host, id in
            guard let id, let generation = PluginGeneration.from(host) else { return nil }
            let name = String(cString: id)
            return generation.manifest.permissions.grants(name) ? ServiceTables.table(name) : nil
        }
        overrun.value = self
    }

    /// Where a generation is in the life of its plugin.
    enum Place: UInt8, Sendable {
        case loading, active
        /// Replaced, and kept whole until the new one's health window is over.
        case standby
        /// Gets nothing new; waits for what it still has.
        case draining
        /// Destroyed; the image of a Swift library stays mapped.
        case retired
        /// Would not let go within the drain time: left alone for good.
        case stuck

        var name: String { "\(self)" }
    }

    var currentPlace: Place { Place(rawValue: place.load(ordering: .acquiring)) ?? .loading }

    /// [control]
    func enter(_ next: Place) { place.store(next.rawValue, ordering: .releasing) }

    /// [any] Something that a good library does not do: a refused session, a failed sink, a call over its hard budget. In its health
    /// window a generation that has some of them is replaced by the one before.
    func trouble(_ text: String) {
        let count = troubles.wrappingAdd(1, ordering: .relaxed).newValue
        server.control.post { self.server.inTrouble(self, count: count, text) }
    }

    /// Whether anything of the host's still needs it.
    var isNeeded: Bool { leaseList.contains { $0.0 != "timers" && $0.1 > 0 } }

    /// The generation behind a service call's first argument.
    @inline(__always)
    static func from(_ host: UnsafePointer<sluice_host>?) -> PluginGeneration? {
        guard let context = host?.pointee.context else { return nil }
        return Unmanaged<PluginGeneration>.fromOpaque(context).takeUnretainedValue()
    }

    var module: sluice_module { loaded.module.pointee }

    // MARK: Life, on the control thread

    func create() throws(PluginFailure) {
        var error = sluice_error.make()
        let status = module.create?(host, &instance, &error) ?? SLUICE_E_UNSUPPORTED
        guard status == SLUICE_OK, instance != nil else {
            throw PluginFailure(step: "create", text: error.reason(or: "status \(status)"))
        }
    }

    func configure(_ json: String) throws(PluginFailure) {
        guard let configure = module.configure else { return }
        var error = sluice_error.make()
        let status = BorrowedText.with(json) { configure(instance, $0, &error) }
        guard status == SLUICE_OK else { throw PluginFailure(step: "configure", text: error.reason(or: "status \(status)")) }
    }

    func selfTest() throws(PluginFailure) {
        guard let table: UnsafePointer<sluice_selftest_interface> = interface(SLUICE_INTERFACE_SELFTEST) else { return }
        var error = sluice_error.make()
        let status = table.pointee.run?(instance, &error) ?? SLUICE_OK
        guard status == SLUICE_OK else { throw PluginFailure(step: "self-test", text: error.reason(or: "status \(status)")) }
    }

    func activate() throws(PluginFailure) {
        if let activate = module.activate {
            var error = sluice_error.make()
            let status = activate(instance, &error)
            guard status == SLUICE_OK else { throw PluginFailure(step: "activate", text: error.reason(or: "status \(status)")) }
        }
        isActive = true
    }

    func deactivate() {
        guard isActive else { return }
        isActive = false
        module.deactivate?(instance)
    }

    func destroy() {
        deactivate()
        guard let instance else { return }
        self.instance = nil
        module.destroy?(instance)
    }

    /// The table of an interface that the manifest names, or nil.
    func interface<T>(_ id: String, as type: T.Type = T.self) -> UnsafePointer<T>? {
        guard manifest.interfaces.contains(id), let instance else { return nil }
        return module.get_interface?(instance, id)?.assumingMemoryBound(to: T.self)
    }

    var protocolTable: UnsafePointer<sluice_protocol_interface>? { interface(SLUICE_INTERFACE_PROTOCOL) }
    var handoverTable: UnsafePointer<sluice_handover_interface>? { interface(SLUICE_INTERFACE_HANDOVER) }

    /// For listings.
    var leaseList: [(String, Int)] {
        [
            ("sessions", leases.sessions.load(ordering: .relaxed)), ("sinks", leases.sinks.load(ordering: .relaxed)),
            ("transforms", leases.transforms.load(ordering: .relaxed)), ("sources", leases.sources.load(ordering: .relaxed)),
            ("requests", leases.requests.load(ordering: .relaxed)), ("questions", leases.questions.load(ordering: .relaxed)),
            ("timers", leases.timers.load(ordering: .relaxed)), ("tasks", leases.tasks.load(ordering: .relaxed)),
            ("commands", leases.commands.load(ordering: .relaxed)),
        ]
    }
}

/// What a closure that was made before its object can call. Not a weak reference: these make every count of a hot object slow. A
/// generation is never freed.
private final class Later<Value: AnyObject>: @unchecked Sendable {
    unowned(unsafe) var value: Value?
}

/// A step of a plugin's life that failed, and what the plugin said.
struct PluginFailure: Error, CustomStringConvertible {
    let step: String
    let text: String
    var description: String { "\(step): \(text)" }
}

/// So many a second, the rest is dropped and counted.
final class RateGate: Sendable {
    private struct State {
        var second: UInt64 = 0
        var count = 0
        var dropped: UInt64 = 0
    }
    private let state = Mutex(State())
    private let perSecond: Int

    init(perSecond: Int) { self.perSecond = perSecond }

    func pass(at now: UInt64) -> Bool {
        state.withLock { state in
            let second = now / 1_000_000_000
            if second != state.second {
                state.second = second
                state.count = 0
            }
            state.count += 1
            if state.count > perSecond { state.dropped += 1 }
            return state.count <= perSecond
        }
    }
}
