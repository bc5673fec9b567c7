// TransformProxy: the host's side of a transform whose code runs in another process. To the step it is a transform like any other; what
// comes out waits here until it is asked for. It lives as long as one life of the process: a death is its failure, and the step opens another.
//
// Confined to the input's lane.

import CHostMedia
import CSluice

final class TransformProxy: BorderObject, @unchecked Sendable {
    /// What the process has of the input and its plugin has not taken: beyond, the host keeps the frames.
    private static let framesUnderWay = 512
    private static let bytesUnderWay = 12 << 20
    /// What came out and nobody asked for.
    private static let waitingLimit = 64 << 20
    private static let eventLimit = 16_384

    private enum Event {
        case outputs([(label: String, tracks: [UInt8])])
        case frames(UInt32, [sluice_frame])
        case ended
    }

    let lane: BorderLane
    private let border: MediaBorder
    private let services: HostServices
    private let handle: UInt64
    private var id: UInt64 = 0
    private var events: [Event] = []
    /// Events before this place have been handed out.
    private var next = 0
    private var waiting = 0
    private var batches = FrameBatches()
    private var sentFrames = 0
    private var sentBytes = 0
    private var awaitsEnd = false
    private var failure: (code: Int32, reason: String)?
    private var oversized = 0
    /// What the process is told as soon as there is one: what it is opened for, then the tracks, then changed attributes.
    private var awaited: [(kind: MediaKind, fields: [UInt8])] = []
    private let release: @Sendable () -> Void

    /// - Parameter release: called once it is closed.
    init(_ handle: UInt64, border: MediaBorder, services: HostServices, release: @escaping @Sendable () -> Void) {
        self.handle = handle
        self.release = release
        self.border = border
        self.services = services
        lane = .handle(handle)
        id = border.register(self)
    }

    deinit { dropEvents() }

    static func from(_ pointer: UnsafeMutableRawPointer?) -> TransformProxy? {
        pointer.map { Unmanaged<TransformProxy>.fromOpaque($0).takeUnretainedValue() }
    }

    // MARK: Telling the process

    /// Nil, or why not: then it is over.
    /// - Parameter mayWait: a process that has not begun yet is told when it has.
    func begin(_ request: sluice_transform_open, mayWait: Bool) -> String? {
        let fields = Self.fields { $0.transformOpen(request) }
        let told = border.begin(.transformOpen, object: id, reserving: fields.count) { $0.fields(fields) }
        if told == .sent { return nil }
        if told == .noProcess, mayWait {
            awaited = [(.transformOpen, fields)]
            // It may have begun in between: then nobody else says so.
            if border.isOpen { processIsBack() }
            return nil
        }
        border.remove(id)
        release()
        return told == .tooLarge ? "its settings are too large" : "the plugin's process does not run"
    }

    private static func fields(_ fill: (inout WireWriter) -> Void) -> [UInt8] {
        var writer = WireWriter(object: 0)
        fill(&writer)
        return Array(writer.bytes.dropFirst(8))
    }

    /// The process has begun.
    private func tellAwaited() {
        let all = awaited
        awaited = []
        for (kind, fields) in all {
            let told =
                kind == .transformOpen
                ? border.begin(kind, object: id, reserving: fields.count) { $0.fields(fields) }
                : border.send(kind, object: id, insists: true, reserving: fields.count) { $0.fields(fields) }
            guard told == .sent else { return fail(SLUICE_E_BACKEND, "the plugin's process does not run") }
        }
        // There is room.
        announce()
    }

    func negotiate(
        _ list: UnsafePointer<sluice_track>?, stride: UInt32, count: UInt32, flags: UInt32,
        _ error: UnsafeMutablePointer<sluice_error>?
    ) -> Int32 {
        batches.reset()
        awaitsEnd = false
        if failure == nil, !awaited.isEmpty {
            awaited.removeAll { $0.kind == .transformTracks }
            awaited.append(
                (
                    .transformTracks,
                    Self.fields {
                        $0.u32(flags)
                        $0.tracks(list, stride: stride, count: count)
                    }
                ))
            return SLUICE_OK
        }
        return put(.transformTracks, error) {
            $0.u32(flags)
            $0.tracks(list, stride: stride, count: count)
        }
    }

    func flush(_ error: UnsafeMutablePointer<sluice_error>?) -> Int32 {
        awaitsEnd = true
        if failure == nil, !awaited.isEmpty {
            // Nothing went in.
            events.append(.ended)
            announce()
            return SLUICE_OK
        }
        return put(.transformFlush, error) { _ in }
    }

