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
    let logRate = RateGate(perSecond: 1000)
    let eventRate = RateGate(perSecond: 1000)
    let budget: CallBudget
    private var isActive = false

    init(id: String, number: UInt64, manifest: PluginManifest, loaded: LoadedModule, server: Server, dataFolder: String) {
        self.id = id
        self.number = number
        self.manifest = manifest
        self.loaded = loaded
        self.server = server
        self.dataFolder = dataFolder
        store = KeyValueStore(file: Files.join(dataFolder, "kv.json"))
        let log = server.log
        budget = CallBudget(
            softMilliseconds: manifest.budgets.softMilliseconds, hardMilliseconds: manifest.budgets.hardMilliseconds
        ) { function, taken, isHard in
            let words = ["plugin": id, "function": "\(function)", "ms": String(taken / 1_000_000)]
            if isHard {
                log.error("plugin call over its hard budget", words)
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
    }

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

    /// For listings.
    var leaseList: [(String, Int)] {
        [
            ("sessions", leases.sessions.load(ordering: .relaxed)), ("sinks", leases.sinks.load(ordering: .relaxed)),
            ("requests", leases.requests.load(ordering: .relaxed)), ("questions", leases.questions.load(ordering: .relaxed)),
            ("timers", leases.timers.load(ordering: .relaxed)), ("tasks", leases.tasks.load(ordering: .relaxed)),
            ("commands", leases.commands.load(ordering: .relaxed)),
        ]
    }
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
