import CSluice

/// The tables whose objects are sinks: `void *sink` is a SinkProxy.
extension ProxyTables {
    func addSink(_ found: InterfaceDescription) {
        let formats = keep(found.sinkFormats.map { sluice_log_format(format: text($0.format), variant: text($0.variant)) })
        var table = sluice_sink_interface()
        table.struct_size = Self.size(sluice_sink_interface.self)
        table.opens = found.sinkOpens
        table.formats = found.sinkFormats.isEmpty ? nil : UnsafePointer(formats)
        table.format_count = UInt32(found.sinkFormats.count)
        table.format_stride = UInt32(MemoryLayout<sluice_log_format>.stride)
        table.open = { instance, request, sink, error in
            guard let module = ProcessModule.from(instance), let request, let sink else { return SLUICE_E_INVALID }
            guard let made = module.makeSink(request.pointee, error) else { return SLUICE_E_BACKEND }
            made.tell()
            sink.pointee = Unmanaged.passRetained(made).toOpaque()
            return SLUICE_OK
        }
        table.tracks = { sink, list, stride, count, flags, _ in
            SinkProxy.from(sink)?.tracks(list, stride: stride, count: count, flags: flags) ?? SLUICE_E_INVALID
        }
        table.frames = { sink, list, stride, count, error in
            SinkProxy.from(sink)?.frames(list, stride: stride, count: count, error) ?? SLUICE_E_INVALID
        }
        table.publisher = { sink, state in SinkProxy.from(sink)?.publisher(state) }
        table.attributes = { sink, list, count in SinkProxy.from(sink)?.attributes(list, count) }
        table.close = { sink, reason in SinkProxy.from(sink)?.close(reason) }
        add(SLUICE_INTERFACE_SINK, table)
    }

    func addHandover(_ found: InterfaceDescription) {
        var table = sluice_handover_interface()
        table.struct_size = Self.size(sluice_handover_interface.self)
        if found.movesSinks {
            table.export_sink = { sink, receive, context, error in
                SinkProxy.from(sink)?.export(receive, context, error) ?? SLUICE_E_INVALID
            }
            table.import_sink = { instance, request, blob, sink, error in
                guard let module = ProcessModule.from(instance), let request, let sink else { return SLUICE_E_INVALID }
                guard let made = module.makeSink(request.pointee, error) else { return SLUICE_E_BACKEND }
                if let reason = made.beginImport(blob) {
                    made.border.remove(made.id)
                    return refuse(error, SLUICE_E_FAILED, reason)
                }
                sink.pointee = Unmanaged.passRetained(made).toOpaque()
                return SLUICE_OK
            }
            table.forget_sink = { SinkProxy.from($0)?.forgetSink() }
        }
        if found.movesSessions { addSessions(to: &table) }
        add(SLUICE_INTERFACE_HANDOVER, table)
    }
}

extension ProcessModule {
    func makeSink(_ request: sluice_sink_open, _ error: UnsafeMutablePointer<sluice_error>?) -> SinkProxy? {
        guard let border = supervisor.media, let services = supervisor.shared.withLock({ $0.services }) else {
            refuse(error, SLUICE_E_BACKEND, "the plugin's process does not run")
            return nil
        }
        return SinkProxy(request, supervisor: supervisor, border: border, services: services)
    }

    /// [lane of the stream] After `import_sink`: the tracks that the exporter was told, for a process that has to begin anew.
    public static func remember(
        sink: UnsafeMutableRawPointer, _ tracks: UnsafePointer<sluice_track>?, stride: UInt32, count: UInt32
    ) {
        SinkProxy.from(sink)?.remember(tracks, stride: stride, count: count)
    }
}
