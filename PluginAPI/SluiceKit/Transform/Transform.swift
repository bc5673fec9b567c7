/// Interface `sluice.transform/0`: makes other streams of a stream. See transform.h for the order of the calls.
public protocol TransformProvider: Plugin {
    /// One per stream and step. A thrown error is told and tried again later; the input goes on without it.
    func openTransform(_ request: TransformRequest) throws -> any Transform
}

/// What a transform is opened for.
public struct TransformRequest {
    /// The host.
    public let host: Host
    /// The input stream's app.
    public let app: String
    /// The input stream's name.
    public let name: String
    /// `as` of the configuration.
    public let step: String
    /// The step's further keys as JSON, checked against the step schema, defaults filled in.
    public let settings: String
    /// Of the input stream, now.
    public let attributes: [(key: String, value: String)]
    /// What the app's outputs declare that their players play: the plugin's id and FourCCs. One that declares nothing is not listed.
    public let players: [(output: String, codecs: [UInt32])]
    /// Of the transform before, when it failed while its outputs were on air: how far each track has come. See transform.h.
    public let resumes: [Resume]
    /// To name the outputs, and to say that there is something.
    public let outputs: TransformOutputs

    /// How far a track of an output has come.
    public struct Resume: Sendable {
        /// Of the output.
        public let label: String
        /// The track's id.
        public let track: UInt32
        /// Ticks a second of `pts`.
        public let timescale: UInt32
        /// The largest that was handed out.
        public let pts: Int64
    }

    init(host: Host, raw: sluice_transform_open) {
        self.host = host
        app = raw.app.string
        name = raw.name.string
        step = raw.step.string
        settings = raw.settings_json.string
        attributes = pairs(raw.attributes, raw.attribute_count)
        players = Self.players(raw)
        resumes = Self.resumes(raw)
        outputs = TransformOutputs(host: host, handle: raw.transform)
    }

    private static func players(_ raw: sluice_transform_open) -> [(output: String, codecs: [UInt32])] {
        guard let list = raw.players, Int(raw.player_stride) >= MemoryLayout<sluice_transform_player>.size else { return [] }
        return (0..<Int(raw.player_count)).map { index in
            let player = UnsafeRawPointer(list).advanced(by: index * Int(raw.player_stride))
                .assumingMemoryBound(to: sluice_transform_player.self).pointee
            return (player.output.string, Array(UnsafeBufferPointer(start: player.codecs, count: Int(player.codec_count))))
        }
    }

    private static func resumes(_ raw: sluice_transform_open) -> [Resume] {
        // A host of before says nothing of them.
        guard Int(raw.struct_size) >= MemoryLayout<sluice_transform_open>.size, let list = raw.resumes,
            Int(raw.resume_stride) >= MemoryLayout<sluice_transform_resume>.size
        else { return [] }
        return (0..<Int(raw.resume_count)).map { index in
            let one = UnsafeRawPointer(list).advanced(by: index * Int(raw.resume_stride))
                .assumingMemoryBound(to: sluice_transform_resume.self).pointee
            return Resume(label: one.label.string, track: one.track, timescale: one.timescale, pts: one.pts)
        }
    }
}

/// A transform's outputs, as the host knows them.
public struct TransformOutputs: Sendable {
    let host: Host
    /// Names the transform in the service.
    public let handle: sluice_handle

    /// Inside `negotiate`, `send`, `receive` or `flush`: all streams that come out from now on, by label. After each negotiate.
    public func set(_ outputs: [(label: String, tracks: [Track])]) throws(PluginError) {
        guard let service = host.transform else { throw PluginError("the host has no transforms", code: SLUICE_E_UNSUPPORTED) }
        var arena = TextArena()
        let texts = outputs.map { arena.text($0.label) }
        let list = UnsafeMutablePointer<sluice_transform_output>.allocate(capacity: max(outputs.count, 1))
        defer { list.deallocate() }
        // The C form of tracks lives as long as the call that is given them: one call inside the other, then the service.
        func fill(_ index: Int, _ error: UnsafeMutablePointer<sluice_error>) -> Int32 {
            guard index < outputs.count else {
                return service.pointee.set_outputs(
                    host.pointer, handle, list, UInt32(MemoryLayout<sluice_transform_output>.stride), UInt32(outputs.count), error
                )
            }
            return Track.withC(outputs[index].tracks) { tracks in
                list[index] = sluice_transform_output()
                list[index].struct_size = UInt32(MemoryLayout<sluice_transform_output>.size)
                list[index].track_count = UInt32(outputs[index].tracks.count)
                list[index].tracks = tracks
                list[index].track_stride = Track.stride
                list[index].label = texts[index]
                return fill(index + 1, error)
            }
        }
        guard outputs.count <= 32 else { throw PluginError("too many outputs", code: SLUICE_E_LIMIT) }
        try checked("set_outputs") { fill(0, $0) }
    }

