/// Interface `sluice.sink/1`: takes streams' frames.
public protocol SinkProvider: Plugin {
    /// The formats of log that it writes; one sink is opened per stream and format. Empty: none, it opens with the stream.
    static var formats: [LogFormat] { get }

    /// A thrown error is logged and the stream goes on without this output.
    func openSink(_ request: SinkRequest) throws -> any Sink
}

/// One format of broadcast log.
public struct LogFormat: Sendable {
    /// `rtmp`, `flv`.
    public var format: StaticString
    /// Empty, or `ws` …
    public var variant: StaticString
    /// A format and its variant.
    public init(_ format: StaticString, variant: StaticString = "") {
        self.format = format
        self.variant = variant
    }
}

/// What a sink is opened for.
public struct SinkRequest {
    /// The host.
    public let host: Host
    /// The C struct, borrowed until `openSink` returns.
    public let raw: sluice_sink_open
    /// Index into the provider's formats.
    public var format: Int { Int(raw.format) }
    /// The stream's app.
    public var app: String { raw.app.string }
    /// The stream's name.
    public var name: String { raw.name.string }
    /// Of the stream, now.
    public var attributes: [(key: String, value: String)] { pairs(raw.attributes, raw.attribute_count) }
    /// The log to append to, when the provider has formats.
    public var log: BroadcastLog { BroadcastLog(host: host, handle: raw.log) }
    /// Names this sink when parked requests are released.
    public var handle: sluice_handle { raw.sink }
}

/// The output of one stream. All calls come on the stream's lane.
public protocol Sink: AnyObject {
    /// All tracks: before the first frame and at each new epoch.
    func tracks(_ tracks: [Track], discontinuity: Bool) throws
    /// A batch in order of arrival. A thrown error closes the sink.
    func frames(_ frames: borrowing BorrowedFrames) throws
    /// The publisher was lost (the stream lingers), or is back.
    func publisher(lost: Bool)
    /// All attributes of the stream, after a change.
    func attributes(_ attributes: [(key: String, value: String)])
    /// The last call. Release what is parked before returning.
    func close(reason: String)
}

extension Sink {
    public func publisher(lost: Bool) {}
    public func attributes(_ attributes: [(key: String, value: String)]) {}
}

/// The append-only log that players read; see broadcast.h for the contract of records, join points and prefixes.
public struct BroadcastLog {
    let host: Host
    /// Names the log in the services.
    public let handle: sluice_handle

    /// Appends one whole record made of two pieces.
    public func append(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, join: Bool, video: Bool)
        throws(PluginError)
    {
        guard let broadcast = host.broadcast else {
            throw PluginError("the broadcast service is not granted", code: SLUICE_E_DENIED)
        }
        let flags = (join ? SLUICE_RECORD_JOIN : 0) | (video ? SLUICE_RECORD_VIDEO : 0)
        let status = broadcast.pointee.append(host.pointer, handle, bytes(first), bytes(second), flags)
        if status != SLUICE_OK { throw PluginError("the log took no record", code: status) }
    }

    /// Appends one whole record.
    public func append(_ record: [UInt8], join: Bool, video: Bool) throws(PluginError) {
        var failure: PluginError?
        record.withUnsafeBytes {
            do throws(PluginError) {
                try append($0, UnsafeRawBufferPointer(start: nil, count: 0), join: join, video: video)
            } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// The prefix of the join points appended from now on.
    public func setPrefix(_ prefix: [UInt8]) {
        guard let broadcast = host.broadcast else { return }
        withBytes(prefix) { _ = broadcast.pointee.set_prefix(host.pointer, handle, $0) }
    }

    private func bytes(_ raw: UnsafeRawBufferPointer) -> sluice_bytes {
        sluice_bytes(data: raw.baseAddress?.assumingMemoryBound(to: UInt8.self), size: UInt64(raw.count))
    }
}
