// HostedPlugin: the one plugin of a Runner's process: its library, its instance, what is open of it.
//
// Its C tables have no context of their own: the process has one plugin, so everything is found through `shared`.

import CSluice
import Glibc
import Synchronization

final class HostedPlugin: @unchecked Sendable {
    static let shared = HostedPlugin()

    let link = HostLink(socket: 3)
    /// Made before the plugin is opened, when it has a media interface.
    nonisolated(unsafe) var media: MediaPort?
    let sinks = HostedSinks()
    let sessions = HostedSessions()
    let transforms = HostedTransforms()
    let sources = HostedSources()
    let control = ControlQueue()
    let workers = WorkerPool()
    let open = Mutex(OpenHandles())
    /// Bit n: a log line of level n would be written.
    let logLevels = Atomic<UInt32>(0x3C)

    struct OpenHandles {
        var questions: Set<UInt64> = []
        var commands: Set<UInt64> = []
        /// Of a route with a sink: its object; else 0.
        var exchanges: [UInt64: UInt64] = [:]
        var fetches = ChildFetches()
    }

    // Made on the control thread before the plugin runs.
    private(set) var module: UnsafePointer<sluice_module>?
    private(set) var instance: OpaquePointer?
    private(set) var granted: Set<String> = []
    private(set) var dataFolder = sluice_text()
    private let host: UnsafeMutablePointer<sluice_host>
    var auth: UnsafePointer<sluice_auth_interface>?
    var command: UnsafePointer<sluice_command_interface>?
    var observer: UnsafePointer<sluice_observer_interface>?
    var routes: UnsafePointer<sluice_routes_interface>?
    var selfTest: UnsafePointer<sluice_selftest_interface>?

    private init() {
        host = .allocate(capacity: 1)
        host.initialize(to: sluice_host())
        host.pointee.struct_size = UInt32(MemoryLayout<sluice_host>.size)
        host.pointee.abi_minor = SLUICE_ABI_MINOR
        host.pointee.get_service = { _, id in
            guard let id else { return nil }
            let name = String(cString: id)
            guard HostedPlugin.shared.granted.contains(name), let table = ChildServices.table(name) else { return nil }
            ChildServices.noteDraft(name)
            return table
        }
    }

    // MARK: Opening

    /// Opens the library behind descriptor 4 and asks it for its descriptor.
    /// - Returns: the reason why it can't be used, or nil.
    func openLibrary(hostVersion: String) -> String? {
        guard let image = dlopen("/proc/self/fd/4", RTLD_NOW | RTLD_LOCAL) else {
            return "dlopen failed: \(dlerror().map { String(cString: $0) } ?? "no reason given")"
        }
        guard let symbol = dlsym(image, SLUICE_ENTRY) else { return "it exports no \(SLUICE_ENTRY): not a Sluice plugin" }
        let entry = unsafeBitCast(symbol, to: sluice_module_entry.self)
        var error = sluice_error.make()
        let found: UnsafePointer<sluice_module>? = sluice_text.with("sluice") { name in
            sluice_text.with(hostVersion) { version in
                var hello = sluice_hello()
                hello.struct_size = UInt32(MemoryLayout<sluice_hello>.size)
                hello.abi_major = SLUICE_ABI_MAJOR
                hello.abi_minor = SLUICE_ABI_MINOR
                hello.host_name = name
                hello.host_version = version
                return entry(&hello, &error)
            }
        }
        guard let found else { return "the library refused this host: \(error.reason(or: "no reason given"))" }
        guard Int(found.pointee.struct_size) >= PluginStruct.moduleSize, found.pointee.create != nil,
            found.pointee.get_interface != nil, found.pointee.destroy != nil
        else { return "the library's descriptor is not complete" }
        module = PluginStruct.whole(found)
        return nil
    }

    // MARK: Life, on the control thread

    func create(granted: [String], dataFolder: String, _ error: inout sluice_error) -> Int32 {
        self.granted = Set(granted)
        let text = strdup(dataFolder)
        self.dataFolder = sluice_text(data: text, size: UInt64(dataFolder.utf8.count))
        let status = module?.pointee.create?(host, &instance, &error) ?? SLUICE_E_UNSUPPORTED
        guard status == SLUICE_OK else { return status }
        guard instance != nil else { return refuse(&error, SLUICE_E_FAILED, "create made no instance") }
        return SLUICE_OK
    }

    /// Looks the tables up, once.
    func interfaces() -> InterfaceDescription {
        var found = InterfaceDescription()
        func table<T>(_ id: String, _: T.Type = T.self) -> UnsafePointer<T>? {
            guard let instance, let table = module?.pointee.get_interface?(instance, id) else { return nil }
            found.present.append(id)
            return table.assumingMemoryBound(to: T.self)
        }
        let offered = module.map { ModuleDescription($0.pointee).interfaces } ?? []
        for id in offered {
            switch id {
            case SLUICE_INTERFACE_AUTH: auth = table(id)
            case SLUICE_INTERFACE_COMMAND: command = table(id)
            case SLUICE_INTERFACE_OBSERVER: observer = table(id)
            case SLUICE_INTERFACE_ROUTES: routes = table(id)
            case SLUICE_INTERFACE_SELFTEST: selfTest = table(id)
            case SLUICE_INTERFACE_SINK: sinks.interface = table(id)
            case SLUICE_INTERFACE_TRANSFORM: transforms.interface = table(id)
            case SLUICE_INTERFACE_SOURCE: sources.interface = table(id)
            case SLUICE_INTERFACE_PROTOCOL: sessions.interface = table(id)
            case SLUICE_INTERFACE_HANDOVER:
                sinks.handover = table(id)
                sessions.handover = sinks.handover
            default: break
            }
        }
        describeMedia(&found)
        found.cancels = auth?.pointee.cancel != nil
        if let routes { found.routes = Self.list(routes.pointee) }
        return found
    }

    private static func list(_ table: sluice_routes_interface) -> [InterfaceDescription.Route] {
        guard let list = table.routes else { return [] }
        let stride = max(Int(table.route_stride), MemoryLayout<sluice_route>.stride)
        return (0..<min(Int(table.route_count), InterfaceDescription.routeLimit)).map { index in
            let raw = UnsafeRawPointer(list).advanced(by: index * stride).assumingMemoryBound(to: sluice_route.self).pointee
            return InterfaceDescription.Route(
                listener: raw.listener, flags: raw.flags, methods: raw.methods.copied, pattern: raw.pattern.copied)
        }
    }

    func configure(_ json: sluice_text, _ error: inout sluice_error) -> Int32 {
        guard let configure = module?.pointee.configure else { return SLUICE_OK }
        return configure(instance, json, &error)
    }

    func runSelfTest(_ error: inout sluice_error) -> Int32 { selfTest?.pointee.run?(instance, &error) ?? SLUICE_OK }
    func activate(_ error: inout sluice_error) -> Int32 { module?.pointee.activate?(instance, &error) ?? SLUICE_OK }
    func deactivate() { module?.pointee.deactivate?(instance) }

    func destroy() {
        guard let instance else { return }
        self.instance = nil
        module?.pointee.destroy?(instance)
    }
}
