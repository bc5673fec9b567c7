import CSluice

extension WireWriter {
    mutating func request(_ raw: sluice_request) {
        u32(raw.route)
        for value in [raw.method, raw.path, raw.query, raw.peer_address, raw.child_prefix] { text(value) }
        pairs(raw.parameters, raw.parameter_count)
        pairs(raw.query_pairs, raw.query_count)
        pairs(raw.headers, raw.header_count)
        u32(raw.tls)
        u32(raw.websocket)
        u64(raw.now_ns)
        blob(raw.body)
    }

    mutating func response(_ raw: sluice_response) {
        u32(raw.status)
        u32(raw.flags)
        pairs(raw.headers, raw.header_count)
        blob(raw.body)
    }
}

extension WireReader {
    /// Calls `body` with a request whose texts are borrowed from the message.
    mutating func request<R>(
        exchange: UInt64, _ body: (UnsafePointer<sluice_request>) -> R
    ) throws(WireError) -> R {
        var raw = sluice_request()
        raw.struct_size = UInt32(MemoryLayout<sluice_request>.size)
        raw.exchange = exchange
        raw.route = try u32()
        raw.method = try text()
        raw.path = try text()
        raw.query = try text()
        raw.peer_address = try text()
        raw.child_prefix = try text()
        let parameters = try pairs()
        let query = try pairs()
        let headers = try pairs()
        raw.tls = try u32()
        raw.websocket = try u32()
        raw.now_ns = try u64()
        raw.body = try blob()
        try end()
        return parameters.withUnsafeBufferPointer { parameters in
            query.withUnsafeBufferPointer { query in
                headers.withUnsafeBufferPointer { headers in
                    raw.parameters = parameters.isEmpty ? nil : parameters.baseAddress
                    raw.parameter_count = UInt32(truncatingIfNeeded: parameters.count)
                    raw.query_pairs = query.isEmpty ? nil : query.baseAddress
                    raw.query_count = UInt32(truncatingIfNeeded: query.count)
                    raw.headers = headers.isEmpty ? nil : headers.baseAddress
                    raw.header_count = UInt32(truncatingIfNeeded: headers.count)
                    return withUnsafePointer(to: &raw, body)
                }
            }
        }
    }

    /// Calls `body` with a response whose texts are borrowed from the message.
    mutating func response<R>(_ body: (UnsafePointer<sluice_response>) -> R) throws(WireError) -> R {
        var raw = sluice_response()
        raw.struct_size = UInt32(MemoryLayout<sluice_response>.size)
        raw.status = try u32()
        raw.flags = try u32()
        let headers = try pairs()
        raw.body = try blob()
        try end()
        return headers.withUnsafeBufferPointer { headers in
            raw.headers = headers.isEmpty ? nil : headers.baseAddress
            raw.header_count = UInt32(truncatingIfNeeded: headers.count)
            return withUnsafePointer(to: &raw, body)
        }
    }
}
