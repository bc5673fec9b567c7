// HostedTransforms: the plugin's transforms in its own process, by the host's numbers of them. Calls come on the media thread; services may
// be called on any. What the plugin does not take at once waits here: the host sends no more than it may hold.

import CHostMedia
import CSluice
import Synchronization

final class HostedTransforms: @unchecked Sendable {
    private enum Step {
        case tracks(UInt32, [UInt8])
        case frames([sluice_frame])
        case flush
    }

    /// On the media thread.
    private final class Hosted {
        let object: UInt64
        let handle: UInt64
        var pointer: UnsafeMutableRawPointer?
        var steps: [Step] = []
        var awaitsEnd = false
        var isOver = false

        init(_ object: UInt64, _ handle: UInt64) {
            self.object = object
            self.handle = handle
        }

        deinit { for case .frames(let frames) in steps { for frame in frames { hostmedia_buffer_release(frame.buffer) } } }
    }

    private var hosted: [UInt64: Hosted] = [:]
    private let objects = Mutex<[UInt64: UInt64]>([:])
    /// Made on the control thread before there are transforms.
    var interface: UnsafePointer<sluice_transform_interface>?

    private var plugin: HostedPlugin { HostedPlugin.shared }
    private var port: MediaPort? { plugin.media }
    /// Steps of one transform before others have their turn.
    private static let rounds = 4096

    /// [any] The object of a transform; nil: it is closed.
    private func object(_ handle: UInt64) -> UInt64? { objects.withLock { $0[handle] } }

    // MARK: Calls, on the media thread

    func receive(
        _ kind: MediaKind, _ object: UInt64, _ reader: inout WireReader, _ record: UnsafeMutablePointer<sluice_buffer>
    ) throws {
        if kind == .transformOpen { return try open(object, &reader) }
        guard let one = hosted[object] else { return }
        switch kind {
        case .transformTracks: one.steps.append(.tracks(try reader.u32(), reader.rest()))
        case .transformFrames:
            let frames = try reader.frames(in: record)
            for frame in frames { hostmedia_buffer_retain(frame.buffer) }
            one.steps.append(.frames(frames))
        case .transformFlush: one.steps.append(.flush)
        case .transformPump: break
        case .transformAttributes:
            let pairs = try reader.pairs()
            return interface?.pointee.attributes?(one.pointer, pairs, UInt32(pairs.count)) ?? ()
        case .transformClose: return close(one, try reader.text())
        default: throw WireError.unknownKind(UInt16(truncatingIfNeeded: kind.rawValue))
        }
        pump(one)
    }

    private func open(_ object: UInt64, _ reader: inout WireReader) throws {
        try reader.transformOpen { request in
            let one = Hosted(object, request.pointee.transform)
            hosted[object] = one
            objects.withLock { $0[one.handle] = object }
            var error = sluice_error.make()
            let status = interface?.pointee.open?(plugin.instance, request, &one.pointer, &error) ?? SLUICE_E_UNSUPPORTED
            guard status == SLUICE_OK, one.pointer != nil else {
                one.pointer = nil
                return fail(one, status, error.reason(or: "open failed with status \(status)"))
            }
        }
    }

    private func remove(_ one: Hosted) {
        one.isOver = true
        hosted[one.object] = nil
        objects.withLock { $0[one.handle] = nil }
    }

    private func close(_ one: Hosted, _ reason: sluice_text) {
        remove(one)
        if one.pointer != nil { interface?.pointee.close?(one.pointer, reason) }
        one.pointer = nil
    }

    private func fail(_ one: Hosted, _ code: Int32, _ reason: String) {
        port?.send(.transformFailed, object: one.object) {
            $0.i32(code)
            $0.text(String(reason.prefix(480)))
        }
        sluice_text.with(reason) { close(one, $0) }
    }

    // MARK: In and out

    /// Gives in what waits and takes out what comes, until neither moves.
    private func pump(_ one: Hosted) {
        for _ in 0..<Self.rounds {
            let moved = giveIn(one)
            guard !one.isOver else { return }
            let came = takeOut(one)
            guard !one.isOver else { return }
            if !moved, !came { return }
        }
        port?.send(.transformReady, object: one.object) { _ in }
    }

    private func giveIn(_ one: Hosted) -> Bool {
        guard let step = one.steps.first, let table = interface?.pointee else { return false }
        var error = sluice_error.make()
        let status: Int32
        switch step {
        case .tracks(let flags, let bytes): status = negotiate(one, flags, bytes, table, &error)
        case .flush:
            one.awaitsEnd = true
            status = table.flush?(one.pointer, &error) ?? SLUICE_OK
        case .frames(let frames):
            status =
                table.send?(
                    one.pointer, frames, UInt32(MemoryLayout<sluice_frame>.stride), UInt32(frames.count), &error)
                ?? SLUICE_E_UNSUPPORTED
        }
        guard status >= 0 else {
            fail(one, status, error.reason(or: "status \(status)"))
            return false
        }
        guard status != SLUICE_AGAIN else { return false }
        one.steps.removeFirst()
        if case .frames(let frames) = step { taken(one, frames) }
        return true
    }

    private func negotiate(
        _ one: Hosted, _ flags: UInt32, _ bytes: [UInt8], _ table: sluice_transform_interface, _ error: inout sluice_error
    ) -> Int32 {
        bytes.withUnsafeBytes { bytes in
            var reader = WireReader(bytes)
            guard let tracks = try? reader.tracks() else { return SLUICE_E_INVALID }
            let status = table.negotiate?(
                one.pointer, tracks, UInt32(MemoryLayout<sluice_track>.stride), UInt32(tracks.count), flags, &error)
            // Only `send` may be told again.
            return min(status ?? SLUICE_E_UNSUPPORTED, SLUICE_OK)
        }
    }

