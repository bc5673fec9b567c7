// The plugin "kaltura": entry-authenticated ingest, from a local catalogue or by the API of a Kaltura back end.
//
// Owns nothing but remembered decisions, what is on air here, and the catalogue's connections. It decides by KalturaCore's rules, asks
// KalturaCatalogue on the host's workers or the API through the host's client, and never keeps a token longer than a question.
// Sockets, streams, duplicates and reconnects are the host's.

import Glibc
import KalturaCatalogue
import KalturaCore
import SluiceKit
import Synchronization

@c(sluice_module_v1)
public func entry(
    _ hello: UnsafePointer<sluice_hello>?, _ error: UnsafeMutablePointer<sluice_error>?
) -> UnsafePointer<sluice_module>? {
    if let hello { KalturaPlugin.hostVersion.withLock { $0 = hello.pointee.host_version.string } }
    return SluiceModule.entry(KalturaPlugin.self, hello, error)
}

final class KalturaPlugin: Plugin {
    static let module = ModuleDescription(
        id: "kaltura", version: "0.1.0",
        description: "authentication by Kaltura entries and tokens, from a local catalogue or a Kaltura back end",
        configSchema: Configuration.schema)

    let host: Host
    let gate: DecisionGate
    let backEnd: BackEnd
    /// The ladders of what is on air.
    let profiles = Mutex(ProfileBook())
    /// Questions about profiles that have no answer yet.
    let profileQuestions = Mutex<[StreamKey: Task<Result<String?, Refusal>, Never>]>([:])
    let ladderSaving = SavingState()
    let figures = ServerFigures()
    /// What the host said of itself when the library was opened.
    static let hostVersion = Mutex("")
    /// What is configured, and what is made from it on first use.
    private let state: Mutex<State>
    /// Made and released on the control thread, by activate and deactivate.
    nonisolated(unsafe) private var renewal: Timer?
    nonisolated(unsafe) private var registration: Timer?

    private struct State {
        var rules = IngestRules(Configuration())
        var catalogue: (any CatalogueStore)?
        var live = LiveInputs()
        var publishers = LivePublishers()
    }

    init(host: Host) throws {
        self.host = host
        gate = DecisionGate()
        backEnd = BackEnd(host)
        state = Mutex(State())
    }

    func configure(_ json: String) throws {
        let configuration: Configuration
        do { configuration = try Configuration(json: json) } catch { throw PluginError("\(error)", code: SLUICE_E_INVALID) }
        let isSame = state.withLock { state in
            let known = state.rules.configuration
            let isSame =
                configuration.backend == .kaltura && known.backend == .kaltura
                && known.api.serverURL == configuration.api.serverURL
                && known.address.ownPartner == configuration.address.ownPartner
            // An address in a file may be another now.
            if configuration.opensOtherStore(than: state.rules.configuration) || !configuration.mongodbFile.isEmpty {
                state.catalogue = nil
            }
            state.rules = IngestRules(configuration)
            return isSame
        }
        // Who was let in by the same back end is not forgotten for a change of something else.
        let kept = isSame ? gate.remembered(backEnd.now) : []
        gate.configure(configuration.cache)
        gate.remember(kept, now: backEnd.now)
        profiles.withLock { $0.grace = configuration.cache.graceMilliseconds }
        backEnd.configure(configuration, hostname: hostname)
    }

    func activate() throws {
        recall()
        recallLadders()
        if rules.configuration.recording { host.log(.warning, "recording is on, and there is no recorder: nothing is recorded") }
        registration = try host.timer(everyNanoseconds: 1_000_000_000) { [weak self] in
            self?.register()
            self?.saveLadders()
        }
        guard rules.configuration.backend != .kaltura else { return }
        renewal = try host.timer(everyNanoseconds: 60_000_000_000) { [weak self] in
            self?.prepare()
            self?.renewOnAir()
        }
        prepare()
    }

    /// Has the catalogue made ready, which is tried again until it is.
    private func prepare() {
        Task {
            do {
                try await host.worker { try self.catalogue().prepare() }
            } catch {
                host.log(.error, "catalogue cannot be opened", ["reason": "\(error)"])
            }
        }
    }

    func deactivate() {
        renewal = nil
        registration = nil
        if rules.configuration.backend == .kaltura {
            backEnd.awaitFarewells(400)
            if backEnd.beginSaving() { write() }
        }
        if ladderSaving.begin(profiles.withLock { $0.revision }) { writeLadders() }
        state.withLock { $0.catalogue = nil }
    }

    var rules: IngestRules { state.withLock { $0.rules } }

    /// This server's name in the catalogue.
    var hostname: String {
        let configured = rules.configuration.hostname
        guard configured.isEmpty else { return configured }
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// [worker] The catalogue, opened at its first use and again after a failure.
    func catalogue() throws(CatalogueError) -> any CatalogueStore {
        let (open, kind) = state.withLock { ($0.catalogue, $0.rules.configuration.backend) }
        if let open { return open }
        let made = try store(kind)
        return state.withLock { state in
            if let faster = state.catalogue { return faster }
            state.catalogue = made
            return made
        }
    }

    /// [worker] The store of that kind as it is configured: the one in use, or another, to copy from or to.
    func store(_ kind: Configuration.Backend) throws(CatalogueError) -> any CatalogueStore {
        let (open, configuration) = state.withLock { ($0.catalogue, $0.rules.configuration) }
        if let open, open.kind == kind.rawValue { return open }
        switch kind {
        // What commands work on beside a back end.
        case .sqlite, .kaltura: return try SQLiteCatalogue(path: path(configuration.catalogue))
        case .mongodb: return try MongoCatalogue(address: try mongodbAddress(configuration))
        }
    }

    private func mongodbAddress(_ configuration: Configuration) throws(CatalogueError) -> String {
        guard !configuration.mongodbFile.isEmpty else {
            guard configuration.mongodbAddress.isEmpty else { return configuration.mongodbAddress }
            throw .invalid("mongodb is not configured: mongodb_uri or mongodb_uri_file")
        }
        let bytes = try Self.read(path(configuration.mongodbFile)).get()
        let line = String(decoding: bytes, as: UTF8.self).prefix { !$0.isNewline }
        return String(line.drop(while: \.isWhitespace).prefix { !$0.isWhitespace })
    }

    private func path(_ name: String) -> String { name.hasPrefix("/") ? name : "\(host.dataFolder)/\(name)" }

    /// Changes which inputs are live; returns what has to be noted in the catalogue.
    func live<Result: Sendable>(_ body: @Sendable (inout LiveInputs) -> Result) -> Result {
        state.withLock { body(&$0.live) }
    }

    /// Changes or reads who publishes.
    func publishers<Result: Sendable>(_ body: @Sendable (inout LivePublishers) -> Result) -> Result {
        state.withLock { body(&$0.publishers) }
    }
}
