import CSluice

/// The services that the manifest grants to the plugin, as its process' requests are carried out with them. Valid between create and destroy.
struct HostServices: @unchecked Sendable {
    let host: UnsafePointer<sluice_host>
    let granted: [String]
    let log: UnsafePointer<sluice_log_service>?
    let config: UnsafePointer<sluice_config_service>?
    let stream: UnsafePointer<sluice_stream_service>?
    let exchange: UnsafePointer<sluice_exchange_service>?
    let broadcast: UnsafePointer<sluice_broadcast_service>?
    let net: UnsafePointer<sluice_net_service>?
    let auth: UnsafePointer<sluice_auth_service>?
    let metrics: UnsafePointer<sluice_metrics_service>?
    let kv: UnsafePointer<sluice_kv_service>?
    let event: UnsafePointer<sluice_event_service>?
    let command: UnsafePointer<sluice_command_service>?
    let transform: UnsafePointer<sluice_transform_service>?
    let source: UnsafePointer<sluice_source_service>?
    let fetch: UnsafePointer<sluice_fetch_service>?

    init(_ host: UnsafePointer<sluice_host>) {
        self.host = host
        var granted: [String] = []
        func service<T>(_ id: String, _: T.Type = T.self) -> UnsafePointer<T>? {
            host.pointee.get_service?(host, id)?.assumingMemoryBound(to: T.self)
        }
        for id in ChildServices.known where host.pointee.get_service?(host, id) != nil { granted.append(id) }
        self.granted = granted
        log = service(SLUICE_SERVICE_LOG)
        config = service(SLUICE_SERVICE_CONFIG)
        stream = service(SLUICE_SERVICE_STREAM)
        exchange = service(SLUICE_SERVICE_EXCHANGE)
        broadcast = service(SLUICE_SERVICE_BROADCAST)
        net = service(SLUICE_SERVICE_NET)
        auth = service(SLUICE_SERVICE_AUTH)
        metrics = service(SLUICE_SERVICE_METRICS)
        kv = service(SLUICE_SERVICE_KV)
        event = service(SLUICE_SERVICE_EVENT)
        command = service(SLUICE_SERVICE_COMMAND)
        transform = service(SLUICE_SERVICE_TRANSFORM)
        source = service(SLUICE_SERVICE_SOURCE)
        fetch = service(SLUICE_SERVICE_FETCH)
    }

    /// Bit n: the log takes lines of level n.
    var logLevels: UInt32 {
        guard let log else { return 0 }
        return (0..<6).reduce(0) { $0 | (log.pointee.enabled?(host, $1) == 1 ? 1 << UInt32($1) : 0) }
    }

    /// A line of the host's about the plugin, with a reason.
    func write(_ level: Int32, _ text: String, _ reason: String) {
        sluice_text.with(text) { text in
            sluice_text.with("reason") { key in
                sluice_text.with(reason) { value in
                    var field = sluice_pair(key: key, value: value)
                    log?.pointee.write?(host, level, text, &field, 1)
                }
            }
        }
    }

    // MARK: What is open when a process dies, or is refused

    /// A question that will not be answered: the chain's failure policy decides.
    func fail(question: UInt64, _ reason: String) {
        guard let auth else { return }
        sluice_text.with(reason) { detail in
            var verdict = sluice_verdict()
            verdict.struct_size = UInt32(MemoryLayout<sluice_verdict>.size)
            verdict.decision = SLUICE_VERDICT_FAILED
            verdict.detail = detail
            _ = auth.pointee.answer?(host, question, &verdict)
        }
    }

    func fail(command call: UInt64, _ reason: String) {
        sluice_text.with("sluice: \(reason)\n") { _ = command?.pointee.reply?(host, call, 1, sluice_text(), $0) }
    }

    func fail(request handle: UInt64, status: UInt32, _ reason: String) {
        guard let exchange else { return }
        sluice_text.with(reason + "\n") { text in
            sluice_text.with("retry-after") { name in
                sluice_text.with("1") { one in
                    var headers = [sluice_pair(key: name, value: one)]
                    if status != 503 { headers = [] }
                    headers.withUnsafeBufferPointer { headers in
                        var response = sluice_response()
                        response.struct_size = UInt32(MemoryLayout<sluice_response>.size)
                        response.status = status
                        response.headers = headers.baseAddress
                        response.header_count = UInt32(headers.count)
                        text.data?.withMemoryRebound(to: UInt8.self, capacity: Int(text.size)) {
                            response.body = sluice_bytes(data: $0, size: text.size)
                        }
                        _ = exchange.pointee.respond?(host, handle, &response)
                    }
                }
            }
        }
    }
}
