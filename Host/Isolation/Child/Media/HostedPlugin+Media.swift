import CSluice

extension HostedPlugin {
    /// [media] One record of the host's, to whom its object belongs.
    func receive(
        _ kind: MediaKind, _ object: UInt64, _ reader: inout WireReader, _ record: UnsafeMutablePointer<sluice_buffer>
    ) throws {
        switch kind {
        case .sinkOpen, .sinkTracks, .sinkFrames, .sinkPublisher, .sinkAttributes, .sinkClose, .sinkRequest, .sinkExport,
            .sinkImport, .sinkForget:
            try sinks.receive(kind, object, &reader, record)
        case .sessionOpen, .sessionImport, .sessionEvent, .sessionReplayEnd, .sessionExport, .sessionForget, .sessionClose,
            .sessionRoom:
            try sessions.receive(kind, object, &reader)
        case .transformOpen, .transformTracks, .transformFrames, .transformFlush, .transformAttributes, .transformClose,
            .transformPump:
            try transforms.receive(kind, object, &reader, record)
        case .sourceOpen, .sourceTimer, .sourceClose: try sources.receive(kind, object, &reader)
        default: throw WireError.unknownKind(UInt16(truncatingIfNeeded: kind.rawValue))
        }
    }

    /// The tables of media interfaces, once, on the control thread.
    func describeMedia(_ found: inout InterfaceDescription) {
        if let table = sinks.interface?.pointee {
            found.sinkOpens = table.opens
            found.sinkFormats = Self.formats(table)
        }
        if let table = sinks.handover?.pointee {
            found.movesSessions =
                table.export_session != nil && table.import_session != nil && table.forget_session != nil
            found.movesSinks = table.export_sink != nil && table.import_sink != nil && table.forget_sink != nil
        }
    }

    private static func formats(_ table: sluice_sink_interface) -> [InterfaceDescription.LogFormat] {
        guard let list = table.formats else { return [] }
        let stride = max(Int(table.format_stride), MemoryLayout<sluice_log_format>.stride)
        return (0..<min(Int(table.format_count), InterfaceDescription.formatLimit)).map { index in
            let raw = UnsafeRawPointer(list).advanced(by: index * stride).assumingMemoryBound(to: sluice_log_format.self)
            return InterfaceDescription.LogFormat(format: raw.pointee.format.copied, variant: raw.pointee.variant.copied)
        }
    }
}
