import CHostIsolation
import CSluice

/// The C side of a process module: a descriptor and interface tables whose functions find the module behind `sluice_instance`.
/// Allocated once, freed with the module.
final class ProxyTables: @unchecked Sendable {
    let module: UnsafeMutablePointer<sluice_module>
    /// Sessions can be imported; set once, before there are any.
    var movesSessions = false
    private var blocks: [UnsafeMutableRawPointer] = []
    private var interfaces: [String: UnsafeRawPointer] = [:]

    init(_ description: ModuleDescription, place: UInt32) {
        module = .allocate(capacity: 1)
        var raw = sluice_module()
        raw.struct_size = UInt32(MemoryLayout<sluice_module>.size)
        raw.abi_major = description.abiMajor
        raw.abi_minor = description.abiMinor
        raw.create = hostiso_create_at(place)
        raw.get_interface = { instance, id in
            guard let id, let module = ProcessModule.from(instance) else { return nil }
            return module.tables.interface(String(cString: id))
        }
        raw.configure = { instance, json, error in
            guard let module = ProcessModule.from(instance) else { return SLUICE_E_INVALID }
            let text = json.copied
            return module.call(.configure, error) { $0.text(text) }
        }
        raw.activate = { instance, error in ProcessModule.from(instance)?.call(.activate, error) ?? SLUICE_E_INVALID }
        raw.deactivate = { instance in _ = ProcessModule.from(instance)?.call(.deactivate, nil) }
        raw.destroy = { instance in ProcessModule.from(instance)?.destroy() }
        module.initialize(to: raw)
        module.pointee.id = text(description.id)
        module.pointee.version = text(description.version)
        module.pointee.description = text(description.summary)
        module.pointee.config_schema = text(description.configSchema)
        module.pointee.app_config_schema = text(description.appConfigSchema)
        module.pointee.step_schema = text(description.stepSchema)
        module.pointee.source_schema = text(description.sourceSchema)
        let ids = UnsafeMutablePointer<UnsafePointer<CChar>?>.allocate(capacity: max(description.interfaces.count, 1))
        for (index, id) in description.interfaces.enumerated() { ids[index] = text(id).data }
        blocks.append(UnsafeMutableRawPointer(ids))
        module.pointee.interfaces = UnsafePointer(ids)
        module.pointee.interface_count = UInt32(description.interfaces.count)
    }

    deinit {
        for block in blocks { block.deallocate() }
        module.deallocate()
    }

    /// NUL-terminated, too: interface ids are C strings.
    func text(_ string: String) -> sluice_text {
        let utf8 = Array(string.utf8)
        let block = UnsafeMutableRawPointer.allocate(byteCount: utf8.count + 1, alignment: 1)
        block.copyMemory(from: utf8 + [0], byteCount: utf8.count + 1)
        blocks.append(block)
        return sluice_text(data: UnsafePointer(block.assumingMemoryBound(to: CChar.self)), size: UInt64(utf8.count))
    }

    func add<T>(_ id: String, _ table: T) {
        let block = UnsafeMutablePointer<T>.allocate(capacity: 1)
        block.initialize(to: table)
        blocks.append(UnsafeMutableRawPointer(block))
        interfaces[id] = UnsafeRawPointer(block)
    }

    static func size<T>(_: T.Type) -> UInt32 { UInt32(MemoryLayout<T>.size) }

    func interface(_ id: String) -> UnsafeRawPointer? { interfaces[id] }

    /// The tables that the instance answered with. Once, after create.
    func fill(_ found: InterfaceDescription) {
        for id in found.present {
            switch id {
            case SLUICE_INTERFACE_AUTH:
                add(
                    id,
                    sluice_auth_interface(
                        struct_size: Self.size(sluice_auth_interface.self), reserved: 0,
                        decide: { ProcessModule.from($0)?.decide($1, $2) ?? SLUICE_E_INVALID },
                        cancel: { ProcessModule.from($0)?.cancel($1) }))
            case SLUICE_INTERFACE_COMMAND:
                add(
                    id,
                    sluice_command_interface(
                        struct_size: Self.size(sluice_command_interface.self), reserved: 0,
                        run: { ProcessModule.from($0)?.run($1, $2, $3, $4) ?? SLUICE_E_INVALID }))
            case SLUICE_INTERFACE_OBSERVER:
                add(
                    id,
                    sluice_observer_interface(
                        struct_size: Self.size(sluice_observer_interface.self), reserved: 0,
                        event: { ProcessModule.from($0)?.event($1, $2) }))
            case SLUICE_INTERFACE_SELFTEST:
                add(
                    id,
                    sluice_selftest_interface(
                        struct_size: Self.size(sluice_selftest_interface.self), reserved: 0,
                        run: { ProcessModule.from($0)?.call(.selfTest, $1) ?? SLUICE_E_INVALID }))
            case SLUICE_INTERFACE_ROUTES: addRoutes(found.routes)
            case SLUICE_INTERFACE_SINK: addSink(found)
            case SLUICE_INTERFACE_PROTOCOL: addProtocol(found)
            case SLUICE_INTERFACE_TRANSFORM: addTransform()
            case SLUICE_INTERFACE_SOURCE: addSource()
            case SLUICE_INTERFACE_HANDOVER: addHandover(found)
            default: break
            }
        }
    }

    /// Takes a list over.
    func keep<T>(_ list: [T]) -> UnsafeMutablePointer<T> {
        let block = UnsafeMutablePointer<T>.allocate(capacity: max(list.count, 1))
        for (index, item) in list.enumerated() { (block + index).initialize(to: item) }
        blocks.append(UnsafeMutableRawPointer(block))
        return block
    }

    private func addRoutes(_ routes: [InterfaceDescription.Route]) {
        let list = UnsafeMutablePointer<sluice_route>.allocate(capacity: max(routes.count, 1))
        for (index, route) in routes.enumerated() {
            var raw = sluice_route()
            raw.struct_size = Self.size(sluice_route.self)
            raw.listener = route.listener
            raw.flags = route.flags
            raw.methods = text(route.methods)
            raw.pattern = text(route.pattern)
            (list + index).initialize(to: raw)
        }
        blocks.append(UnsafeMutableRawPointer(list))
        add(
            SLUICE_INTERFACE_ROUTES,
            sluice_routes_interface(
                struct_size: Self.size(sluice_routes_interface.self), route_stride: UInt32(MemoryLayout<sluice_route>.stride),
                routes: UnsafePointer(list), route_count: UInt32(routes.count), reserved: 0,
                handle: { instance, request, sink, error in
                    ProcessModule.from(instance)?.handle(request, SinkProxy.from(sink), error) ?? SLUICE_E_INVALID
                }))
    }
}
