import CSluice

extension WireWriter {
    mutating func authRequest(_ raw: sluice_auth_request) {
        u32(raw.action)
        u64(raw.connection)
        for value in [
            raw.protocol, raw.scheme, raw.host_name, raw.app, raw.path, raw.stream, raw.url, raw.raw_app, raw.raw_stream,
            raw.peer_address, raw.context,
        ] { text(value) }
        pairs(raw.query, raw.query_count)
        pairs(raw.credentials, raw.credential_count)
        for value in [raw.port, raw.tls, raw.peer_port] { u32(value) }
        u64(raw.deadline_ns)
    }

    mutating func verdict(_ raw: sluice_verdict) {
        for value in [raw.decision, raw.http_status, raw.flags] { u32(value) }
        for value in [raw.reason, raw.message, raw.detail, raw.status, raw.principal, raw.stream, raw.context] { text(value) }
        for value in [raw.ttl_ms, raw.recheck_ms, raw.max_bitrate, raw.max_viewers] { u64(value) }
        i64(raw.not_after_wall_us)
        pairs(raw.attributes, raw.attribute_count)
    }
}

extension WireReader {
    /// Calls `body` with a question whose texts are borrowed from the message.
    mutating func authRequest<R>(_ body: (UnsafePointer<sluice_auth_request>) -> R) throws(WireError) -> R {
        var raw = sluice_auth_request()
        raw.struct_size = UInt32(MemoryLayout<sluice_auth_request>.size)
        raw.action = try u32()
        raw.connection = try u64()
        raw.protocol = try text()
        raw.scheme = try text()
        raw.host_name = try text()
        raw.app = try text()
        raw.path = try text()
        raw.stream = try text()
        raw.url = try text()
        raw.raw_app = try text()
        raw.raw_stream = try text()
        raw.peer_address = try text()
        raw.context = try text()
        let query = try pairs()
        let credentials = try pairs()
        raw.port = try u32()
        raw.tls = try u32()
        raw.peer_port = try u32()
        raw.deadline_ns = try u64()
        try end()
        return query.withUnsafeBufferPointer { query in
            credentials.withUnsafeBufferPointer { credentials in
                raw.query = query.isEmpty ? nil : query.baseAddress
                raw.query_count = UInt32(truncatingIfNeeded: query.count)
                raw.credentials = credentials.isEmpty ? nil : credentials.baseAddress
                raw.credential_count = UInt32(truncatingIfNeeded: credentials.count)
                return withUnsafePointer(to: &raw, body)
            }
        }
    }

    /// Calls `body` with a verdict whose texts are borrowed from the message.
    mutating func verdict<R>(_ body: (UnsafePointer<sluice_verdict>) -> R) throws(WireError) -> R {
        var raw = sluice_verdict()
        raw.struct_size = UInt32(MemoryLayout<sluice_verdict>.size)
        raw.decision = try u32()
        raw.http_status = try u32()
        raw.flags = try u32()
        raw.reason = try text()
        raw.message = try text()
        raw.detail = try text()
        raw.status = try text()
        raw.principal = try text()
        raw.stream = try text()
        raw.context = try text()
        raw.ttl_ms = try u64()
        raw.recheck_ms = try u64()
        raw.max_bitrate = try u64()
        raw.max_viewers = try u64()
        raw.not_after_wall_us = try i64()
        let attributes = try pairs()
        try end()
        return attributes.withUnsafeBufferPointer { attributes in
            raw.attributes = attributes.isEmpty ? nil : attributes.baseAddress
            raw.attribute_count = UInt32(truncatingIfNeeded: attributes.count)
            return withUnsafePointer(to: &raw, body)
        }
    }
}
