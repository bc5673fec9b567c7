import CSluice
import HostMedia
import SluiceJSON

extension ServiceTables {
    nonisolated(unsafe) static let transform = keep(
        sluice_transform_service(
            struct_size: size(sluice_transform_service.self), reserved: 0,
            set_outputs: { host, transform, outputs, stride, count, error in
                guard let generation = PluginGeneration.from(host) else { return SLUICE_E_INVALID }
                guard let instance = generation.server.transforms[transform], instance.generation === generation else {
                    return refuse(error, SLUICE_E_STALE, "the transform is closed")
                }
                guard instance.lane.isCurrent else { return refuse(error, SLUICE_E_STATE, "not on the transform's lane") }
                guard count == 0 || outputs != nil, Int(stride) >= MemoryLayout<sluice_transform_output>.size || count == 0 else {
                    return refuse(error, SLUICE_E_INVALID, "no outputs where it says")
                }
                do throws(TransformRefusal) {
                    try instance.say(named(outputs, stride: Int(stride), count: Int(count)))
                    return SLUICE_OK
                } catch let refusal {
                    return refuse(error, refusal.code, refusal.description)
                }
            },
            ready: { host, transform in
                guard let generation = PluginGeneration.from(host) else { return SLUICE_E_INVALID }
                guard let instance = generation.server.transforms[transform], instance.generation === generation else {
                    return SLUICE_E_STALE
                }
                instance.announce()
                return SLUICE_OK
            },
            set_still: { host, transform, jpeg in
                guard let generation = PluginGeneration.from(host) else { return SLUICE_E_INVALID }
                guard let instance = generation.server.transforms[transform], instance.generation === generation else {
                    return SLUICE_E_STALE
                }
                guard jpeg.size <= StillPicture.limit else { return SLUICE_E_LIMIT }
                let bytes = UnsafeRawBufferPointer(start: jpeg.data, count: jpeg.data == nil ? 0 : Int(jpeg.size))
                let now = generation.server.wallMicroseconds
                guard let still = StillPicture(jpeg: bytes, at: now) else { return SLUICE_E_INVALID }
                return instance.show(still) ? SLUICE_OK : SLUICE_E_STALE
            },
            set_report: { host, transform, json in
                guard let generation = PluginGeneration.from(host) else { return SLUICE_E_INVALID }
                guard let instance = generation.server.transforms[transform], instance.generation === generation else {
                    return SLUICE_E_STALE
                }
                guard json.size <= TransformInstance.reportLimit else { return SLUICE_E_LIMIT }
                let text = json.string(limit: Int(TransformInstance.reportLimit))
                guard let value = try? JSONValue(parsing: text), value.objectValue != nil else { return SLUICE_E_INVALID }
                instance.report.withLock { $0 = value }
                return SLUICE_OK
            }))

    private static func named(
        _ outputs: UnsafePointer<sluice_transform_output>?, stride: Int, count: Int
    ) -> [TransformInstance.Named] {
        guard let outputs else { return [] }
        // One over the limit is enough to be refused.
        return (0..<min(count, TransformInstance.outputLimit + 1)).map { index in
            let raw = UnsafeRawPointer(outputs).advanced(by: index * stride).assumingMemoryBound(
                to: sluice_transform_output.self
            ).pointee
            let trackStride = max(Int(raw.track_stride), MemoryLayout<sluice_track>.size)
            let tracks = raw.tracks.map { list in
                (0..<min(Int(raw.track_count), TrackSet.limit + 1)).map { place in
                    TrackSet.Track(
                        UnsafeRawPointer(list).advanced(by: place * trackStride).assumingMemoryBound(to: sluice_track.self)
                            .pointee)
                }
            }
            return TransformInstance.Named(label: raw.label.string(limit: 65), tracks: tracks ?? [])
        }
    }

    nonisolated(unsafe) static let source = keep(
        sluice_source_service(
            struct_size: size(sluice_source_service.self), reserved: 0,
            set_timer: { host, source, deadline in
                guard let generation = PluginGeneration.from(host) else { return SLUICE_E_INVALID }
                guard let object = generation.server.sources[source], object.generation === generation else {
                    return SLUICE_E_STALE
                }
                guard object.lane.isCurrent else { return SLUICE_E_STATE }
                object.setTimer(deadline)
                return SLUICE_OK
            },
            end: { host, source, reason in
                guard let generation = PluginGeneration.from(host) else { return SLUICE_E_INVALID }
                guard let object = generation.server.sources[source], object.generation === generation else {
                    return SLUICE_E_STALE
                }
                guard object.lane.isCurrent else { return SLUICE_E_STATE }
                object.ends(reason.string(limit: 256))
                return SLUICE_OK
            }))
}