    private func put(
        _ kind: MediaKind, _ error: UnsafeMutablePointer<sluice_error>?, _ fill: (inout WireWriter) -> Void
    ) -> Int32 {
        if let failure { return refuse(error, failure.code, failure.reason) }
        guard border.send(kind, object: id, insists: true, fill) == .sent else {
            return refuse(error, SLUICE_E_BACKEND, "the plugin's process does not run")
        }
        return SLUICE_OK
    }

    func send(
        _ list: UnsafePointer<sluice_frame>?, stride: UInt32, count: UInt32, _ error: UnsafeMutablePointer<sluice_error>?
    ) -> Int32 {
        if let failure { return refuse(error, failure.code, failure.reason) }
        guard let list, count > 0 else { return SLUICE_OK }
        guard awaited.isEmpty else { return SLUICE_AGAIN }
        return batches.send(list, stride: stride, count: count, dropped: tellOversized) { size, frames in
            guard sentFrames < Self.framesUnderWay, sentBytes < Self.bytesUnderWay else { return .full }
            let sent = border.send(.transformFrames, object: id, reserving: min(size + 4, MediaKind.sizeLimit)) { writer in
                writer.u32(UInt32(truncatingIfNeeded: frames.count))
                for frame in frames { writer.frame(frame) }
            }
            guard sent == .sent else { return sent }
            sentFrames += frames.count
            sentBytes += frames.reduce(0) { $0 + Int(clamping: $1.data.size) }
            return .sent
        }
    }

    private func tellOversized() {
        oversized += 1
        guard oversized == 1 else { return }
        services.write(SLUICE_LOG_WARNING, "frame dropped", "a frame for a plugin in a process of its own is at most 8 MiB")
    }

    func attributes(_ list: UnsafePointer<sluice_pair>?, _ count: UInt32) {
        guard awaited.isEmpty else {
            awaited.removeAll { $0.kind == .transformAttributes }
            return awaited.append((.transformAttributes, Self.fields { $0.pairs(list, count) }))
        }
        _ = border.send(.transformAttributes, object: id, insists: true) { $0.pairs(list, count) }
    }

    /// The last call; the pointer that the host has of it is no more.
    func close(_ reason: sluice_text) {
        _ = border.send(.transformClose, object: id, insists: true) { $0.text(reason) }
        border.remove(id)
        dropEvents()
        release()
        Unmanaged.passUnretained(self).release()
    }

    // MARK: What comes out

    /// One event for each call.
    func receive(
        _ take: sluice_transform_receiver?, _ context: UnsafeMutableRawPointer?, _ error: UnsafeMutablePointer<sluice_error>?
    ) -> Int32 {
        while let event = takeEvent() {
            switch event {
            case .outputs(let outputs): return setOutputs(outputs, error)
            case .frames(let output, let frames):
                frames.withUnsafeBufferPointer {
                    take?(context, output, $0.baseAddress, UInt32(MemoryLayout<sluice_frame>.stride), UInt32($0.count))
                }
                release(frames)
                return SLUICE_OK
            case .ended:
                // One that was asked for before the tracks that are in force now.
                guard awaitsEnd else { continue }
                awaitsEnd = false
                return SLUICE_TRANSFORM_END
            }
        }
        if let failure { return refuse(error, failure.code, failure.reason) }
        return SLUICE_AGAIN
    }

    private func takeEvent() -> Event? {
        guard next < events.count else { return nil }
        defer {
            next += 1
            if next == events.count || next == 1024 {
                events.removeFirst(next)
                next = 0
            }
        }
        return events[next]
    }

    private func setOutputs(
        _ outputs: [(label: String, tracks: [UInt8])], _ error: UnsafeMutablePointer<sluice_error>?
    ) -> Int32 {
        guard let service = services.transform else { return refuse(error, SLUICE_E_DENIED, "no sluice.transform") }
        var list: [sluice_transform_output] = []
        // Borrowed texts and tracks: one call inside the other, then the service.
        func fill(_ index: Int) -> Int32 {
            guard index < outputs.count else {
                return list.withUnsafeBufferPointer {
                    service.pointee.set_outputs?(
                        services.host, handle, $0.baseAddress, UInt32(MemoryLayout<sluice_transform_output>.stride),
                        UInt32($0.count), error) ?? SLUICE_E_UNSUPPORTED
                }
            }
            return outputs[index].tracks.withUnsafeBytes { bytes in
                var reader = WireReader(bytes)
                guard let tracks = try? reader.tracks() else { return refuse(error, SLUICE_E_INVALID, "tracks") }
                return tracks.withUnsafeBufferPointer { tracks in
                    sluice_text.with(outputs[index].label) { label in
                        var output = sluice_transform_output()
                        output.struct_size = UInt32(MemoryLayout<sluice_transform_output>.size)
                        output.track_count = UInt32(tracks.count)
                        output.tracks = tracks.baseAddress
                        output.track_stride = UInt32(MemoryLayout<sluice_track>.stride)
                        output.label = label
                        list.append(output)
                        return fill(index + 1)
                    }
                }
            }
        }
        return fill(0)
    }

