private import Synchronization

/// Makes the C descriptor and tables of a plugin class. One plugin per library.
public enum SluiceModule {
    private struct Registered: @unchecked Sendable {
        let plugin: any Plugin.Type
        let module: UnsafePointer<sluice_module>
    }

    private static let registered = Mutex<Registered?>(nil)

    /// The body of the library's one exported function. Idempotent; the descriptor is made once and lives as long as the image.
    public static func entry(
        _ plugin: any Plugin.Type, _ hello: UnsafePointer<sluice_hello>?, _ error: UnsafeMutablePointer<sluice_error>?
    ) -> UnsafePointer<sluice_module>? {
        guard let hello, hello.pointee.abi_major == SLUICE_ABI_MAJOR else {
            _ = report(PluginError("this plugin needs a host of ABI \(SLUICE_ABI_MAJOR)", code: SLUICE_E_UNSUPPORTED), to: error)
            return nil
        }
        return registered.withLock { slot in
            if let known = slot { return known.module }
            let made = Registered(plugin: plugin, module: makeModule(plugin))
            slot = made
            return made.module
        }
    }

    fileprivate static var plugin: (any Plugin.Type)? { registered.withLock { $0?.plugin } }

    /// The ids of the interfaces that a plugin class offers, by its conformances.
    static func interfaces(of plugin: any Plugin.Type) -> [StaticString] {
        var ids: [StaticString] = []
        if plugin is any ProtocolServer.Type { ids.append("sluice.protocol/1") }
        if plugin is any SinkProvider.Type { ids.append("sluice.sink/1") }
        if plugin is any TransformProvider.Type { ids.append("sluice.transform/0") }
        if plugin is any SourceProvider.Type { ids.append("sluice.source/0") }
        if plugin is any Authenticator.Type { ids.append("sluice.auth/1") }
        if plugin is any RouteHandler.Type { ids.append("sluice.routes/1") }
        if plugin is any CommandRunner.Type { ids.append("sluice.command/1") }
        if plugin is any EventObserver.Type { ids.append("sluice.observer/1") }
        if plugin is any SelfTesting.Type { ids.append("sluice.selftest/1") }
        if plugin is any Handover.Type { ids.append("sluice.handover/1") }
        return ids
    }

    private static func makeModule(_ plugin: any Plugin.Type) -> UnsafePointer<sluice_module> {
        let description = plugin.module
        let ids = interfaces(of: plugin)
        let table = UnsafeMutablePointer<UnsafePointer<CChar>?>.allocate(capacity: max(ids.count, 1))
        for (index, id) in ids.enumerated() {
            table[index] = UnsafeRawPointer(id.utf8Start).assumingMemoryBound(to: CChar.self)
        }
        var arena = TextArena()
        var module = sluice_module()
        module.struct_size = UInt32(MemoryLayout<sluice_module>.size)
        module.abi_major = SLUICE_ABI_MAJOR
        module.abi_minor = description.abiMinor
        module.id = arena.text(description.id)
        module.version = arena.text(description.version)
        module.description = arena.text(description.description)
        module.config_schema = arena.text(description.configSchema)
        module.app_config_schema = arena.text(description.appConfigSchema)
        module.step_schema = arena.text(description.stepSchema)
        module.source_schema = arena.text(description.sourceSchema)
        module.interfaces = UnsafePointer(table)
        module.interface_count = UInt32(ids.count)
        module.create = { createInstance($0, $1, $2) }
        module.get_interface = { instance, id in interfaceTable(instance, id) }
        module.configure = { instance, json, error in
            guarded(instance, error) { try $0.plugin.configure(json.string) }
        }
        module.activate = { instance, error in guarded(instance, error) { try $0.plugin.activate() } }
        module.deactivate = { instance in InstanceBox.from(instance)?.plugin.deactivate() }
        module.destroy = { instance in
            guard let instance else { return }
            Unmanaged<InstanceBox>.fromOpaque(UnsafeRawPointer(instance)).release()
        }
        arena.leak()
        let pointer = UnsafeMutablePointer<sluice_module>.allocate(capacity: 1)
        pointer.initialize(to: module)
        return UnsafePointer(pointer)
    }
}

/// The C side's `sluice_instance`: the plugin object with its interfaces looked up once.
final class InstanceBox {
    let plugin: any Plugin
    let host: Host
    let authenticator: (any Authenticator)?
    let server: (any ProtocolServer)?
    let sinks: (any SinkProvider)?
    let transforms: (any TransformProvider)?
    let sources: (any SourceProvider)?
    let routes: (any RouteHandler)?
    let commands: (any CommandRunner)?
    let observer: (any EventObserver)?
    let selfTest: (any SelfTesting)?
    let handover: (any Handover)?
    private let tables: InterfaceTables

    init(plugin: any Plugin, host: Host) {
        self.plugin = plugin
        self.host = host
        authenticator = plugin as? any Authenticator
        server = plugin as? any ProtocolServer
        sinks = plugin as? any SinkProvider
        transforms = plugin as? any TransformProvider
        sources = plugin as? any SourceProvider
        routes = plugin as? any RouteHandler
        commands = plugin as? any CommandRunner
        observer = plugin as? any EventObserver
        selfTest = plugin as? any SelfTesting
        handover = plugin as? any Handover
        tables = InterfaceTables(plugin: plugin)
    }

    static func from(_ instance: OpaquePointer?) -> InstanceBox? {
        guard let instance else { return nil }
        return Unmanaged<InstanceBox>.fromOpaque(UnsafeRawPointer(instance)).takeUnretainedValue()
    }

    func table(_ id: String) -> UnsafeRawPointer? { tables.table(id) }
}

private func createInstance(
    _ host: UnsafePointer<sluice_host>?, _ out: UnsafeMutablePointer<OpaquePointer?>?,
    _ error: UnsafeMutablePointer<sluice_error>?
) -> Int32 {
    guard let host, let out, let type = SluiceModule.plugin else {
        return report(PluginError("create needs a host and a place for the instance", code: SLUICE_E_INVALID), to: error)
    }
    do {
        let view = Host(host, plugin: type)
        let box = InstanceBox(plugin: try type.init(host: view), host: view)
        out.pointee = OpaquePointer(Unmanaged.passRetained(box).toOpaque())
        return SLUICE_OK
    } catch let failure {
        return report(failure, to: error)
    }
}

private func interfaceTable(_ instance: OpaquePointer?, _ id: UnsafePointer<CChar>?) -> UnsafeRawPointer? {
    guard let id, let box = InstanceBox.from(instance) else { return nil }
    return box.table(String(cString: id))
}

/// Runs `body` with the instance; a thrown error becomes status and reason.
func guarded(
    _ instance: OpaquePointer?, _ error: UnsafeMutablePointer<sluice_error>?, _ body: (InstanceBox) throws -> Void
) -> Int32 {
    guard let box = InstanceBox.from(instance) else { return SLUICE_E_INVALID }
    do {
        try body(box)
        return SLUICE_OK
    } catch let failure {
        return report(failure, to: error)
    }
}
