import CSluice

/// The tables whose objects are transforms and sources: `void *` is a TransformProxy or a SourceProxy.
extension ProxyTables {
    func addTransform() {
        var table = sluice_transform_interface()
        table.struct_size = Self.size(sluice_transform_interface.self)
        table.open = { instance, request, transform, error in
            guard let module = ProcessModule.from(instance), let request, let transform else { return SLUICE_E_INVALID }
            guard let (common, services) = module.mediaSide else {
                return refuse(error, SLUICE_E_BACKEND, "the plugin's process does not run")
            }
            var border = common
            var release: @Sendable () -> Void = {}
            if let workers = module.workers {
                let key = module.key(of: request.pointee)
                switch workers.take(key, services: services) {
                case .success(let own): border = own
                case .failure(let refusal): return refuse(error, SLUICE_E_BACKEND, refusal.reason)
                }
                release = { workers.release(key) }
            }
            let made = TransformProxy(request.pointee.transform, border: border, services: services, release: release)
            if let reason = made.begin(request.pointee, mayWait: module.workers != nil) {
                return refuse(error, SLUICE_E_BACKEND, reason)
            }
            transform.pointee = Unmanaged.passRetained(made).toOpaque()
            return SLUICE_OK
        }
        table.negotiate = { transform, list, stride, count, flags, error in
            TransformProxy.from(transform)?.negotiate(list, stride: stride, count: count, flags: flags, error) ?? SLUICE_E_INVALID
        }
        table.send = { transform, list, stride, count, error in
            TransformProxy.from(transform)?.send(list, stride: stride, count: count, error) ?? SLUICE_E_INVALID
        }
        table.receive = { transform, take, context, error in
            TransformProxy.from(transform)?.receive(take, context, error) ?? SLUICE_E_INVALID
        }
        table.flush = { transform, error in TransformProxy.from(transform)?.flush(error) ?? SLUICE_E_INVALID }
        table.attributes = { transform, list, count in TransformProxy.from(transform)?.attributes(list, count) }
        table.close = { transform, reason in TransformProxy.from(transform)?.close(reason) }
        add(SLUICE_INTERFACE_TRANSFORM, table)
    }

    func addSource() {
        var table = sluice_source_interface()
        table.struct_size = Self.size(sluice_source_interface.self)
        table.open = { instance, request, source, error in
            guard let module = ProcessModule.from(instance), let request, let source else { return SLUICE_E_INVALID }
            guard let (border, services) = module.mediaSide else {
                return refuse(error, SLUICE_E_BACKEND, "the plugin's process does not run")
            }
            let made = SourceProxy(request.pointee, border: border, services: services)
            if let reason = made.begin(request.pointee) { return refuse(error, SLUICE_E_BACKEND, reason) }
            source.pointee = Unmanaged.passRetained(made).toOpaque()
            return SLUICE_OK
        }
        table.timer = { source, now, error in SourceProxy.from(source)?.timer(now, error) ?? SLUICE_E_INVALID }
        table.close = { source, reason in SourceProxy.from(source)?.close(reason) }
        add(SLUICE_INTERFACE_SOURCE, table)
    }
}

extension ProcessModule {
    /// Which process a transform is in.
    fileprivate func key(of request: sluice_transform_open) -> String {
        var name = request.name.copied
        if supervisor.settings.sharing == .group, let attributes = request.attributes {
            for index in 0..<Int(request.attribute_count) where attributes[index].key.copied == "group" {
                let group = attributes[index].value.copied
                if !group.isEmpty { name = group }
            }
        }
        return "\(request.app.copied)/\(name)"
    }

    /// nil: the process does not run for good.
    fileprivate var mediaSide: (MediaBorder, HostServices)? {
        guard let border = supervisor.media, let services = supervisor.shared.withLock({ $0.services }) else { return nil }
        return (border, services)
    }
}
