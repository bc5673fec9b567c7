// ChildServices: the host's services as the plugin finds them in its own process. What is of this process (time, tasks, memory) is done
// here; all else is a message. Which of them the plugin gets is the host's to say: the manifest's permissions hold there and here.

import CHostMedia
import CSluice

enum ChildServices {
    static func table(_ id: String) -> UnsafeRawPointer? {
        switch id {
        case SLUICE_SERVICE_LOG: UnsafeRawPointer(log)
        case SLUICE_SERVICE_CONFIG: UnsafeRawPointer(config)
        case SLUICE_SERVICE_TIME: UnsafeRawPointer(time)
        case SLUICE_SERVICE_BUFFER: UnsafeRawPointer(buffer)
        case SLUICE_SERVICE_STREAM: UnsafeRawPointer(stream)
        case SLUICE_SERVICE_EXCHANGE: UnsafeRawPointer(exchange)
        case SLUICE_SERVICE_BROADCAST: UnsafeRawPointer(broadcast)
        case SLUICE_SERVICE_NET: plugin.media == nil ? nil : UnsafeRawPointer(net)
        case SLUICE_SERVICE_HANDOVER: UnsafeRawPointer(handover)
        case SLUICE_SERVICE_AUTH: UnsafeRawPointer(auth)
        case SLUICE_SERVICE_METRICS: UnsafeRawPointer(metrics)
        case SLUICE_SERVICE_KV: UnsafeRawPointer(kv)
        case SLUICE_SERVICE_EVENT: UnsafeRawPointer(event)
        case SLUICE_SERVICE_TASK: UnsafeRawPointer(task)
        case SLUICE_SERVICE_COMMAND: UnsafeRawPointer(command)
        case SLUICE_SERVICE_TRANSFORM: UnsafeRawPointer(transform)
        case SLUICE_SERVICE_SOURCE: UnsafeRawPointer(source)
        case SLUICE_SERVICE_FETCH: UnsafeRawPointer(fetch)
        default: nil
        }
    }

    /// The services that can be had in a process of its own.
    static let known = [
        SLUICE_SERVICE_LOG, SLUICE_SERVICE_CONFIG, SLUICE_SERVICE_TIME, SLUICE_SERVICE_BUFFER, SLUICE_SERVICE_STREAM,
        SLUICE_SERVICE_EXCHANGE, SLUICE_SERVICE_AUTH, SLUICE_SERVICE_METRICS, SLUICE_SERVICE_KV, SLUICE_SERVICE_EVENT,
        SLUICE_SERVICE_TASK, SLUICE_SERVICE_COMMAND, SLUICE_SERVICE_BROADCAST, SLUICE_SERVICE_NET,
        SLUICE_SERVICE_HANDOVER, SLUICE_SERVICE_TRANSFORM, SLUICE_SERVICE_SOURCE, SLUICE_SERVICE_FETCH,
    ]

    static func keep<T>(_ table: T) -> UnsafePointer<T> {
        let place = UnsafeMutablePointer<T>.allocate(capacity: 1)
        place.initialize(to: table)
        return UnsafePointer(place)
    }

    static func size<T>(_: T.Type) -> UInt32 { UInt32(MemoryLayout<T>.size) }

    static var plugin: HostedPlugin { HostedPlugin.shared }

    // MARK: Told to the host

    // The host drops what is more; what it drops need not be sent.
    private static let lines = SecondGate(limit: 1000)
    private static let events = SecondGate(limit: 1000)

    nonisolated(unsafe) private static let log = keep(
        sluice_log_service(
            struct_size: size(sluice_log_service.self), reserved: 0,
            enabled: { _, level in
                (0..<32).contains(level) && plugin.logLevels.load(ordering: .relaxed) & 1 << UInt32(level) != 0 ? 1 : 0
            },
            write: { _, level, message, fields, count in
                guard lines.pass() else { return }
                var writer = WireWriter(.log)
                writer.i32(level)
                writer.text(sluice_text(data: message.data, size: min(message.size, 4096)))
                writer.pairs(fields, min(count, 64))
                plugin.link.send(writer.finished())
            }))

    nonisolated(unsafe) private static let event = keep(
        sluice_event_service(
            struct_size: size(sluice_event_service.self), reserved: 0,
            emit: { _, type, json in
                guard json.size <= 16 << 10, type.size > 0, type.size <= 64, events.pass() else { return SLUICE_E_LIMIT }
                var writer = WireWriter(.emit)
                writer.text(type)
                writer.text(json)
                return plugin.link.send(writer.finished()) ? SLUICE_OK : SLUICE_E_LIMIT
            }))

