// ServiceTables: the host's services as C tables, one static table each. Every function's first act is to find the generation that
// calls; every pointer is borrowed until it returns. The contracts are in the headers.

import CSluice

enum ServiceTables {
    /// The table of a service, or nil when this host does not have it.
    static func table(_ id: String) -> UnsafeRawPointer? {
        switch id {
        case SLUICE_SERVICE_LOG: UnsafeRawPointer(log)
        case SLUICE_SERVICE_CONFIG: UnsafeRawPointer(config)
        case SLUICE_SERVICE_TIME: UnsafeRawPointer(time)
        case SLUICE_SERVICE_BUFFER: UnsafeRawPointer(buffer)
        case SLUICE_SERVICE_STREAM: UnsafeRawPointer(stream)
        case SLUICE_SERVICE_NET: UnsafeRawPointer(net)
        case SLUICE_SERVICE_BROADCAST: UnsafeRawPointer(broadcast)
        case SLUICE_SERVICE_EXCHANGE: UnsafeRawPointer(exchange)
        case SLUICE_SERVICE_AUTH: UnsafeRawPointer(auth)
        case SLUICE_SERVICE_METRICS: UnsafeRawPointer(metrics)
        case SLUICE_SERVICE_KV: UnsafeRawPointer(kv)
        case SLUICE_SERVICE_EVENT: UnsafeRawPointer(event)
        case SLUICE_SERVICE_TASK: UnsafeRawPointer(task)
        case SLUICE_SERVICE_COMMAND: UnsafeRawPointer(command)
        case SLUICE_SERVICE_TRANSFORM: UnsafeRawPointer(transform)
        case SLUICE_SERVICE_SOURCE: UnsafeRawPointer(source)
        case SLUICE_SERVICE_HANDOVER: UnsafeRawPointer(handover)
        case SLUICE_SERVICE_FETCH: UnsafeRawPointer(fetch)
        default: nil
        }
    }

    /// Keeps a table for the life of the process.
    static func keep<T>(_ table: T) -> UnsafePointer<T> {
        let place = UnsafeMutablePointer<T>.allocate(capacity: 1)
        place.initialize(to: table)
        return UnsafePointer(place)
    }

    static func size<T>(_: T.Type) -> UInt32 { UInt32(MemoryLayout<T>.size) }
}
