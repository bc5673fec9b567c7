import CHostLoader
import CSluice
import HostConfig
import HostFetch
import HostIsolation
import HostPaths
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
        /// References to media buffers that the plugin holds. They are the host's memory: they keep no generation alive.
        let buffers = Atomic<Int>(0)
        /// HTTP requests of its own that are under way.
        let fetches = Atomic<Int>(0)
    }

    let id: String
    let number: UInt64
    let manifest: PluginManifest
    let loaded: LoadedModule
    /// Its functions are messages to a process.
    let isElsewhere: Bool
    private let held: Mutex<ProcessModule?>
    unowned let server: Server
    let leases = Leases()
    let dataFolder: String
    /// Address space of its image; 0: it runs in a process of its own.
    let imageBytes: Int
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
    /// What went wrong last, for listings.
    let lastTrouble = Mutex("")
    /// Ids of drafts that it has been named with in the log.
    let drafts = Mutex<Set<String>>([])
    /// Where it may fetch from.
    let egress: [Origin]
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
        var loaded = loaded
        held = Mutex(loaded.process)
        isElsewhere = loaded.process != nil
        // Let go of when it is retired; see `takeProcess`.
        loaded.process = nil
        self.loaded = loaded
        self.server = server
        self.dataFolder = dataFolder
        self.store = store ?? KeyValueStore(file: Files.join(dataFolder, "kv.json"))
        imageBytes = loaded.entry.map { hostloader_image_size($0) } ?? 0
        egress = manifest.permissions.egress.compactMap { Origin(address: $0) }
        let overrun = Later<PluginGeneration>()
        budget = CallBudget(
            id: id, softMilliseconds: manifest.budgets.softMilliseconds, hardMilliseconds: manifest.budgets.hardMilliseconds,
            isElsewhere: isElsewhere
        ) { found in
            guard let generation = overrun.value else { return }
            generation.server.overran(generation, found)
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
            guard generation.manifest.permissions.grants(name), let table = ServiceTables.table(name) else { return nil }
            generation.noteDraft(name)
            return table
        }
        overrun.value = self
        CallWatch.shared.add(budget)
    }

    /// Not of one whose image may still run, but at the process's own end; see `Server.keep`.
    deinit {
        CallWatch.shared.remove(budget)
        guard isElsewhere else { return }
        host.deallocate()
        UnsafeMutablePointer(mutating: dataFolderText).deallocate()
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
        /// Went over its budget: gets no call any more, not even the last ones.
        case bypassed

        var name: String { "\(self)" }
    }

    var currentPlace: Place { Place(rawValue: place.load(ordering: .acquiring)) ?? .loading }

    /// [control]
    func enter(_ next: Place) { place.store(next.rawValue, ordering: .releasing) }

    /// Whether a call's status says that the plugin failed. What a peer, a publisher, a back end that is away or the host's own bounds
    /// brought about is refused by good plugins, too.
    static func isTrouble(_ status: Int32) -> Bool {
        switch status {
        case 0...: false
        case SLUICE_E_INVALID, SLUICE_E_STALE, SLUICE_E_LIMIT, SLUICE_E_DENIED, SLUICE_E_UNSUPPORTED, SLUICE_E_NOT_FOUND,
            SLUICE_E_DUPLICATE, SLUICE_E_BACKEND, SLUICE_E_TIMEOUT, SLUICE_E_CANCELLED:
            false
        default: true
        }
    }

    /// [any] A call failed: trouble, unless its status says that somebody else is the reason.
    func failed(_ status: Int32, _ text: @autoclosure () -> String) {
        if Self.isTrouble(status) { trouble(text()) }
    }

    /// [any] Something that a good library does not do: a call that fails, or goes over its hard budget. In its health window a generation
    /// that has some of them is replaced by the one before.
    func trouble(_ text: String) {
        lastTrouble.withLock { $0 = text }
        let count = troubles.wrappingAdd(1, ordering: .relaxed).newValue
        server.control.post { self.server.inTrouble(self, count: count, text) }
    }

    /// Whether anything of the host's still needs it.
    var isNeeded: Bool { leaseList.contains { $0.0 != "timers" && $0.0 != "buffers" && $0.1 > 0 } }

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
        let status = call(.create, else: SLUICE_E_CANCELLED) { module.create?(host, &instance, &error) ?? SLUICE_E_UNSUPPORTED }
        guard status == SLUICE_OK, instance != nil else {
            throw PluginFailure(step: "create", text: error.reason(or: "status \(status)"))
        }
        for id in manifest.interfaces { noteDraft(id) }
    }

    func configure(_ json: String) throws(PluginFailure) {
        guard let configure = module.configure else { return }
        var error = sluice_error.make()
        let status = BorrowedText.with(json) { json in
            call(.configure, else: SLUICE_E_CANCELLED) { configure(instance, json, &error) }
        }
        guard status == SLUICE_OK else { throw PluginFailure(step: "configure", text: error.reason(or: "status \(status)")) }
    }

    func selfTest() throws(PluginFailure) {
        guard let table: UnsafePointer<sluice_selftest_interface> = interface(SLUICE_INTERFACE_SELFTEST) else { return }
        var error = sluice_error.make()
        let status = call(.selfTest, else: SLUICE_E_CANCELLED) { table.pointee.run?(instance, &error) ?? SLUICE_OK }
        guard status == SLUICE_OK else { throw PluginFailure(step: "self-test", text: error.reason(or: "status \(status)")) }
    }

    func activate() throws(PluginFailure) {
        if let activate = module.activate {
            var error = sluice_error.make()
            let status = call(.activate, else: SLUICE_E_CANCELLED) { activate(instance, &error) }
            guard status == SLUICE_OK else { throw PluginFailure(step: "activate", text: error.reason(or: "status \(status)")) }
        }
        isActive = true
    }

    func deactivate() {
        guard isActive else { return }
        isActive = false
        call(.deactivate) { module.deactivate?(instance) }
    }

    func destroy() {
        deactivate()
        guard let instance else { return }
        self.instance = nil
        call(.destroy) { module.destroy?(instance) }
        CallWatch.shared.remove(budget)
    }

    /// The table of an interface that the manifest names, or nil.
    func interface<T>(_ id: String, as type: T.Type = T.self) -> UnsafePointer<T>? {
        guard manifest.interfaces.contains(id), let instance else { return nil }
        return call(.getInterface, else: nil) { module.get_interface?(instance, id) }?.assumingMemoryBound(to: T.self)
    }

    /// [control] It is retired, and nobody lists it any more: what stood for its process is let go of, with the place that it took.
    /// The generation itself stays, since late callers know it.
    func takeProcess() -> ProcessModule? {
        held.withLock { held in
            defer { held = nil }
            return held
        }
    }

    /// [any] What stands for its process; nil: it has none, or not any more.
    var process: ProcessModule? { held.withLock { $0 } }

    // MARK: Calls

    /// Every call into the plugin's code: measured, seen by the watchdog, named by a crash. `fallback`: what is answered when the plugin
    /// gets no calls any more.
    @inline(__always)
    func call<R>(_ function: PluginCall, else fallback: @autoclosure () -> R, _ body: () -> R) -> R {
        guard !budget.isClosed else { return fallback() }
        return budget.measure(function, body)
    }

    @inline(__always)
    func call(_ function: PluginCall, _ body: () -> Void) {
        guard !budget.isClosed else { return }
        budget.measure(function, body)
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
            ("commands", leases.commands.load(ordering: .relaxed)), ("buffers", leases.buffers.load(ordering: .relaxed)),
            ("fetches", leases.fetches.load(ordering: .relaxed)),
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