    private func release(_ frames: [sluice_frame]) {
        for frame in frames {
            waiting -= Int(clamping: frame.data.size)
            hostmedia_buffer_release(frame.buffer)
        }
    }

    private func dropEvents() {
        for case .frames(_, let frames) in events[next...] { release(frames) }
        (events, next) = ([], 0)
    }

    // MARK: BorderObject

    func receive(_ kind: MediaKind, _ reader: inout WireReader) throws {
        // It is over: the step closes it at its next call.
        guard failure == nil else { return }
        switch kind {
        case .transformOutputs:
            var outputs: [(label: String, tracks: [UInt8])] = []
            for _ in 0..<(try reader.count(each: 8)) {
                outputs.append((try reader.string(limit: 65), Array(try reader.raw())))
            }
            guard outputs.count <= 64 else { throw WireError.tooMany(count: UInt32(outputs.count), offset: 0) }
            try reader.end()
            events.append(.outputs(outputs))
        case .transformMade:
            let output = try reader.u32()
            let frames = try reader.frames()
            try reader.end()
            events.append(.frames(output, try keep(frames)))
        case .transformTaken:
            let (frames, bytes) = (Int(try reader.u32()), Int(try reader.u32()))
            guard frames <= sentFrames, bytes <= sentBytes else { throw WireError.tooMany(count: UInt32(frames), offset: 0) }
            sentFrames -= frames
            sentBytes -= bytes
        case .transformEnded: events.append(.ended)
        case .transformReady:
            _ = border.send(.transformPump, object: id, insists: true) { _ in }
            return
        case .transformStill:
            let bytes = try reader.raw()
            try reader.end()
            let jpeg = sluice_bytes(
                data: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), size: UInt64(bytes.count))
            _ = services.transform?.pointee.set_still?(services.host, handle, jpeg)
            return
        case .transformReport:
            let text = try reader.text()
            try reader.end()
            _ = services.transform?.pointee.set_report?(services.host, handle, text)
            return
        case .transformFailed:
            let (code, reason) = (try reader.i32(), try reader.string(limit: 480))
            fail(code < 0 ? code : SLUICE_E_FAILED, reason)
        default: throw WireError.unknownKind(UInt16(truncatingIfNeeded: kind.rawValue))
        }
        if waiting > Self.waitingLimit || events.count - next > Self.eventLimit {
            fail(SLUICE_E_LIMIT, "it makes more than anybody takes")
        }
        announce()
    }

    /// The record is gone after the call: each frame gets a buffer of its own.
    private func keep(_ frames: [sluice_frame]) throws -> [sluice_frame] {
        var kept: [sluice_frame] = []
        for var frame in frames {
            guard let buffer = hostmedia_buffer_allocate(frame.data.size) else { continue }
            if let source = frame.data.data { buffer.pointee.data.update(from: source, count: Int(clamping: frame.data.size)) }
            frame.buffer = buffer
            frame.data.data = UnsafePointer(buffer.pointee.data)
            (frame.arrival_ns, frame.wall_us) = (0, 0)
            waiting += Int(clamping: frame.data.size)
            kept.append(frame)
        }
        return kept
    }

    private func announce() { _ = services.transform?.pointee.ready?(services.host, handle) }

    private func fail(_ code: Int32, _ reason: String) {
        if failure == nil { failure = (code, reason) }
        announce()
    }

    func asked(_ kind: RequestKind, _ reader: inout WireReader, _ answer: MediaAnswer) throws {
        answer(SLUICE_E_UNSUPPORTED, "not of a transform")
    }

    func processDied(_ reason: String) { fail(SLUICE_E_BACKEND, "the plugin's process died: \(reason)") }

    func processIsBack() {
        if failure == nil, !awaited.isEmpty { tellAwaited() }
    }

    func processGivenUp(_ reason: String) { fail(SLUICE_E_BACKEND, reason) }
}
