// HostedSinks: the plugin's sinks in its own process, by the host's numbers of them. Calls come on the media thread; what services look up
// by handle may be asked for from any.

import CSluice
import Synchronization

final class HostedSinks: @unchecked Sendable {
    private struct Sink {
        let object: UInt64
        let pointer: UnsafeMutableRawPointer?
        let log: UInt64
        let handle: UInt64
    }

    private struct Tables: @unchecked Sendable {
        var byObject: [UInt64: Sink] = [:]
        var byLog: [UInt64: UInt64] = [:]
        var byHandle: [UInt64: UInt64] = [:]
    }

    private let tables = Mutex(Tables())
    /// Made on the control thread before there are sinks.
    var interface: UnsafePointer<sluice_sink_interface>?
    var handover: UnsafePointer<sluice_handover_interface>?

    private var plugin: HostedPlugin { HostedPlugin.shared }
    private var port: MediaPort? { plugin.media }

    /// [any] The object of a log, or of a sink (its handle is its stream's, too). nil: it is closed.
    func object(ofLog log: UInt64) -> UInt64? { tables.withLock { $0.byLog[log] } }
    func object(ofSink sink: UInt64) -> UInt64? { tables.withLock { $0.byHandle[sink] } }

    /// [media] What the plugin gave for the object.
    func pointer(_ object: UInt64) -> UnsafeMutableRawPointer? { tables.withLock { $0.byObject[object]?.pointer } }

    // MARK: Calls, on the media thread

    func receive(
        _ kind: MediaKind, _ object: UInt64, _ reader: inout WireReader, _ record: UnsafeMutablePointer<sluice_buffer>
    ) throws {
        switch kind {
        case .sinkOpen: try open(object, &reader)
        case .sinkImport: try importSink(object, &reader)
        case .sinkTracks:
            let flags = try reader.u32()
            let tracks = try reader.tracks()
            guard let sink = pointer(object) else { return }
            var error = sluice_error.make()
            let status = interface?.pointee.tracks?(
                sink, tracks, UInt32(MemoryLayout<sluice_track>.stride), UInt32(tracks.count), flags, &error)
            if let status, status < 0 { refused(object, error.reason(or: "tracks failed with status \(status)")) }
        case .sinkFrames:
            let frames = try reader.frames(in: record)
            guard let sink = pointer(object) else { return }
            var error = sluice_error.make()
            let status = interface?.pointee.frames?(
                sink, frames, UInt32(MemoryLayout<sluice_frame>.stride), UInt32(frames.count), &error)
            if let status, status < 0 { refused(object, error.reason(or: "frames failed with status \(status)")) }
        case .sinkPublisher:
            let state = try reader.u32()
            if let sink = pointer(object) { interface?.pointee.publisher?(sink, state) }
        case .sinkAttributes:
            let pairs = try reader.pairs()
            if let sink = pointer(object) { interface?.pointee.attributes?(sink, pairs, UInt32(pairs.count)) }
        case .sinkRequest:
            let exchange = try reader.u64()
            plugin.open.withLock { $0.exchanges[exchange] = object }
            try plugin.handleRequest(exchange, &reader, sink: pointer(object))
        case .sinkExport: export(object)
        case .sinkClose:
            let reason = try reader.text()
            guard let sink = pointer(object) else { return }
            interface?.pointee.close?(sink, reason)
            remove(object)
        case .sinkForget:
            if let sink = pointer(object) { handover?.pointee.forget_sink?(sink) }
            remove(object)
        default: throw WireError.unknownKind(UInt16(truncatingIfNeeded: kind.rawValue))
        }
    }

    private func add(_ object: UInt64, _ request: sluice_sink_open, _ pointer: UnsafeMutableRawPointer?) {
        let sink = Sink(object: object, pointer: pointer, log: request.log, handle: request.sink)
        tables.withLock { tables in
            tables.byObject[object] = sink
            if request.log != 0 { tables.byLog[request.log] = object }
            tables.byHandle[request.sink] = object
        }
    }

    private func remove(_ object: UInt64) {
        tables.withLock { tables in
            guard let sink = tables.byObject.removeValue(forKey: object) else { return }
            // An import of the same sink may have come in between.
            if tables.byLog[sink.log] == object { tables.byLog[sink.log] = nil }
            if tables.byHandle[sink.handle] == object { tables.byHandle[sink.handle] = nil }
        }
    }

    /// Its handles are known before the call: `open` may use them.
    private func open(_ object: UInt64, _ reader: inout WireReader) throws {
        try reader.sinkOpen { request in
            add(object, request.pointee, nil)
            var made: UnsafeMutableRawPointer?
            var error = sluice_error.make()
            let status = interface?.pointee.open?(plugin.instance, request, &made, &error) ?? SLUICE_E_UNSUPPORTED
            guard status == SLUICE_OK else {
                remove(object)
                return refused(object, error.reason(or: "open failed with status \(status)"))
            }
            add(object, request.pointee, made)
        }
    }

    private func importSink(_ object: UInt64, _ reader: inout WireReader) throws {
        var rest = reader
        // The blob stands behind what the sink is opened for.
        try rest.sinkOpen { _ in }
        let blob = try rest.blob()
        try reader.sinkOpen { request in
            add(object, request.pointee, nil)
            var made: UnsafeMutableRawPointer?
            var error = sluice_error.make()
            let status =
                handover?.pointee.import_sink?(plugin.instance, request, blob, &made, &error) ?? SLUICE_E_UNSUPPORTED
            guard status == SLUICE_OK else {
                remove(object)
                return refused(object, error.reason(or: "import failed with status \(status)"), isImport: true)
            }
            add(object, request.pointee, made)
            port?.send(.sinkTaken, object: object) { _ in }
        }
    }

    private func refused(_ object: UInt64, _ reason: String, isImport: Bool = false) {
        port?.send(.sinkRefused, object: object) {
            $0.u32(isImport ? 1 : 0)
            $0.text(String(reason.prefix(480)))
        }
    }

    private final class Blob { var bytes: [UInt8] = [] }

    private func export(_ object: UInt64) {
        guard let sink = pointer(object), let export = handover?.pointee.export_sink else {
            return exported(object, SLUICE_E_UNSUPPORTED, "it has no export_sink", [])
        }
        let blob = Blob()
        var error = sluice_error.make()
        let status = export(
            sink,
            { context, bytes in
                guard let context else { return }
                Unmanaged<Blob>.fromOpaque(context).takeUnretainedValue().bytes = Array(
                    UnsafeRawBufferPointer(start: bytes.data, count: Int(clamping: bytes.size)))
            }, Unmanaged.passUnretained(blob).toOpaque(), &error)
        exported(object, status, status == SLUICE_OK ? "" : error.reason(or: "status \(status)"), blob.bytes)
    }

    private func exported(_ object: UInt64, _ status: Int32, _ reason: String, _ blob: [UInt8]) {
        let isSent = port?.send(.sinkExported, object: object, reserving: blob.count + 64) { writer in
            writer.i32(status)
            writer.text(reason)
            blob.withUnsafeBytes { writer.bytes($0) }
        }
        guard isSent == false, !blob.isEmpty else { return }
        exported(object, SLUICE_E_LIMIT, "its state is larger than 8 MiB", [])
    }
}
