import CSluice

/// What the process says of its sink, done with the plugin's own services. It names no other object: handles are the proxy's own.
extension SinkProxy {
    func receive(_ kind: MediaKind, _ reader: inout WireReader, _ supervisor: Supervisor) throws {
        let host = services.host
        // Before it has said that it takes the sink over, it has nothing to say of it.
        if decision != nil, kind != .sinkRefused, kind != .sinkTaken { return }
        switch kind {
        case .sinkTaken: decide(nil)
        case .sinkRefused:
            let (isImport, reason) = (try reader.u32() != 0, try reader.string(limit: 480))
            if isImport, decision != nil { decide(reason) } else { fail(reason) }
        case .sinkAppend:
            let (flags, first, second) = (try reader.u32(), try reader.blob(), try reader.blob())
            try reader.end()
            _ = services.broadcast?.pointee.append?(host, log, first, second, flags)
        case .sinkPrefix:
            let prefix = try reader.blob()
            try reader.end()
            _ = services.broadcast?.pointee.set_prefix?(host, log, prefix)
        case .sinkPark:
            let (exchange, key, deadline) = (try reader.u64(), try reader.text(), try reader.u64())
            guard supervisor.takeRequest(exchange) else { return }
            let status = services.exchange?.pointee.park?(host, exchange, key, deadline) ?? SLUICE_E_DENIED
            if status == SLUICE_E_INVALID || status == SLUICE_E_DENIED {
                services.fail(request: exchange, status: 500, "the request could not be held")
            }
        case .sinkRelease:
            let (key, body) = (try reader.text(), try reader.u64())
            let pieces = supervisor.bodies?.take(body) ?? []
            try reader.response(followedBy: pieces) { response in
                _ = services.exchange?.pointee.release?(host, sink, key, response)
            }
        case .sinkAttribute:
            let (key, value) = (try reader.text(), try reader.text())
            guard maySet(key.copied) else { return }
            _ = services.stream?.pointee.set_attribute?(host, stream, key, value)
        case .sinkExported:
            let (status, reason, blob) = (try reader.i32(), try reader.string(limit: 480), try reader.raw())
            guard case .asked(let since) = export else { return }
            export = status == SLUICE_OK ? .here(Array(blob), since) : status == SLUICE_AGAIN ? .none : .refused(reason)
        default: throw WireError.unknownKind(UInt16(truncatingIfNeeded: kind.rawValue))
        }
    }

    // MARK: Handover

    /// Its state, when it is here; else it is asked for, and frames are held back until the next attempt.
    func export(
        _ receive: sluice_blob_receiver?, _ context: UnsafeMutableRawPointer?, _ error: UnsafeMutablePointer<sluice_error>?
    ) -> Int32 {
        switch export {
        case .here(let blob, _):
            // Whatever comes of it: the next attempt asks again.
            export = .none
            blob.withUnsafeBufferPointer { receive?(context, sluice_bytes(data: $0.baseAddress, size: UInt64($0.count))) }
            return SLUICE_OK
        case .refused(let reason):
            export = .none
            return refuse(error, SLUICE_E_FAILED, reason)
        case .asked: return SLUICE_AGAIN
        case .none:
            guard border.send(.sinkExport, object: id, insists: true, { _ in }) == .sent else {
                return refuse(error, SLUICE_E_BACKEND, "the plugin's process is not there")
            }
            export = .asked(monotonicNanoseconds())
            return SLUICE_AGAIN
        }
    }
}

extension Supervisor {
    /// A request that the process has, taken from it.
    func takeRequest(_ exchange: UInt64) -> Bool {
        shared.withLock { $0.open.requests.removeValue(forKey: exchange) != nil }
    }
}
