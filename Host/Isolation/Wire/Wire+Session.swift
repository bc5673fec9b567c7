import CSluice

/// What sessions are told, and ask for.
extension WireWriter {
    mutating func connectionInfo(_ raw: sluice_connection_info) {
        u32(raw.tls)
        u64(raw.connection)
        for value in [raw.listener, raw.transport, raw.peer_address, raw.local_address] { text(value) }
        u32(raw.peer_port)
        u32(raw.local_port)
        for value in [
            raw.unparsed_limit, raw.unparsed_limit_before, raw.message_limit, raw.handshake_ns, raw.publisher_silent_ns,
        ] { u64(value) }
    }

    mutating func publishRequest(_ raw: sluice_publish_request) {
        u64(raw.grant)
        text(raw.protocol)
        text(raw.description)
    }

    mutating func authAnswer(_ raw: sluice_auth_answer) {
        u32(raw.decision)
        u64(raw.grant)
        for value in [raw.stream, raw.reason, raw.message, raw.status] { text(value) }
        u32(raw.http_status)
        u32(raw.flags)
    }
}

extension WireReader {
    /// Calls `body` with an info whose texts are borrowed from the record.
    mutating func connectionInfo<R>(_ body: (UnsafePointer<sluice_connection_info>) -> R) throws(WireError) -> R {
        var raw = sluice_connection_info()
        raw.struct_size = UInt32(MemoryLayout<sluice_connection_info>.size)
        raw.tls = try u32()
        raw.connection = try u64()
        raw.listener = try text()
        raw.transport = try text()
        raw.peer_address = try text()
        raw.local_address = try text()
        raw.peer_port = try u32()
        raw.local_port = try u32()
        raw.unparsed_limit = try u64()
        raw.unparsed_limit_before = try u64()
        raw.message_limit = try u64()
        raw.handshake_ns = try u64()
        raw.publisher_silent_ns = try u64()
        return withUnsafePointer(to: &raw, body)
    }

    /// Without its connection: the session's own is put there, whatever the process says.
    mutating func publishRequest() throws(WireError) -> sluice_publish_request {
        var raw = sluice_publish_request()
        raw.struct_size = UInt32(MemoryLayout<sluice_publish_request>.size)
        raw.grant = try u64()
        raw.protocol = try text()
        raw.description = try text()
        return raw
    }

    mutating func authAnswer() throws(WireError) -> sluice_auth_answer {
        var raw = sluice_auth_answer()
        raw.struct_size = UInt32(MemoryLayout<sluice_auth_answer>.size)
        raw.decision = try u32()
        raw.grant = try u64()
        raw.stream = try text()
        raw.reason = try text()
        raw.message = try text()
        raw.status = try text()
        raw.http_status = try u32()
        raw.flags = try u32()
        return raw
    }
}
