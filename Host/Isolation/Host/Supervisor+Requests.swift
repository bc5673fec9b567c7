import CSluice

/// What the process asks and waits for. Each is carried out with the plugin's own services: what the manifest does not grant has none.
extension Supervisor {
    /// A page of kv.each: at most so many bytes and values.
    static let pageBytes = 512 << 10
    static let pageValues = 512

    func answer(_ message: Message, _ services: HostServices) throws {
        var writer = WireWriter(.result, id: message.id)
        let place = Place()
        try message.reading { reader in
            guard let kind = RequestKind(rawValue: try reader.u32()) else { throw WireError.unknownKind(UInt16.max) }
            try carryOut(kind, &reader, services, place)
        }
        writer.i32(place.status)
        writer.text(place.reason)
        if place.status >= 0 { writer.fields(place.rest) }
        if outbox.send(writer.finished()) { return }
        var short = WireWriter(.result, id: message.id)
        short.i32(SLUICE_E_LIMIT)
        short.text("the answer is larger than 1 MiB")
        _ = outbox.send(short.finished())
    }

    /// Where C callbacks put what they get.
    final class Place {
        var status = SLUICE_E_DENIED
        var reason = "not granted by the manifest"
        var writer = WireWriter(.result)
        var count: UInt32 = 0
        var after: [UInt8] = []
        var rest: [UInt8] { Array(writer.bytes[Message.headerSize...]) }

        var pointer: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }
        static func from(_ pointer: UnsafeMutableRawPointer?) -> Place? {
            pointer.map { Unmanaged<Place>.fromOpaque($0).takeUnretainedValue() }
        }

        func done(_ status: Int32?, _ error: sluice_error? = nil) {
            guard let status else { return }
            self.status = status
            reason = status < 0 ? error?.reason(or: "status \(status)") ?? "status \(status)" : ""
        }
    }

    private func carryOut(_ kind: RequestKind, _ reader: inout WireReader, _ services: HostServices, _ place: Place) throws {
        let host = services.host
        switch kind {
        case .getValue, .putValue, .removeValue, .eachValue: try value(kind, &reader, services, place)
        case .appSettings:
            let app = try reader.text()
            place.done(
                services.config?.pointee.app?(host, app, { Place.from($0)?.writer.text($1) }, place.pointer))
        case .apps:
            guard let apps = services.config?.pointee.apps else { return }
            let names = Place()
            apps(
                host,
                { context, name in
                    guard let place = Place.from(context), place.count < WireReader.listLimit else { return }
                    place.count += 1
                    place.writer.text(name)
                }, names.pointer)
            place.writer.u32(names.count)
            place.writer.fields(names.rest)
            place.done(SLUICE_OK)
        case .defineMetric:
            let (type, name, help, labels) = (try reader.u32(), try reader.text(), try reader.text(), try reader.pairs())
            var metric: UInt64 = 0
            place.done(services.metrics?.pointee.define?(host, type, name, help, labels, UInt32(labels.count), &metric))
            guard place.status == SLUICE_OK else { return }
            metrics.insert(metric)
            place.writer.u64(metric)
        case .findStream:
            let (app, name) = (try reader.text(), try reader.text())
            let found = Place()
            let status = services.stream?.pointee.find?(
                host, app, name,
                { context, info in
                    guard let place = Place.from(context), let info, place.count < 256, place.writer.bytes.count < 768 << 10
                    else {
                        return
                    }
                    place.count += 1
                    place.writer.streamInfo(info.pointee)
                }, found.pointer)
            place.writer.u32(found.count)
            place.writer.fields(found.rest)
            place.done(status)
        case .beginResponse, .writeResponse, .endResponse: try response(kind, &reader, services, place)
        case .attachExchange: try attach(&reader, services, place)
        case .publish, .setTracks, .attachSession: throw WireError.unknownKind(.max)
        case .startFetch: try startFetch(&reader, services, place)
        }
    }

    private func value(_ kind: RequestKind, _ reader: inout WireReader, _ services: HostServices, _ place: Place) throws {
        let (host, kv) = (services.host, services.kv?.pointee)
        let key = try reader.text()
        var error = sluice_error.make()
        switch kind {
        case .getValue: place.done(kv?.get?(host, key, { Place.from($0)?.writer.blob($2) }, place.pointer))
        case .putValue: place.done(kv?.put?(host, key, try reader.blob(), &error), error)
        case .removeValue: place.done(kv?.remove?(host, key, &error), error)
        default:
            let page = Place()
            page.after = Array(try reader.raw())
            let status = kv?.each?(
                host, key,
                { context, key, value in
                    guard let page = Place.from(context), page.count < Supervisor.pageValues,
                        page.writer.bytes.count < Supervisor.pageBytes
                    else { return }
                    let name = UnsafeRawBufferPointer(start: key.data, count: key.data == nil ? 0 : Int(clamping: key.size))
                    guard page.after.isEmpty || page.after.lexicographicallyPrecedes(name) else { return }
                    page.count += 1
                    page.writer.text(key)
                    page.writer.blob(value)
                }, page.pointer)
            place.writer.u32(page.count)
            place.writer.fields(page.rest)
            place.done(status)
        }
    }

    /// A request's client becomes a player.
    private func attach(_ reader: inout WireReader, _ services: HostServices, _ place: Place) throws {
        let handle = try reader.u64()
        let isWebSocket = try reader.u32()
        guard shared.withLock({ $0.open.requests[handle] != nil }) else { return place.done(SLUICE_E_STALE) }
        var error = sluice_error.make()
        let status = try reader.attach { reader, wish in
            try reader.response { response in
                services.exchange?.pointee.attach?(services.host, handle, wish, response, isWebSocket, &error)
            }
        }
        // From here on it is the host's.
        if status == SLUICE_OK { _ = takeRequest(handle) }
        place.done(status, error)
    }

    private func response(_ kind: RequestKind, _ reader: inout WireReader, _ services: HostServices, _ place: Place) throws {
        let (host, exchange) = (services.host, services.exchange?.pointee)
        let handle = try reader.u64()
        guard shared.withLock({ $0.open.requests[handle] != nil }) else { return place.done(SLUICE_E_STALE) }
        switch kind {
        case .beginResponse: place.done(try reader.response { exchange?.begin?(host, handle, $0) })
        case .writeResponse: place.done(exchange?.write?(host, handle, try reader.blob()))
        default:
            shared.withLock { _ = $0.open.requests.removeValue(forKey: handle) }
            place.done(exchange?.end?(host, handle))
        }
    }
}
