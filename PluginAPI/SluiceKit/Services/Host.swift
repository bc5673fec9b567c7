/// The host as this generation of the plugin sees it: its services. A service that is unknown or not granted is `nil` here, and the
/// calls that need it do nothing or throw.
public struct Host: @unchecked Sendable {
    /// The C struct, for services that SluiceKit has no call for.
    public let pointer: UnsafePointer<sluice_host>
    let log: UnsafePointer<sluice_log_service>?
    let config: UnsafePointer<sluice_config_service>?
    let time: UnsafePointer<sluice_time_service>?
    let buffer: UnsafePointer<sluice_buffer_service>?
    let stream: UnsafePointer<sluice_stream_service>?
    let net: UnsafePointer<sluice_net_service>?
    let broadcast: UnsafePointer<sluice_broadcast_service>?
    let exchange: UnsafePointer<sluice_exchange_service>?
    let auth: UnsafePointer<sluice_auth_service>?
    let metrics: UnsafePointer<sluice_metrics_service>?
    let event: UnsafePointer<sluice_event_service>?
    let task: UnsafePointer<sluice_task_service>?
    let command: UnsafePointer<sluice_command_service>?
    let transform: UnsafePointer<sluice_transform_service>?
    let source: UnsafePointer<sluice_source_service>?
    let handover: UnsafePointer<sluice_handover_service>?
    let fetch: UnsafePointer<sluice_fetch_service>?

    /// Asks for the drafts among the services only for a plugin of that kind: the host says in its log who uses one.
    init(_ pointer: UnsafePointer<sluice_host>, plugin: any Plugin.Type) {
        self.pointer = pointer
        func service<T>(_ id: String, _ type: T.Type = T.self) -> UnsafePointer<T>? {
            guard let get = pointer.pointee.get_service else { return nil }
            return get(pointer, id)?.assumingMemoryBound(to: T.self)
        }
        log = service(SLUICE_SERVICE_LOG)
        config = service(SLUICE_SERVICE_CONFIG)
        time = service(SLUICE_SERVICE_TIME)
        buffer = service(SLUICE_SERVICE_BUFFER)
        stream = service(SLUICE_SERVICE_STREAM)
        net = service(SLUICE_SERVICE_NET)
        broadcast = service(SLUICE_SERVICE_BROADCAST)
        exchange = service(SLUICE_SERVICE_EXCHANGE)
        auth = service(SLUICE_SERVICE_AUTH)
        metrics = service(SLUICE_SERVICE_METRICS)
        event = service(SLUICE_SERVICE_EVENT)
        task = service(SLUICE_SERVICE_TASK)
        command = service(SLUICE_SERVICE_COMMAND)
        transform = plugin is any TransformProvider.Type ? service(SLUICE_SERVICE_TRANSFORM) : nil
        source = plugin is any SourceProvider.Type ? service(SLUICE_SERVICE_SOURCE) : nil
        handover = service(SLUICE_SERVICE_HANDOVER)
        fetch = service(SLUICE_SERVICE_FETCH)
    }
}

/// Levels of a log line.
public enum LogLevel: Int32, Sendable {
    /// Every step, for who looks for a fault.
    case trace = 0
    /// What helps the plugin's author.
    case debug
    /// What happens.
    case info
    /// What an operator wants to see on a good day.
    case notice
    /// Something is wrong and is dealt with.
    case warning
    /// Something is wrong and is not.
    case error
}

extension Host {
    /// Writes one structured line: a lower-case message and fields; never a token.
    public func log(_ level: LogLevel, _ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
        guard let log, log.pointee.enabled(pointer, level.rawValue) != 0 else { return }
        var arena = TextArena()
        let pairs = arena.pairs(fields.map { (key: $0.key, value: $0.value) })
        withText(message) { log.pointee.write(pointer, level.rawValue, $0, pairs, UInt32(fields.count)) }
    }

    /// Nanoseconds of a clock that never goes back.
    public var monotonicNanoseconds: UInt64 { time?.pointee.monotonic_ns(pointer) ?? 0 }

    /// Microseconds since 1970 UTC.
    public var wallMicroseconds: Int64 { time?.pointee.wall_us(pointer) ?? 0 }

    /// The plugin's own folder, the only one it may write to.
    public var dataFolder: String { config?.pointee.data_folder(pointer).string ?? "" }

    /// The JSON text of `[app.APP.ID]`, or `nil` when there is no such app.
    public func appConfiguration(_ app: String) -> String? {
        guard let config else { return nil }
        var result: String?
        let status = withUnsafeMutablePointer(to: &result) { slot in
            withText(app) {
                config.pointee.app(pointer, $0, { $0?.assumingMemoryBound(to: String?.self).pointee = $1.string }, slot)
            }
        }
        return status == SLUICE_OK ? result : nil
    }

    /// Emits an event `ID.type` with a JSON object.
    public func emit(_ type: String, json: String) {
        guard let event else { return }
        withText(type) { type in withText(json) { _ = event.pointee.emit(pointer, type, $0) } }
    }
}
