// The C tables of transforms and sources.

final class TransformBox {
    let transform: any Transform
    init(_ transform: any Transform) { self.transform = transform }

    @inline(__always)
    static func with<R>(_ pointer: UnsafeMutableRawPointer?, else missing: R, _ body: (any Transform) -> R) -> R {
        guard let pointer else { return missing }
        return Unmanaged<TransformBox>.fromOpaque(pointer)._withUnsafeGuaranteedRef { body($0.transform) }
    }
}

final class SourceBox {
    let source: any Source
    init(_ source: any Source) { self.source = source }

    @inline(__always)
    static func with<R>(_ pointer: UnsafeMutableRawPointer?, else missing: R, _ body: (any Source) -> R) -> R {
        guard let pointer else { return missing }
        return Unmanaged<SourceBox>.fromOpaque(pointer)._withUnsafeGuaranteedRef { body($0.source) }
    }
}

extension InterfaceTables {
    static func transformTable() -> sluice_transform_interface {
        var table = sluice_transform_interface()
        table.struct_size = UInt32(MemoryLayout<sluice_transform_interface>.size)
        table.open = { instance, request, transform, error in
            guarded(instance, error) { box in
                guard let request, let transform, let provider = box.transforms else {
                    throw PluginError("no transforms", code: SLUICE_E_INVALID)
                }
                let opened = try provider.openTransform(TransformRequest(host: box.host, raw: request.pointee))
                transform.pointee = Unmanaged.passRetained(TransformBox(opened)).toOpaque()
            }
        }
        table.negotiate = { transform, tracks, stride, count, flags, error in
            TransformBox.with(transform, else: SLUICE_E_INVALID) { transform in
                caught(error) {
                    let list = Track.array(tracks, stride: stride, count: count)
                    try transform.negotiate(list, discontinuity: flags & SLUICE_TRACKS_DISCONTINUITY != 0)
                }
            }
        }
        table.send = { transform, frames, stride, count, error in
            guard let frames else { return SLUICE_OK }
            return TransformBox.with(transform, else: SLUICE_E_INVALID) { transform in
                var isTaken = true
                let status = caught(error) { isTaken = try transform.send(BorrowedFrames(frames, stride: stride, count: count)) }
                return status == SLUICE_OK && !isTaken ? SLUICE_AGAIN : status
            }
        }
        table.receive = { transform, receive, context, error in
            guard let receive, let context else { return SLUICE_E_INVALID }
            return TransformBox.with(transform, else: SLUICE_E_INVALID) { transform in
                var received = Received.nothing
                let status = caught(error) { received = try transform.receive(TransformReceiver(receive, context)) }
                guard status == SLUICE_OK else { return status }
                return switch received {
                case .more: SLUICE_OK
                case .nothing: SLUICE_AGAIN
                case .end: SLUICE_TRANSFORM_END
                }
            }
        }
        table.flush = { transform, error in
            TransformBox.with(transform, else: SLUICE_E_INVALID) { transform in caught(error) { try transform.flush() } }
        }
        table.attributes = { transform, list, count in
            TransformBox.with(transform, else: ()) { $0.attributes(pairs(list, count)) }
        }
        table.close = { transform, reason in
            TransformBox.with(transform, else: ()) { $0.close(reason: reason.string) }
            if let transform { Unmanaged<TransformBox>.fromOpaque(transform).release() }
        }
        return table
    }

    static func sourceTable() -> sluice_source_interface {
        var table = sluice_source_interface()
        table.struct_size = UInt32(MemoryLayout<sluice_source_interface>.size)
        table.open = { instance, request, source, error in
            guarded(instance, error) { box in
                guard let request, let source, let provider = box.sources else {
                    throw PluginError("no sources", code: SLUICE_E_INVALID)
                }
                let opened = try provider.openSource(SourceRequest(host: box.host, raw: request.pointee))
                source.pointee = Unmanaged.passRetained(SourceBox(opened)).toOpaque()
            }
        }
        table.timer = { source, now, error in
            SourceBox.with(source, else: SLUICE_E_INVALID) { source in caught(error) { try source.timer(at: now) } }
        }
        table.close = { source, reason in
            SourceBox.with(source, else: ()) { $0.close(reason: reason.string) }
            if let source { Unmanaged<SourceBox>.fromOpaque(source).release() }
        }
        return table
    }
}
