/// Interface `sluice.handover/1`: sessions and sinks move to the generation that replaces theirs, while connections stay open.
///
/// See handover.h for what the host keeps meanwhile. Sessions and sinks that can move conform to `Exportable`.
public protocol Handover: Plugin {
    /// Makes the session that a blob of an older (or newer) generation describes. Calls no service. A thrown error leaves the session
    /// with the old generation.
    func importSession(_ connection: Connection, _ blob: UnsafeRawBufferPointer) throws -> any ProtocolSession

    /// Makes the sink that a blob describes. It gets no `tracks` for what the exporter has been told.
    func importSink(_ request: SinkRequest, _ blob: UnsafeRawBufferPointer) throws -> any Sink
}

extension Handover {
    public func importSession(_ connection: Connection, _ blob: UnsafeRawBufferPointer) throws -> any ProtocolSession {
        throw PluginError("no sessions", code: SLUICE_E_UNSUPPORTED)
    }

    public func importSink(_ request: SinkRequest, _ blob: UnsafeRawBufferPointer) throws -> any Sink {
        throw PluginError("no sinks", code: SLUICE_E_UNSUPPORTED)
    }
}

/// A session or sink that can be handed over.
public protocol Exportable: AnyObject {
    /// All that it is, beginning with a version of its writer's; `nil`: not now (a question is open), the host asks again. It stays as
    /// it is until `forget`.
    func export() throws -> [UInt8]?

    /// It lives on elsewhere: gives back what it holds, without a word to the host or the peer. The last call.
    func forget()
}

extension Exportable {
    public func forget() {}
}

extension Connection {
    /// So many bytes after a checkpoint the host wants the next one, and one when a session opens; 0: never, as in the host's process.
    public var checkpointEvery: UInt64 { host.handover?.pointee.checkpoint_every ?? 0 }

    /// Says what the session is, as `Exportable.export` does, so that it can go on when this process dies. The last act of a call: see
    /// handover.h. `false`: it is too large, and the one before stays in force.
    @discardableResult
    public func checkpoint(_ blob: [UInt8]) -> Bool {
        guard let handover = host.handover else { return false }
        return withBytes(blob) { handover.pointee.checkpoint(host.pointer, handle, $0) == SLUICE_OK }
    }
}
