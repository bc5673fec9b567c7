import CHostMedia
import CSluice
import SluiceJSON

extension ServiceTables {
    nonisolated(unsafe) static let log = keep(
        sluice_log_service(
            struct_size: size(sluice_log_service.self), reserved: 0,
            enabled: { host, level in
                guard let generation = PluginGeneration.from(host) else { return 0 }
                return generation.server.log.enabled(level) ? 1 : 0
            },
            write: { host, level, message, fields, count in
                guard let generation = PluginGeneration.from(host), generation.logRate.pass(at: generation.server.now) else {
                    return
                }
                var words: [String: String] = [:]
                for (key, value) in copyPairs(fields, count, limit: 16) { words[key] = value }
                words["plugin"] = generation.id
                generation.server.log.write(level, message.string(limit: 1024), words)
            }))

    nonisolated(unsafe) static let config = keep(
        sluice_config_service(
            struct_size: size(sluice_config_service.self), reserved: 0,
            app: { host, app, receive, context in
                guard let generation = PluginGeneration.from(host), let receive else { return SLUICE_E_INVALID }
                guard let text = generation.server.appSettings(app.string, plugin: generation.id) else {
                    return SLUICE_E_NOT_FOUND
                }
                BorrowedText.with(text) { receive(context, $0) }
                return SLUICE_OK
            },
            apps: { host, receive, context in
                guard let generation = PluginGeneration.from(host), let receive else { return }
                for app in generation.server.configuration.apps { BorrowedText.with(app.name) { receive(context, $0) } }
            },
            data_folder: { host in
                guard let generation = PluginGeneration.from(host) else { return sluice_text() }
                return sluice_text(data: generation.dataFolderText, size: UInt64(generation.dataFolder.utf8.count))
            }))

    nonisolated(unsafe) static let time = keep(
        sluice_time_service(
            struct_size: size(sluice_time_service.self), reserved: 0,
            monotonic_ns: { host in PluginGeneration.from(host)?.server.now ?? 0 },
            wall_us: { host in PluginGeneration.from(host)?.server.wallMicroseconds ?? 0 },
            start: { host, delay, period, fired, context, timer in
                guard let generation = PluginGeneration.from(host), let fired, let timer else { return SLUICE_E_INVALID }
                nonisolated(unsafe) let context = context
                let server = generation.server
                guard generation.leases.timers.load(ordering: .relaxed) < 1000 else { return SLUICE_E_LIMIT }
                guard let handle = server.startTimer(for: generation, delay: delay, period: period, { fired(context, $0) }) else {
                    return SLUICE_E_LIMIT
                }
                timer.pointee = handle
                return SLUICE_OK
            },
            cancel: { host, timer in
                guard let generation = PluginGeneration.from(host) else { return SLUICE_E_INVALID }
                return generation.server.cancelTimer(timer, of: generation) ? SLUICE_OK : SLUICE_E_STALE
            }))

    nonisolated(unsafe) static let buffer = keep(
        sluice_buffer_service(
            struct_size: size(sluice_buffer_service.self), reserved: 0,
            allocate: { host, size in
                guard let buffer = hostmedia_buffer_allocate(size) else { return nil }
                PluginGeneration.from(host)?.leases.buffers.wrappingAdd(1, ordering: .relaxed)
                return buffer
            },
            retain: { host, buffer in
                guard let buffer else { return }
                hostmedia_buffer_retain(buffer)
                PluginGeneration.from(host)?.leases.buffers.wrappingAdd(1, ordering: .relaxed)
            },
            release: { host, buffer in
                guard let buffer else { return }
                hostmedia_buffer_release(buffer)
                PluginGeneration.from(host)?.leases.buffers.wrappingSubtract(1, ordering: .relaxed)
            }))

    nonisolated(unsafe) static let metrics = keep(
        sluice_metrics_service(
            struct_size: size(sluice_metrics_service.self), reserved: 0,
            define: { host, kind, name, help, labels, count, metric in
                guard let generation = PluginGeneration.from(host), let metric else { return SLUICE_E_INVALID }
                guard let kind = MetricsRegistry.Kind(rawValue: kind), count <= 8 else { return SLUICE_E_INVALID }
                let handle = generation.server.metrics.define(
                    kind, owner: generation.id, name: name.string(limit: 64), help: help.string(limit: 256),
                    labels: copyPairs(labels, count))
                guard let handle else { return SLUICE_E_LIMIT }
                metric.pointee = handle
                return SLUICE_OK
            },
            record: { host, metric, value in PluginGeneration.from(host)?.server.metrics.record(metric, value) }))

