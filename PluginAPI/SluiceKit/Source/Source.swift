/// Interface `sluice.source/0`: a publisher without a peer.
public protocol SourceProvider: Plugin {
    /// The stream is published and has no tracks yet. A thrown error is told and tried again later.
    func openSource(_ request: SourceRequest) throws -> any Source
}

/// What a source is opened for.
public struct SourceRequest {
    /// The host.
    public let host: Host
    /// The stream's app.
    public let app: String
    /// The stream's name.
    public let name: String
    /// `settings` of the configuration as JSON, checked against the source schema, defaults filled in.
    public let settings: String
    /// Monotonic nanoseconds.
    public let now: UInt64
    /// Tracks and frames go by it.
    public let publication: Publication
    private let handle: sluice_handle

    init(host: Host, raw: sluice_source_open) {
        self.host = host
        app = raw.app.string
        name = raw.name.string
        settings = raw.settings_json.string
        now = raw.now_ns
        publication = Publication(host: host, handle: raw.stream)
        handle = raw.source
    }

    /// The source's timer and end.
    public var clock: SourceClock { SourceClock(host: host, handle: handle) }
}

/// A source's own timer, and its end; on its lane.
public struct SourceClock: Sendable {
    let host: Host
    /// Names the source in the service.
    public let handle: sluice_handle

    /// When `Source.timer` is to be called, monotonic nanoseconds; `nil` disarms.
    public func setTimer(_ deadline: UInt64?) { _ = host.source?.pointee.set_timer(host.pointer, handle, deadline ?? 0) }

    /// There is no more: the source is closed after this call, and not opened again before its configuration or plugin changes.
    public func end(reason: String) {
        guard let source = host.source else { return }
        withText(reason) { _ = source.pointee.end(host.pointer, handle, $0) }
    }
}

/// One stream that the plugin brings on air. All calls come on its lane.
public protocol Source: AnyObject {
    /// The time set with `SourceClock.setTimer` has come. A thrown error closes the source; it is opened again later.
    func timer(at now: UInt64) throws
    /// Publishing is over; the last call.
    func close(reason: String)
}

extension Source {
    public func close(reason: String) {}
}
