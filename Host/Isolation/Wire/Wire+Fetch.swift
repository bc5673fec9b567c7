import CSluice

/// Bytes of a body that cross the border in one message, with room for its headers.
let fetchBodyLimit = 960 << 10

extension WireWriter {
    mutating func fetchRequest(_ raw: sluice_fetch_request) {
        text(raw.method)
        text(raw.url)
        pairs(raw.headers, raw.header_count)
        blob(raw.body)
        u64(raw.deadline_ns)
        u64(raw.response_limit)
    }

    mutating func fetchAnswer(_ raw: sluice_fetch_answer) {
        i32(raw.failure)
        u32(raw.status)
        pairs(raw.headers, raw.header_count)
        blob(raw.body)
        text(raw.reason)
    }
}

extension WireReader {
    /// Calls `body` with a request whose texts are borrowed from the message.
    mutating func fetchRequest<R>(_ body: (UnsafePointer<sluice_fetch_request>) -> R) throws(WireError) -> R {
        var raw = sluice_fetch_request()
        raw.struct_size = UInt32(MemoryLayout<sluice_fetch_request>.size)
        raw.method = try text()
        raw.url = try text()
        let headers = try pairs()
        raw.body = try blob()
        raw.deadline_ns = try u64()
        raw.response_limit = try u64()
        try end()
        return headers.withUnsafeBufferPointer { headers in
            raw.headers = headers.isEmpty ? nil : headers.baseAddress
            raw.header_count = UInt32(truncatingIfNeeded: headers.count)
            return withUnsafePointer(to: &raw, body)
        }
    }

    /// Calls `body` with an answer whose texts are borrowed from the message.
    mutating func fetchAnswer<R>(_ body: (UnsafePointer<sluice_fetch_answer>) -> R) throws(WireError) -> R {
        var raw = sluice_fetch_answer()
        raw.struct_size = UInt32(MemoryLayout<sluice_fetch_answer>.size)
        raw.failure = try i32()
        raw.status = try u32()
        let headers = try pairs()
        raw.body = try blob()
        raw.reason = try text()
        try end()
        return headers.withUnsafeBufferPointer { headers in
            raw.headers = headers.isEmpty ? nil : headers.baseAddress
            raw.header_count = UInt32(truncatingIfNeeded: headers.count)
            return withUnsafePointer(to: &raw, body)
        }
    }
}