    nonisolated(unsafe) static let kv = keep(
        sluice_kv_service(
            struct_size: size(sluice_kv_service.self), reserved: 0,
            get: { host, key, receive, context in
                guard let generation = PluginGeneration.from(host), let receive else { return SLUICE_E_INVALID }
                guard let value = generation.store.get(key.string) else { return SLUICE_E_NOT_FOUND }
                deliver(key.string, value, receive, context)
                return SLUICE_OK
            },
            put: { host, key, value, error in
                guard let generation = PluginGeneration.from(host) else { return SLUICE_E_INVALID }
                return store(generation, key.string, [UInt8](value.unsafeBytes), error)
            },
            remove: { host, key, error in
                guard let generation = PluginGeneration.from(host) else { return SLUICE_E_INVALID }
                return store(generation, key.string, nil, error)
            },
            each: { host, prefix, receive, context in
                guard let generation = PluginGeneration.from(host), let receive else { return SLUICE_E_INVALID }
                for (key, value) in generation.store.each(prefix: prefix.string) { deliver(key, value, receive, context) }
                return SLUICE_OK
            }))

    private static func deliver(
        _ key: String, _ value: [UInt8], _ receive: sluice_kv_receiver, _ context: UnsafeMutableRawPointer?
    ) {
        BorrowedText.with(key) { key in
            value.withUnsafeBufferPointer { receive(context, key, sluice_bytes(data: $0.baseAddress, size: UInt64($0.count))) }
        }
    }

    private static func store(
        _ generation: PluginGeneration, _ key: String, _ value: [UInt8]?, _ target: UnsafeMutablePointer<sluice_error>?
    ) -> Int32 {
        do {
            try generation.store.put(key, value)
            return SLUICE_OK
        } catch {
            switch error {
            case .limit(let text): return refuse(target, SLUICE_E_LIMIT, text)
            case .disk(let text): return refuse(target, SLUICE_E_FAILED, text)
            }
        }
    }

    nonisolated(unsafe) static let event = keep(
        sluice_event_service(
            struct_size: size(sluice_event_service.self), reserved: 0,
            emit: { host, type, json in
                guard let generation = PluginGeneration.from(host) else { return SLUICE_E_INVALID }
                guard generation.eventRate.pass(at: generation.server.now), json.size <= 16 << 10 else { return SLUICE_E_LIMIT }
                let name = type.string(limit: 64)
                let allowed = name.utf8.allSatisfy {
                    (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F || $0 == 0x2E
                }
                guard !name.isEmpty, allowed, let value = try? JSONValue(parsing: json.string), let object = value.objectValue
                else {
                    return SLUICE_E_INVALID
                }
                generation.server.events.emit("\(generation.id).\(name)", object)
                return SLUICE_OK
            }))

    nonisolated(unsafe) static let task = keep(
        sluice_task_service(
            struct_size: size(sluice_task_service.self), reserved: 0,
            run: { host, work, done, context in
                guard let generation = PluginGeneration.from(host), let work else { return SLUICE_E_INVALID }
                return run(generation, work, done, context)
            },
            post: { host, work, context in
                guard let generation = PluginGeneration.from(host), let work else { return SLUICE_E_INVALID }
                nonisolated(unsafe) let context = context
                return generation.server.post(for: generation) { work(context) } ? SLUICE_OK : SLUICE_E_LIMIT
            }))

    private static func run(
        _ generation: PluginGeneration, _ work: @escaping sluice_task_work, _ done: sluice_task_work?,
        _ context: UnsafeMutableRawPointer?
    ) -> Int32 {
        nonisolated(unsafe) let context = context
        var then: (@Sendable () -> Void)?
        if let done { then = { done(context) } }
        return generation.server.runTask(for: generation, { work(context) }, then: then) ? SLUICE_OK : SLUICE_E_LIMIT
    }

    nonisolated(unsafe) static let command = keep(
        sluice_command_service(
            struct_size: size(sluice_command_service.self), reserved: 0,
            reply: { host, call, code, output, errors in
                guard let generation = PluginGeneration.from(host) else { return SLUICE_E_INVALID }
                let result = PluginCommandResult(exitCode: code, standardOutput: output.string, standardError: errors.string)
                return generation.server.commands.finish(call, result) ? SLUICE_OK : SLUICE_E_STALE
            }))

    /// Here nothing has to be kept: a session's code dies with the host or not at all.
    nonisolated(unsafe) static let handover = keep(
        sluice_handover_service(
            struct_size: size(sluice_handover_service.self), reserved: 0, checkpoint_every: 0,
            checkpoint: { host, connection, _ in
                guard let session = PluginGeneration.from(host)?.server.sessions[connection] else { return SLUICE_E_STALE }
                return session.lane.isCurrent ? SLUICE_OK : SLUICE_E_STATE
            }))
}
