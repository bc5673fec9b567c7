// HostedSources: the plugin's sources in its own process, by the host's numbers of them. Calls come on the media thread.

import CSluice
import Synchronization

final class HostedSources: @unchecked Sendable {
    private struct Hosted {
        let source: UInt64
        let stream: UInt64
        var pointer: UnsafeMutableRawPointer?
    }

    /// On the media thread.
    private var hosted: [UInt64: Hosted] = [:]
    private let objects = Mutex<(source: [UInt64: UInt64], stream: [UInt64: UInt64])>(([:], [:]))
    /// Made on the control thread before there are sources.
    var interface: UnsafePointer<sluice_source_interface>?

    private var plugin: HostedPlugin { HostedPlugin.shared }
    private var port: MediaPort? { plugin.media }

    /// [any] The object that publishes by this handle; nil: none does.
    func object(ofStream handle: UInt64) -> UInt64? { objects.withLock { $0.stream[handle] } }
    private func object(ofSource handle: UInt64) -> UInt64? { objects.withLock { $0.source[handle] } }

    // MARK: Calls, on the media thread

    func receive(_ kind: MediaKind, _ object: UInt64, _ reader: inout WireReader) throws {
        switch kind {
        case .sourceOpen: try open(object, &reader)
        case .sourceTimer:
            let now = try reader.u64()
            guard let one = hosted[object] else { return }
            var error = sluice_error.make()
            let status = interface?.pointee.timer?(one.pointer, now, &error) ?? SLUICE_OK
            if status < 0 { fail(object, status, error.reason(or: "timer failed with status \(status)")) }
        case .sourceClose: close(object, try reader.text())
        default: throw WireError.unknownKind(UInt16(truncatingIfNeeded: kind.rawValue))
        }
    }

    private func open(_ object: UInt64, _ reader: inout WireReader) throws {
        try reader.sourceOpen { request in
            var one = Hosted(source: request.pointee.source, stream: request.pointee.stream)
            hosted[object] = one
            objects.withLock {
                $0.source[one.source] = object
                $0.stream[one.stream] = object
            }
            var error = sluice_error.make()
            let status = interface?.pointee.open?(plugin.instance, request, &one.pointer, &error) ?? SLUICE_E_UNSUPPORTED
            guard status == SLUICE_OK, one.pointer != nil else {
                return fail(object, status, error.reason(or: "open failed with status \(status)"))
            }
            hosted[object] = one
        }
    }

    private func close(_ object: UInt64, _ reason: sluice_text) {
        guard let one = hosted.removeValue(forKey: object) else { return }
        objects.withLock {
            if $0.source[one.source] == object { $0.source[one.source] = nil }
            // A successor may publish by the same handle.
            if $0.stream[one.stream] == object { $0.stream[one.stream] = nil }
        }
        if one.pointer != nil { interface?.pointee.close?(one.pointer, reason) }
    }

    private func fail(_ object: UInt64, _ code: Int32, _ reason: String) {
        port?.send(.sourceFailed, object: object) {
            $0.i32(code)
            $0.text(String(reason.prefix(480)))
        }
        sluice_text.with(reason) { close(object, $0) }
    }

    // MARK: Services

    func setTimer(_ handle: UInt64, _ deadline: UInt64) -> Int32 {
        guard let object = object(ofSource: handle), let port else { return SLUICE_E_STALE }
        return port.send(.sourceSetTimer, object: object) { $0.u64(deadline) } ? SLUICE_OK : SLUICE_E_LIMIT
    }

    func end(_ handle: UInt64, _ reason: sluice_text) -> Int32 {
        guard let object = object(ofSource: handle), let port else { return SLUICE_E_STALE }
        return port.send(.sourceEnd, object: object) { $0.text(reason) } ? SLUICE_OK : SLUICE_E_LIMIT
    }

    func setTracks(
        _ object: UInt64, _ list: UnsafePointer<sluice_track>?, _ stride: UInt32, _ count: UInt32,
        _ error: UnsafeMutablePointer<sluice_error>?
    ) -> Int32 {
        let sent = port?.send(.sourceTracks, object: object) { $0.tracks(list, stride: stride, count: count) }
        return sent == true ? SLUICE_OK : refuse(error, SLUICE_E_LIMIT, "the tracks are too large")
    }

    func push(_ object: UInt64, _ list: UnsafePointer<sluice_frame>?, _ stride: UInt32, _ count: UInt32) -> Int32 {
        guard let list, let port else { return SLUICE_E_INVALID }
        let step = max(Int(stride), MemoryLayout<sluice_frame>.stride)
        for index in 0..<Int(count) {
            let frame = UnsafeRawPointer(list).advanced(by: index * step).assumingMemoryBound(to: sluice_frame.self).pointee
            let sent = port.send(.sourceFrames, object: object, reserving: Int(clamping: frame.data.size) + 96) {
                $0.u32(1)
                $0.frame(frame)
            }
            guard sent else { return SLUICE_E_LIMIT }
        }
        return SLUICE_OK
    }

    func setAttribute(_ object: UInt64, _ key: sluice_text, _ value: sluice_text) -> Int32 {
        let sent = port?.send(.sourceAttribute, object: object) {
            $0.text(key)
            $0.text(value)
        }
        return sent == true ? SLUICE_OK : SLUICE_E_LIMIT
    }
}
