// Server: the host, put together. Owns the threads, the tables of host objects, the registries; knows no protocol.
//
// Start: load plugins on the control thread, open listeners, write run.json. Stop: close listeners, end sessions, deactivate plugins.
// Between them: the configuration read again (`Server+Configuration`), and the end of taking work (`Server+Drain`).

import CSluice
import Dispatch
import HostConfig
import HostFetch
import HostHTTP
import HostMedia
import HostNet
import HostPaths
import NIOCore
import NIOPosix
import SluiceJSON
import Synchronization

public final class Server: @unchecked Sendable {
    /// The version of this host.
    public static let version = "0.1.0"
    /// Of the plugin ABI, major and minor.
    public static let abiVersion = "\(SLUICE_ABI_MAJOR).\(SLUICE_ABI_MINOR)"

    let options: ServerOptions
    /// What is configured, with the apps as the router uses them; swapped as a whole when it is read again.
    let inForce: Mutex<ConfigurationInForce>
    let log: HostLog
    let runtime: NetRuntime
    let lanes: [Lane]
    let control = ControlThread()
    let workers: NIOThreadPool
    let registry = PluginRegistry()
    let streams: StreamRegistry
    let wallBases = WallBases()
    let metrics = MetricsRegistry()
    let commands = PluginCommands()
    private(set) var events: EventBus!
    private(set) var auth: AuthService!
    private(set) var environment: ServerAuthEnvironment!

    // Host objects by handle.
    let sessions = HandleTable<Session>(kind: HandleKind.connection)
    let publications = HandleTable<Publication>(kind: HandleKind.publication)
    let sinks = HandleTable<SinkInstance>(kind: HandleKind.sink)
    let logs = HandleTable<SinkInstance>(kind: HandleKind.log)
    let exchanges = HandleTable<RoutedExchange>(kind: HandleKind.exchange)
    let grants = HandleTable<Grant>(kind: HandleKind.grant, limit: 100_000)
    let operations = HandleTable<AuthOperation>(kind: HandleKind.operation, limit: 100_000)
    let timers = HandleTable<PluginTimer>(kind: HandleKind.timer)
    let transforms = HandleTable<TransformInstance>(kind: HandleKind.transform)
    let sources = HandleTable<SourceObject>(kind: HandleKind.source)
    /// What the configuration brings on air.
    let ownSources = Mutex<[StreamKey: SourceRun]>([:])
    let fetches = HandleTable<PluginFetch>(kind: HandleKind.fetch)
    let fetchClient = FetchClient()
    let waitingEvents = Atomic<Int>(0)
    /// So long a new generation's process may think about a session or a sink that it is to take over.
    let importMilliseconds = Atomic<Int>(3000)

    let parking: ParkingLot
    let media: HTTPService
    let admin: HTTPService
    let viewerTokens: ViewerTokens
    let counter: ConnectionCounter
    let started = HostClock.wallMicroseconds
    let listeners = Mutex<[OpenListener]>([])
    /// Generations that failed or were retired; their host structs stay valid.
    let discarded = Mutex<[PluginGeneration]>([])
    let tls: TLSContext?
    /// Of the control thread: what is being done to plugins.
    let changes = PluginChanges()
    /// Set once, by `start`.
    var folderWatch: FolderWatch?
    let isReady = Atomic<Bool>(false)
    /// What was there when the server stopped taking work; see `Server+Drain`.
    let draining = Atomic<Bool>(false)
    /// The configuration was read again at least once.
    let reloaded = Atomic<Bool>(false)
    /// Whether the I/O loops and the control thread turn.
    public let liveness: Liveness
    private let isStopping = Atomic<Bool>(false)
    let hostMetrics: HostMetrics

    /// Makes a server that does nothing yet. Throws a text for the operator when the TLS files can't be used.
    public init(configuration: ServerConfiguration, options: ServerOptions, adminToken: String) throws {
        ProcessMemory.returnLargeBlocks()
        self.options = options
        inForce = Mutex(ConfigurationInForce(configuration))
        log = HostLog(level: .init(rawValue: configuration.logLevel.rawValue) ?? .info)
        tls = try configuration.tls.map { files throws(NetError) in try TLSContext(certificate: files.certificate, key: files.key)
        }
        runtime = NetRuntime(threads: configuration.threads)
        lanes = runtime.loops.map { Lane(loop: $0) }
        liveness = Liveness(
            runtime.loops.enumerated().map { ("I/O loop \($0.offset)", $0.element) } + [("control thread", control.loop)])
        workers = NIOThreadPool(numberOfThreads: 4)
        workers.start()
        let limits = configuration.limits
        streams = StreamRegistry(limit: limits.streams)
        parking = ParkingLot(capacity: limits.heldRequests)
        var http = HTTPLimits()
        http.headTime = .milliseconds(Int64(limits.handshakeMilliseconds))
        http.headBytes = limits.requestHeadBytes
        http.bodyBytes = limits.requestBodyBytes
        var mediaSettings = HTTPService.Configuration.media
        mediaSettings.limits = http
        media = HTTPService(mediaSettings, routes: RouteTable(), parking: parking)
        var adminSettings = HTTPService.Configuration.admin(AdminGate(token: adminToken))
        adminSettings.limits = http
        admin = HTTPService(adminSettings, routes: RouteTable(), parking: parking)
        viewerTokens = ViewerTokens(key: Digest.random(32))
        counter = ConnectionCounter(
            limits: ConnectionLimits(total: limits.connections, unauthenticatedPerAddress: limits.unauthenticatedPerAddress))
        hostMetrics = HostMetrics(metrics)
        events = EventBus { [weak self] type, json in self?.tellObservers(type, json) }
        environment = ServerAuthEnvironment(self)
        auth = AuthService(environment: environment, cacheEntries: configuration.authCacheEntries)
    }

