/// A stream on air, from its publisher's side: on the connection's lane only, or the source's.
public final class Publication {
    private let host: Host
    /// Names the stream in the services.
    public let handle: sluice_handle

    init(host: Host, handle: sluice_handle) {
        self.host = host
        self.handle = handle
    }

    /// Says all tracks; again when any of them changed.
    public func setTracks(_ tracks: [Track]) throws(PluginError) {
        guard let stream = host.stream else { throw PluginError("the stream service is not granted", code: SLUICE_E_DENIED) }
        try checked("set_tracks") { error in
            Track.withC(tracks) { stream.pointee.set_tracks(host.pointer, handle, $0, Track.stride, UInt32(tracks.count), error) }
        }
    }

    /// Hands over one access unit whose bytes the host copies. `false`: publishing is over.
    @discardableResult
    public func push(_ timing: FrameTimes, _ data: UnsafeRawBufferPointer) -> Bool {
        guard let stream = host.stream else { return false }
        var frame = sluice_frame()
        frame.struct_size = UInt32(MemoryLayout<sluice_frame>.size)
        frame.track = timing.track
        frame.pts = timing.pts
        frame.dts = timing.dts
        frame.duration = timing.duration
        frame.flags = timing.flags
        frame.data = sluice_bytes(data: data.baseAddress?.assumingMemoryBound(to: UInt8.self), size: UInt64(data.count))
        return stream.pointee.push(host.pointer, handle, &frame, UInt32(MemoryLayout<sluice_frame>.stride), 1) == SLUICE_OK
    }

    /// Ends publishing; the stream lingers if its app says so.
    public func end(reason: String) {
        guard let stream = host.stream else { return }
        withText(reason) { _ = stream.pointee.unpublish(host.pointer, handle, $0) }
    }
}

extension Connection {
    /// A publication that a session before this one began on the same connection, by its handle (see `Exportable`).
    public func publication(_ handle: sluice_handle) -> Publication { Publication(host: host, handle: handle) }

    /// Begins to publish with the grant of an allowing verdict.
    public func publish(grant: sluice_handle, protocolName: String, description: String) throws(PluginError) -> Publication {
        guard let stream = host.stream else { throw PluginError("the stream service is not granted", code: SLUICE_E_DENIED) }
        var arena = TextArena()
        var request = sluice_publish_request()
        request.struct_size = UInt32(MemoryLayout<sluice_publish_request>.size)
        request.connection = handle
        request.grant = grant
        request.protocol = arena.text(protocolName)
        request.description = arena.text(description)
        var result: sluice_handle = 0
        try checked("publish") { stream.pointee.publish(host.pointer, &request, &result, $0) }
        return Publication(host: host, handle: result)
    }
}