    private func taken(_ one: Hosted, _ frames: [sluice_frame]) {
        let bytes = frames.reduce(0) { $0 + Int(clamping: $1.data.size) }
        for frame in frames { hostmedia_buffer_release(frame.buffer) }
        port?.send(.transformTaken, object: one.object) {
            $0.u32(UInt32(truncatingIfNeeded: frames.count))
            $0.u32(UInt32(truncatingIfNeeded: bytes))
        }
    }

    /// What one call of `receive` brings, on its way to the host.
    private final class Taker {
        let object: UInt64
        let port: MediaPort?
        var isUsed = false
        var isTooLarge = false

        init(_ object: UInt64, _ port: MediaPort?) {
            self.object = object
            self.port = port
        }

        func take(_ output: UInt32, _ list: UnsafePointer<sluice_frame>, _ stride: UInt32, _ count: UInt32) {
            isUsed = true
            let step = max(Int(stride), MemoryLayout<sluice_frame>.stride)
            for index in 0..<Int(count) {
                let frame = UnsafeRawPointer(list).advanced(by: index * step).assumingMemoryBound(to: sluice_frame.self).pointee
                let sent = port?.send(.transformMade, object: object, reserving: Int(clamping: frame.data.size) + 96) {
                    $0.u32(output)
                    $0.u32(1)
                    $0.frame(frame)
                }
                if sent != true { isTooLarge = true }
            }
        }
    }

    private func takeOut(_ one: Hosted) -> Bool {
        guard let receive = interface?.pointee.receive else { return false }
        let taker = Taker(one.object, port)
        var error = sluice_error.make()
        let status = withExtendedLifetime(taker) {
            receive(
                one.pointer,
                { context, output, frames, stride, count in
                    guard let context, let frames else { return }
                    Unmanaged<Taker>.fromOpaque(context).takeUnretainedValue().take(output, frames, stride, count)
                }, Unmanaged.passUnretained(taker).toOpaque(), &error)
        }
        guard status >= 0 else {
            fail(one, status, error.reason(or: "receive failed with status \(status)"))
            return false
        }
        if taker.isTooLarge { fail(one, SLUICE_E_LIMIT, "it made a frame of more than 8 MiB") }
        if status == SLUICE_TRANSFORM_END, one.awaitsEnd {
            one.awaitsEnd = false
            port?.send(.transformEnded, object: one.object) { _ in }
        }
        return taker.isUsed
    }

    // MARK: Services

    /// [lane, inside a call]
    func setOutputs(
        _ handle: UInt64, _ list: UnsafePointer<sluice_transform_output>?, _ stride: UInt32, _ count: UInt32,
        _ error: UnsafeMutablePointer<sluice_error>?
    ) -> Int32 {
        guard let object = object(handle), let port else { return refuse(error, SLUICE_E_STALE, "the transform is closed") }
        guard count == 0 || list != nil, count <= 32 else { return refuse(error, SLUICE_E_INVALID, "at most 32 outputs") }
        guard port.isMediaThread else { return refuse(error, SLUICE_E_STATE, "not on the transform's lane") }
        let step = max(Int(stride), MemoryLayout<sluice_transform_output>.stride)
        let sent = port.send(.transformOutputs, object: object) { writer in
            writer.u32(count)
            for index in 0..<Int(count) {
                guard let list else { return }
                let output = UnsafeRawPointer(list).advanced(by: index * step).assumingMemoryBound(
                    to: sluice_transform_output.self
                ).pointee
                writer.text(output.label)
                var tracks = WireWriter(object: 0)
                tracks.tracks(output.tracks, stride: output.track_stride, count: output.track_count)
                tracks.bytes.withUnsafeBytes { writer.bytes(UnsafeRawBufferPointer(rebasing: $0[8...])) }
            }
        }
        return sent ? SLUICE_OK : refuse(error, SLUICE_E_LIMIT, "the outputs are too large")
    }

    /// [any]
    func ready(_ handle: UInt64) -> Int32 {
        guard let object = object(handle), let port else { return SLUICE_E_STALE }
        return port.send(.transformReady, object: object) { _ in } ? SLUICE_OK : SLUICE_E_LIMIT
    }

    /// [any] Whether it is a JPEG is the host's to look at.
    func setStill(_ handle: UInt64, _ jpeg: sluice_bytes) -> Int32 {
        guard let object = object(handle), let port else { return SLUICE_E_STALE }
        guard let data = jpeg.data, jpeg.size > 0 else { return SLUICE_E_INVALID }
        guard jpeg.size <= StepTexts.stillLimit else { return SLUICE_E_LIMIT }
        let bytes = UnsafeRawBufferPointer(start: data, count: Int(jpeg.size))
        let isSent = port.send(.transformStill, object: object, reserving: bytes.count + 64) { $0.bytes(bytes) }
        return isSent ? SLUICE_OK : SLUICE_E_LIMIT
    }

    /// [any]
    func setReport(_ handle: UInt64, _ json: sluice_text) -> Int32 {
        guard let object = object(handle), let port else { return SLUICE_E_STALE }
        guard json.data != nil, json.size > 0 else { return SLUICE_E_INVALID }
        guard json.size <= StepTexts.reportLimit else { return SLUICE_E_LIMIT }
        return port.send(.transformReport, object: object, reserving: Int(json.size) + 64) { $0.text(json) }
            ? SLUICE_OK : SLUICE_E_LIMIT
    }
}

/// What a transform may say of itself and its input, at most.
public enum StepTexts {
    /// Bytes of a still picture.
    public static let stillLimit: UInt64 = 1 << 20
    /// Bytes of a report.
    public static let reportLimit: UInt64 = 16 << 10
}