    /// Monotonic nanoseconds.
    var now: UInt64 { NetClock.now }
    var wallMicroseconds: Int64 { HostClock.wallMicroseconds }

    func lane(of loop: any EventLoop) -> Lane { lanes[runtime.index(of: loop) ?? 0] }

    /// [any] What is in force now; taken when something begins, never per frame.
    var configuration: ServerConfiguration { inForce.withLock { $0.configuration } }

    /// [any] Its limits alone, which cost less.
    var limits: Limits { inForce.withLock { $0.configuration.limits } }

    /// [any] What may be kept for a plugin that does not take its frames at once.
    var backlogLimits: SubscriberBacklog.Limits {
        let configured = limits
        var limits = SubscriberBacklog.Limits()
        limits.frames = configured.subscriberFrames
        limits.bytes = configured.subscriberBytes
        limits.milliseconds = configured.subscriberMilliseconds
        return limits
    }

    /// [any] The rules of an app; nil when there is none of that name.
    func policy(_ app: Name) -> AppPolicy? { inForce.withLock { $0.policies[app] } }

    func appSettings(_ app: String, plugin: String) -> String? {
        guard let configured = configuration.app(app) else { return nil }
        let text = registry.record(plugin)?.generation?.loaded.appConfigSchema ?? ""
        let schema = text.isEmpty ? nil : try? ConfigurationSchema(parsing: text)
        guard let settings = try? configuration.settings(app: configured, plugin: plugin, schema: schema) else { return "{}" }
        return JSONValue.object(settings).serialized()
    }

    /// Loads the plugins and opens the listeners. Throws a text for the operator when a listener can't be opened.
    public func start() throws {
        let manifests = try control.sync { self.loadPlugins() }
        try openListeners(manifests: manifests)
        AdminAPI(server: self).register()
        addStillRoute()
        try control.sync { self.syncSources() }
        sweepGrants()
        watchFolder()
        isReady.store(true, ordering: .releasing)
        events.emit("server.started", ["version": .string(Self.version)])
    }

    /// Stops accepting, ends everything, and returns when all threads have stopped. Once.
    public func stop() {
        guard isStopping.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged else {
            return
        }
        isReady.store(false, ordering: .releasing)
        folderWatch?.stop()
        let open = listeners.withLock { listeners in
            defer { listeners = [] }
            return listeners
        }
        for listener in open { listener.stop() }
        for session in sessions.values { session.stop("the server stops") }
        for _ in 0..<20 where sessions.count > 0 { usleepMilliseconds(50) }
        endSources("the server stops")
        let known = streams.streams
        for stream in known {
            stream.lane.post {
                stream.steps.close("the server stops")
                stream.endIfIdle("the server stops")
            }
        }
        for _ in 0..<20 where sinks.count + transforms.count + sources.count + streams.count > 0 {
            usleepMilliseconds(50)
            for stream in streams.streams { stream.lane.post { stream.endIfIdle("the server stops") } }
        }
        // What ended says so behind its removal; plugins hear of it before they are told to go.
        let told = DispatchGroup()
        for stream in known {
            told.enter()
            stream.lane.post { told.leave() }
        }
        _ = told.wait(timeout: .now() + 1)
        _ = try? control.sync {
            for record in self.registry.records {
                for one in record.older + [record.generation].compactMap(\.self) { one.deactivate() }
            }
        }
        awaitFetches()
        fetchClient.shutdown()
        runtime.shutdown()
        control.stop()
        try? workers.syncShutdownGracefully()
    }

    /// What plugins still had to say to others at their end (that a broadcast is over) is said, within three seconds.
    private func awaitFetches() {
        var idle = 0
        for _ in 0..<60 where idle < 2 {
            // One may follow another: a limit of the plugin's own may hold it back.
            idle = fetches.count == 0 ? idle + 1 : 0
            usleepMilliseconds(idle < 2 ? 50 : 0)
        }
    }

    private func sweepGrants() {
        control.loop.scheduleRepeatedTask(initialDelay: .seconds(5), delay: .seconds(5)) { [weak self] task in
            guard let self else { return task.cancel() }
            let now = self.now
            self.grants.removeAll { $0.expires <= now }
        }
    }
}

/// What the command line decides.
public struct ServerOptions: Sendable {
    /// `DIR`, absolute.
    public var dataFolder: String
    public var portBase: Int?
    /// Who supervises the process, if anybody does.
    public var notify: NotifySocket?
    /// Listening sockets that the process was started with.
    public var sockets: PassedSockets

    public init(
        dataFolder: String, portBase: Int?, notify: NotifySocket? = nil, sockets: PassedSockets = PassedSockets()
    ) {
        self.dataFolder = dataFolder
        self.portBase = portBase
        self.notify = notify
        self.sockets = sockets
    }
}