    nonisolated(unsafe) private static let auth = keep(
        sluice_auth_service(
            struct_size: size(sluice_auth_service.self), reserved: 0,
            ask: { _, request, done, context, operation, error in
                guard let request else { return SLUICE_E_INVALID }
                return ChildServices.ask(request.pointee, done, context, operation, error)
            },
            cancel: { _, operation in ChildServices.cancel(operation) },
            answer: { _, question, verdict in
                guard plugin.open.withLock({ $0.questions.remove(question) }) != nil else { return SLUICE_E_STALE }
                var writer = WireWriter(.verdict, id: question)
                if let verdict { writer.verdict(verdict.pointee) }
                if verdict != nil, plugin.link.send(writer.finished()) { return SLUICE_OK }
                plugin.refused(.refusedQuestion, question, "the verdict breaks its contract")
                return SLUICE_E_INVALID
            }))

    nonisolated(unsafe) private static let command = keep(
        sluice_command_service(
            struct_size: size(sluice_command_service.self), reserved: 0,
            reply: { _, call, code, output, errors in
                guard plugin.open.withLock({ $0.commands.remove(call) }) != nil else { return SLUICE_E_STALE }
                var writer = WireWriter(.reply, id: call)
                writer.i32(code)
                writer.text(output)
                writer.text(errors)
                if plugin.link.send(writer.finished()) { return SLUICE_OK }
                plugin.refused(.refusedCommand, call, "its output is larger than 1 MiB")
                return SLUICE_E_LIMIT
            }))

    // MARK: Asked of the host

    /// A request whose answer begins with a status; `rest` reads what follows a good one.
    static func ask(
        _ kind: RequestKind, error: UnsafeMutablePointer<sluice_error>? = nil, _ fill: (inout WireWriter) -> Void,
        _ rest: (inout WireReader) throws -> Void = { _ in }
    ) -> Int32 {
        guard let fields = plugin.link.ask(kind, fill) else {
            return refuse(error, SLUICE_E_TIMEOUT, "the host did not answer, or the request is larger than 1 MiB")
        }
        return HostLink.status(of: fields, error, rest)
    }

    nonisolated(unsafe) private static let config = keep(
        sluice_config_service(
            struct_size: size(sluice_config_service.self), reserved: 0,
            app: { _, app, receive, context in
                guard let receive else { return SLUICE_E_INVALID }
                return ask(.appSettings) {
                    $0.text(app)
                } _: {
                    receive(context, try $0.text())
                }
            },
            apps: { _, receive, context in
                guard let receive else { return }
                _ = ask(.apps) { _ in
                } _: {
                    for app in try $0.texts() { receive(context, app) }
                }
            },
            data_folder: { _ in plugin.dataFolder }))

    nonisolated(unsafe) private static let metrics = keep(
        sluice_metrics_service(
            struct_size: size(sluice_metrics_service.self), reserved: 0,
            define: { _, kind, name, help, labels, count, metric in
                guard let metric else { return SLUICE_E_INVALID }
                return ask(.defineMetric) {
                    $0.u32(kind)
                    $0.text(name)
                    $0.text(help)
                    $0.pairs(labels, count)
                } _: {
                    metric.pointee = try $0.u64()
                }
            },
            record: { _, metric, value in
                var writer = WireWriter(.record, id: metric)
                writer.double(value)
                plugin.link.send(writer.finished())
            }))

    nonisolated(unsafe) private static let kv = keep(
        sluice_kv_service(
            struct_size: size(sluice_kv_service.self), reserved: 0,
            get: { _, key, receive, context in
                guard let receive else { return SLUICE_E_INVALID }
                return ask(.getValue) {
                    $0.text(key)
                } _: {
                    receive(context, key, try $0.blob())
                }
            },
            put: { _, key, value, error in
                ask(.putValue, error: error) {
                    $0.text(key)
                    $0.blob(value)
                }
            },
            remove: { _, key, error in ask(.removeValue, error: error) { $0.text(key) } },
            each: { _, prefix, receive, context in
                guard let receive else { return SLUICE_E_INVALID }
                // In pages: all of it may be larger than a message.
                var after: [UInt8] = []
                while true {
                    var count = 0
                    let status = after.withUnsafeBytes { last in
                        var next: [UInt8] = []
                        let status = ask(.eachValue) {
                            $0.text(prefix)
                            $0.bytes(last)
                        } _: { reader in
                            count = Int(try reader.u32())
                            for _ in 0..<count {
                                let key = try reader.text()
                                receive(context, key, try reader.blob())
                                next = Array(UnsafeRawBufferPointer(start: key.data, count: Int(clamping: key.size)))
                            }
                        }
                        return (status, next)
                    }
                    guard status.0 >= 0, count > 0 else { return status.0 }
                    after = status.1
                }
            }))

