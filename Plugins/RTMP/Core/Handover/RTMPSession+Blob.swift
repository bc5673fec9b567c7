import Formats

/// A session as bytes: what a generation gives to the one that replaces it (see handover.h), in the middle of whatever came last.
///
/// Limits are not part of it: they are the importer's. Nor are actions: they are carried out first (`isSettled`). Times are the
/// machine's monotonic ones and go on.
extension RTMPSession {
    /// What a session's blob begins with.
    public static let blobMagic = FourCC("RTMP")
    /// Of all fields that `write` writes; a reader takes no other.
    public static let blobVersion: UInt16 = 1

    /// True when all that it wants done was taken: only then it can be written.
    public var isSettled: Bool { actions.isEmpty && outgoing.isEmpty }

    /// Appends all that the session is, half-read messages included.
    public func write(to blob: inout BlobWriter) {
        blob.header(Self.blobMagic, version: Self.blobVersion)
        blob.write(phase)
        counters.write(to: &blob)
        for time in [started, idleSince, lastReceived] { blob.u64(time) }
        guard !isClosed else { return }
        blob.optional(pingedAt) { $0.u64($1) }
        if phase == .handshake { handshake.write(to: &blob) }
        blob.bool(isTrusted)
        blob.optional(connectRequest) { $1.write(to: &$0) }
        reader.write(to: &blob)
        blob.array(streams) { $1.write(to: &$0) }
        blob.array(publishers) { $1.write(to: &$0) }
        commands.write(to: &blob)
        blob.run(held)
        blob.u64(acknowledged)
        blob.u64(peerWindow)
    }

    /// The session that `write` described, with limits that many sessions share.
    ///
    /// - Throws: for another version, a blob that ends early, and any state that no session can be in or that is beyond `bounds`.
    public init(from blob: inout BlobReader, bounds: RTMPBounds) throws(BlobError) {
        try blob.header(Self.blobMagic, version: Self.blobVersion)
        let phase = try blob.phase()
        let counters = try RTMPStatistics(from: &blob)
        self.init(bounds: bounds, seed: 0, at: try blob.u64())
        self.phase = phase
        self.counters = counters
        idleSince = try blob.u64()
        lastReceived = try blob.u64()
        guard !isClosed else { return }
        try readOpen(&blob)
    }

    private mutating func readOpen(_ blob: inout BlobReader) throws(BlobError) {
        pingedAt = try blob.optional("ping") { blob throws(BlobError) in try blob.u64() }
        if phase == .handshake { handshake = try RTMPHandshake(from: &blob) }
        if try blob.bool("trust") { trust() }
        connectRequest = try blob.optional("connect") { blob throws(BlobError) in try RTMPConnectRequest(from: &blob) }
        try reader.read(&blob)
        let limits = limits
        streams = try blob.array("message streams", limit: limits.messageStreams) { blob throws(BlobError) in
            try RTMPMessageStream(from: &blob)
        }
        publishers = try blob.array("publishers", limit: limits.messageStreams) { blob throws(BlobError) in
            try RTMPPublisher(from: &blob, limits: limits)
        }
        try checkStreams(at: blob.offset)
        try commands.read(&blob)
        held = try blob.run("held bytes", limit: limits.heldBytes)
        acknowledged = try blob.u64()
        peerWindow = try blob.u64()
        guard acknowledged <= counters.bytesReceived else { throw .value(field: "acknowledgement", offset: blob.offset) }
        guard peerWindow <= UInt32.max else { throw .value(field: "window", offset: blob.offset) }
    }

    /// Every stream has its own id, and those that publish, and no other, have one publisher each.
    private func checkStreams(at offset: Int) throws(BlobError) {
        let ids = Set(streams.map(\.id))
        let publishing = streams.filter { $0.role == .publishing }.map(\.id)
        guard ids.count == streams.count, phase == .connected || streams.isEmpty, publishing.count == publishers.count,
            Set(publishing) == Set(publishers.map(\.stream)), publishers.isEmpty || isTrusted
        else { throw .value(field: "message streams", offset: offset) }
    }
}

extension BlobWriter {
    fileprivate mutating func write(_ phase: RTMPSession.Phase) {
        switch phase {
        case .handshake: u8(0)
        case .awaitingConnect: u8(1)
        case .connecting(let transaction):
            u8(2)
            f64(transaction)
        case .connected: u8(3)
        case .closed: u8(4)
        }
    }
}

extension BlobReader {
    fileprivate mutating func phase() throws(BlobError) -> RTMPSession.Phase {
        let at = offset
        switch try u8() {
        case 0: return .handshake
        case 1: return .awaitingConnect
        case 2: return .connecting(transaction: try f64())
        case 3: return .connected
        case 4: return .closed
        default: throw .value(field: "phase", offset: at)
        }
    }
}
