/// An HTTP request that waits for its answer; usable from any thread, answered once.
public struct Exchange: Sendable {
    let host: Host
    /// Names the request in the services.
    public let handle: sluice_handle

    /// Answers.
    public func respond(_ response: Response) {
        guard let exchange = host.exchange else { return }
        response.withC { _ = exchange.pointee.respond(host.pointer, handle, $0) }
    }

    /// Holds the request until `key` is released on this stream's sink, or until `deadline` (monotonic ns; 0: the host's limit).
    public func park(_ key: String, deadline: UInt64 = 0) {
        guard let exchange = host.exchange else { return }
        withText(key) { _ = exchange.pointee.park(host.pointer, handle, $0, deadline) }
    }

    /// The client becomes a player: the response's headers, then `head`, then the log.
    public func attach(format: String, variant: String = "", head: [UInt8] = [], response: Response, webSocket: Bool)
        throws(PluginError)
    {
        guard let exchange = host.exchange else {
            throw PluginError("the exchange service is not granted", code: SLUICE_E_DENIED)
        }
        var arena = TextArena()
        var request = sluice_attach()
        request.struct_size = UInt32(MemoryLayout<sluice_attach>.size)
        request.format = arena.text(format)
        request.variant = arena.text(variant)
        try checked("attach") { error in
            var status = SLUICE_OK
            withBytes(head) { head in
                request.head = head
                response.withC { status = exchange.pointee.attach(host.pointer, handle, &request, $0, webSocket ? 1 : 0, error) }
            }
            return status
        }
    }
}

/// A whole answer.
public struct Response: Sendable {
    /// 200 … 599.
    public var status: UInt32
    /// Date, Content-Length, CORS and Vary are the host's.
    public var headers: [(key: String, value: String)]
    /// The whole body.
    public var body: [UInt8]
    /// gzip it, once, for the clients that accept it.
    public var compress: Bool

    /// An answer; by default without headers and body.
    public init(_ status: UInt32, headers: [(key: String, value: String)] = [], body: [UInt8] = [], compress: Bool = false) {
        self.status = status
        self.headers = headers
        self.body = body
        self.compress = compress
    }

    /// A JSON answer.
    public static func json(_ status: UInt32, _ text: String) -> Response {
        Response(status, headers: [("content-type", "application/json")], body: [UInt8](text.utf8))
    }

    func withC(_ body: (UnsafePointer<sluice_response>) -> Void) {
        var arena = TextArena()
        var raw = sluice_response()
        raw.struct_size = UInt32(MemoryLayout<sluice_response>.size)
        raw.status = status
        raw.headers = arena.pairs(headers)
        raw.header_count = UInt32(headers.count)
        raw.flags = compress ? SLUICE_RESPONSE_COMPRESS : 0
        withBytes(self.body) {
            raw.body = $0
            withUnsafePointer(to: &raw, body)
        }
    }
}

extension SinkRequest {
    /// Answers all requests parked under a key on this sink, with one shared body.
    public var releaser: Releaser { Releaser(host: host, sink: handle) }
}

/// Releases requests parked on one sink; on the stream's lane.
public struct Releaser {
    let host: Host
    let sink: sluice_handle

    /// Returns how many were waiting.
    @discardableResult
    public func release(_ key: String, _ response: Response) -> Int {
        guard let exchange = host.exchange else { return 0 }
        var count: Int64 = 0
        withText(key) { key in response.withC { count = exchange.pointee.release(host.pointer, sink, key, $0) } }
        return Int(clamping: count)
    }
}

/// One stream of a group, for multivariant playlists.
public struct StreamInfo: Sendable {
    /// `SLUICE_STREAM_*`.
    public let state: UInt32
    /// The stream's app.
    public let app: String
    /// The stream's name.
    public let name: String
    /// The group that it is in; empty: none.
    public let group: String
    /// What decoders must know.
    public let tracks: [Track]
    /// Grows by one with each change of tracks.
    public let epoch: UInt64
    /// bit/s of media over the last seconds.
    public let measuredBitrate: UInt64
    /// The largest such figure.
    public let peakBitrate: UInt64

    init(_ raw: sluice_stream_info) {
        state = raw.state
        app = raw.app.string
        name = raw.name.string
        group = raw.group.string
        tracks = Track.array(raw.tracks, stride: raw.track_stride, count: raw.track_count)
        epoch = raw.epoch
        measuredBitrate = raw.measured_bitrate
        peakBitrate = raw.peak_bitrate
    }
}

extension Host {
    /// The stream `app/name`, or the live members of the group of that name.
    public func streams(app: String, name: String) -> [StreamInfo] {
        guard let stream else { return [] }
        var found: [StreamInfo] = []
        withUnsafeMutablePointer(to: &found) { slot in
            withText(app) { app in
                withText(name) { name in
                    _ = stream.pointee.find(
                        pointer, app, name,
                        { context, info in
                            guard let info else { return }
                            context?.assumingMemoryBound(to: [StreamInfo].self).pointee.append(StreamInfo(info.pointee))
                        }, slot)
                }
            }
        }
        return found
    }
}