    nonisolated(unsafe) private static let stream = keep(
        sluice_stream_service(
            struct_size: size(sluice_stream_service.self), reserved: 0,
            publish: { _, request, stream, error in
                guard let request, let stream else { return SLUICE_E_INVALID }
                return ChildServices.publish(request.pointee, stream, error)
            },
            set_tracks: { _, stream, tracks, stride, count, error in
                plugin.sources.object(ofStream: stream).map { plugin.sources.setTracks($0, tracks, stride, count, error) }
                    ?? ChildServices.setTracks(stream, tracks, stride, count, error)
            },
            push: { _, stream, frames, stride, count in
                plugin.sources.object(ofStream: stream).map { plugin.sources.push($0, frames, stride, count) }
                    ?? ChildServices.push(stream, frames, stride, count)
            },
            unpublish: { _, stream, reason in ChildServices.unpublish(stream, reason) },
            set_attribute: { _, stream, key, value in
                setPublishedAttribute(stream, key, value) ?? setAttribute(stream, key, value)
            },
            find: { _, app, name, receive, context in
                guard let receive else { return SLUICE_E_INVALID }
                return ask(.findStream) {
                    $0.text(app)
                    $0.text(name)
                } _: { reader in
                    for _ in 0..<(try reader.u32()) { try reader.streamInfo { receive(context, $0) } }
                }
            }))

    nonisolated(unsafe) private static let exchange = keep(
        sluice_exchange_service(
            struct_size: size(sluice_exchange_service.self), reserved: 0,
            respond: { _, exchange, response in
                guard let response else { return SLUICE_E_INVALID }
                guard plugin.open.withLock({ $0.exchanges.removeValue(forKey: exchange) }) != nil else { return SLUICE_E_STALE }
                if let port = plugin.media { return ChildServices.respond(exchange, response.pointee, port) }
                var writer = WireWriter(
                    .respond, id: exchange, reserving: 512 + Int(clamping: min(response.pointee.body.size, 1 << 20)))
                writer.response(response.pointee)
                if plugin.link.send(writer.finished()) { return SLUICE_OK }
                plugin.refused(
                    .refusedRequest, exchange, "an answer of a process of its own is at most 1 MiB: write it in pieces")
                return SLUICE_E_LIMIT
            },
            begin: { _, exchange, response in
                guard let response else { return SLUICE_E_INVALID }
                var head = response.pointee
                head.body = sluice_bytes()
                return ask(.beginResponse) {
                    $0.u64(exchange)
                    $0.response(head)
                }
            },
            write: { _, exchange, bytes in
                guard bytes.size <= 1 << 19 else { return SLUICE_E_LIMIT }
                return ask(.writeResponse) {
                    $0.u64(exchange)
                    $0.blob(bytes)
                }
            },
            end: { _, exchange in
                _ = plugin.open.withLock { $0.exchanges.removeValue(forKey: exchange) }
                return ask(.endResponse) { $0.u64(exchange) }
            },
            park: { _, exchange, key, deadline in ChildServices.park(exchange, key, deadline) },
            release: { _, sink, key, response in
                guard let response else { return Int64(SLUICE_E_INVALID) }
                return ChildServices.release(sink, key, response.pointee)
            },
            attach: { _, exchange, request, response, webSocket, error in
                guard let request, let response else { return SLUICE_E_INVALID }
                return ChildServices.attach(exchange, request.pointee, response.pointee, webSocket, error)
            }))

    // MARK: Done here

    nonisolated(unsafe) private static let time = keep(
        sluice_time_service(
            struct_size: size(sluice_time_service.self), reserved: 0,
            monotonic_ns: { _ in monotonicNanoseconds() },
            wall_us: { _ in wallMicroseconds() },
            start: { _, delay, period, fired, context, timer in
                guard let fired, let timer else { return SLUICE_E_INVALID }
                nonisolated(unsafe) let context = context
                guard let made = plugin.control.startTimer(delay: delay, period: period, { fired(context, $0) }) else {
                    return SLUICE_E_LIMIT
                }
                timer.pointee = made
                return SLUICE_OK
            },
            cancel: { _, timer in plugin.control.cancelTimer(timer) ? SLUICE_OK : SLUICE_E_STALE }))

    nonisolated(unsafe) private static let buffer = keep(
        sluice_buffer_service(
            struct_size: size(sluice_buffer_service.self), reserved: 0,
            allocate: { _, size in hostmedia_buffer_allocate(size) },
            retain: { _, buffer in hostmedia_buffer_retain(buffer) },
            release: { _, buffer in hostmedia_buffer_release(buffer) }))

    nonisolated(unsafe) private static let task = keep(
        sluice_task_service(
            struct_size: size(sluice_task_service.self), reserved: 0,
            run: { _, work, done, context in
                guard let work else { return SLUICE_E_INVALID }
                nonisolated(unsafe) let context = context
                let taken = plugin.workers.run {
                    work(context)
                    if let done { _ = plugin.control.post { done(context) } }
                }
                return taken ? SLUICE_OK : SLUICE_E_LIMIT
            },
            post: { _, work, context in
                guard let work else { return SLUICE_E_INVALID }
                nonisolated(unsafe) let context = context
                return plugin.control.post(limited: true) { work(context) } ? SLUICE_OK : SLUICE_E_LIMIT
            }))
}
