// SourceProxy: the host's side of a source whose code runs in another process. Its timer, its stream and its end are the host's; it lives as
// long as one life of the process: a death is its failure, and the host opens another.
//
// Confined to the source's lane.

import CSluice

final class SourceProxy: BorderObject, @unchecked Sendable {
    let lane: BorderLane
    private let border: MediaBorder
    private let services: HostServices
    private let handle: UInt64
    private let stream: UInt64
    private var id: UInt64 = 0
    private var failure: (code: Int32, reason: String)?

    init(_ request: sluice_source_open, border: MediaBorder, services: HostServices) {
        (handle, stream) = (request.source, request.stream)
        self.border = border
        self.services = services
        lane = .handle(request.source)
        id = border.register(self)
    }

    static func from(_ pointer: UnsafeMutableRawPointer?) -> SourceProxy? {
        pointer.map { Unmanaged<SourceProxy>.fromOpaque($0).takeUnretainedValue() }
    }

    // MARK: Telling the process

    /// Nil, or why not.
    func begin(_ request: sluice_source_open) -> String? {
        let told = border.begin(.sourceOpen, object: id, reserving: 512 + Int(clamping: request.settings_json.size)) {
            $0.sourceOpen(request)
        }
        if told == .sent { return nil }
        border.remove(id)
        return told == .tooLarge ? "its settings are too large" : "the plugin's process does not run"
    }

    func timer(_ now: UInt64, _ error: UnsafeMutablePointer<sluice_error>?) -> Int32 {
        if let failure { return refuse(error, failure.code, failure.reason) }
        guard border.send(.sourceTimer, object: id, insists: true, { $0.u64(now) }) == .sent else {
            return refuse(error, SLUICE_E_BACKEND, "the plugin's process does not run")
        }
        return SLUICE_OK
    }

    /// The last call; the pointer that the host has of it is no more.
    func close(_ reason: sluice_text) {
        _ = border.send(.sourceClose, object: id, insists: true) { $0.text(reason) }
        border.remove(id)
        Unmanaged.passUnretained(self).release()
    }

    // MARK: BorderObject

    func receive(_ kind: MediaKind, _ reader: inout WireReader) throws {
        let host = services.host
        switch kind {
        case .sourceTracks:
            let tracks = try reader.tracks()
            try reader.end()
            var error = sluice_error.make()
            let stride = UInt32(MemoryLayout<sluice_track>.stride)
            let status =
                services.stream?.pointee.set_tracks?(host, stream, tracks, stride, UInt32(tracks.count), &error)
                ?? SLUICE_E_DENIED
            if status < 0 { fail(status, error.reason(or: "set_tracks: status \(status)")) }
        case .sourceFrames:
            let frames = try reader.frames()
            try reader.end()
            _ = services.stream?.pointee.push?(
                host, stream, frames, UInt32(MemoryLayout<sluice_frame>.stride), UInt32(frames.count))
        case .sourceAttribute:
            let (key, value) = (try reader.text(), try reader.text())
            _ = services.stream?.pointee.set_attribute?(host, stream, key, value)
        case .sourceSetTimer:
            let deadline = try reader.u64()
            if failure == nil { _ = services.source?.pointee.set_timer?(host, handle, deadline) }
        case .sourceEnd: _ = services.source?.pointee.end?(host, handle, try reader.text())
        case .sourceFailed:
            let (code, reason) = (try reader.i32(), try reader.string(limit: 480))
            fail(code < 0 ? code : SLUICE_E_FAILED, reason)
        default: throw WireError.unknownKind(UInt16(truncatingIfNeeded: kind.rawValue))
        }
    }

    /// The host hears of it by its next call, which comes at once.
    private func fail(_ code: Int32, _ reason: String) {
        if failure == nil { failure = (code, reason) }
        _ = services.source?.pointee.set_timer?(services.host, handle, 1)
    }

    func asked(_ kind: RequestKind, _ reader: inout WireReader, _ answer: MediaAnswer) throws {
        answer(SLUICE_E_UNSUPPORTED, "not of a source")
    }

    func processDied(_ reason: String) { fail(SLUICE_E_BACKEND, "the plugin's process died: \(reason)") }
    func processIsBack() {}
    func processGivenUp(_ reason: String) { fail(SLUICE_E_BACKEND, reason) }
}