    /// On any thread: there is something to receive, or room again.
    public func ready() { _ = host.transform?.pointee.ready(host.pointer, handle) }

    /// On any thread: a still picture of the input stream as it is now, a JPEG of at most 1 MiB, copied.
    public func setStill(_ jpeg: UnsafeRawBufferPointer) throws(PluginError) {
        guard let service = host.transform else { throw PluginError("the host has no transforms", code: SLUICE_E_UNSUPPORTED) }
        let bytes = sluice_bytes(data: jpeg.baseAddress?.assumingMemoryBound(to: UInt8.self), size: UInt64(jpeg.count))
        let status = service.pointee.set_still(host.pointer, handle, bytes)
        guard status == SLUICE_OK else { throw PluginError("set_still failed with status \(status)", code: status) }
    }

    /// On any thread: what the operator is to see of the transform, a JSON object of at most 16 KiB.
    public func setReport(_ json: String) throws(PluginError) {
        guard let service = host.transform else { throw PluginError("the host has no transforms", code: SLUICE_E_UNSUPPORTED) }
        var arena = TextArena()
        let status = service.pointee.set_report(host.pointer, handle, arena.text(json))
        guard status == SLUICE_OK else { throw PluginError("set_report failed with status \(status)", code: status) }
    }
}

/// What a call of `receive` left.
public enum Received: Sendable {
    /// There may be more.
    case more
    /// Nothing now; `TransformOutputs.ready` says when.
    case nothing
    /// All that went in before the flush has come out.
    case end
}

/// Where what comes out goes, for the length of one call.
public struct TransformReceiver: ~Copyable, ~Escapable {
    private let call: sluice_transform_receiver
    private let context: UnsafeMutableRawPointer?

    @_lifetime(borrow context)
    init(_ call: sluice_transform_receiver, _ context: UnsafeMutableRawPointer) {
        self.call = call
        self.context = context
    }

    /// One access unit of an output, by its place among those that were set. The host copies the bytes.
    public borrowing func frame(_ output: Int, _ times: FrameTimes, _ data: UnsafeRawBufferPointer) {
        give(output, times, data, nil)
    }

    /// One access unit whose bytes lie in a buffer that `BorrowedFrame.retain` took: not copied. The reference stays the caller's.
    public borrowing func frame(
        _ output: Int, _ times: FrameTimes, _ data: UnsafeRawBufferPointer, buffer: UnsafeMutableRawPointer
    ) {
        give(output, times, data, buffer.assumingMemoryBound(to: sluice_buffer.self))
    }

    private borrowing func give(
        _ output: Int, _ times: FrameTimes, _ data: UnsafeRawBufferPointer, _ buffer: UnsafeMutablePointer<sluice_buffer>?
    ) {
        var frame = sluice_frame()
        frame.struct_size = UInt32(MemoryLayout<sluice_frame>.size)
        frame.track = times.track
        frame.pts = times.pts
        frame.dts = times.dts
        frame.duration = times.duration
        frame.flags = times.flags
        frame.buffer = buffer
        frame.data = sluice_bytes(data: data.baseAddress?.assumingMemoryBound(to: UInt8.self), size: UInt64(data.count))
        call(context, UInt32(truncatingIfNeeded: output), &frame, UInt32(MemoryLayout<sluice_frame>.stride), 1)
    }
}

/// One stream's transform. All calls come on the input's lane.
public protocol Transform: AnyObject {
    /// All tracks of the input, before the first frame and at each new epoch. `PluginError` with `SLUICE_E_UNSUPPORTED`: not with these.
    func negotiate(_ tracks: [Track], discontinuity: Bool) throws
    /// A batch in order of arrival. `false`: no room, nothing was taken, the host keeps it.
    func send(_ frames: borrowing BorrowedFrames) throws -> Bool
    /// Hands out what there is.
    func receive(_ receiver: borrowing TransformReceiver) throws -> Received
    /// Nothing more comes before the next negotiate.
    func flush() throws
    /// All attributes of the input stream, after a change.
    func attributes(_ attributes: [(key: String, value: String)])
    /// The last call.
    func close(reason: String)
}

extension Transform {
    public func attributes(_ attributes: [(key: String, value: String)]) {}
    public func close(reason: String) {}
}
