// What a connection's session is, beyond the core's: the handles of the host that it holds. They keep their meaning when it moves.

import Formats
import RTMPCore
import SluiceKit

extension RTMPConnection {
    /// Message streams that can have a role, whatever the core's limit is.
    private static var mostRoles: Int { 1024 }

    /// nil while an answer is awaited: it comes to the one that asked.
    func export() -> [UInt8]? {
        guard !isPumping, session.isSettled, operations.allSatisfy(\.isOver) else { return nil }
        var blob = BlobWriter()
        session.write(to: &blob)
        blob.array(roles) { blob, role in
            blob.u32(role.stream)
            blob.optional(role.publication) { $0.u64($1.handle) }
            blob.optional(role.request) { $1.write(to: &$0) }
            blob.u64(role.grant)
        }
        blob.optional(playing) { $0.u32($1) }
        blob.optional(wanted) { $0.u32($1) }
        blob.bool(isAttached)
        blob.u64(armedFor)
        return blob.bytes
    }

    /// Half a message that is longer is not carried into a checkpoint before it has to be, and one of this length never.
    private static var longRest: Int { 64 << 10 }
    private static var longestRest: Int { 1 << 20 }

    /// In a process of its own: says what the session is, after all that is no media, and after each so many bytes of it.
    func keep() {
        let every = connection.checkpointEvery
        guard every > 0, isUnkept || unkeptBytes >= every, !session.isClosed else { return }
        let rest = session.pendingBytes
        guard rest < Self.longRest || unkeptBytes >= every &* 2 && rest < Self.longestRest || isUnkept else { return }
        guard let blob = export(), connection.checkpoint(blob) else { return }
        unkeptBytes = 0
        isUnkept = false
    }

    /// For a connection that an older session has served so far. Calls no service: the host's timer, log and publications go on.
    convenience init(plugin: RTMPPlugin, connection: Connection, from blob: inout BlobReader) throws(BlobError) {
        let session = try RTMPSession(from: &blob, bounds: Self.bounds(plugin, connection))
        self.init(plugin: plugin, connection: connection, session: session)
        roles = try blob.array("roles", limit: Self.mostRoles) { blob throws(BlobError) in
            var role = RTMPRole(stream: try blob.u32())
            role.publication = try blob.optional("publication") { blob throws(BlobError) in
                connection.publication(try blob.u64())
            }
            role.request = try blob.optional("play") { blob throws(BlobError) in try RTMPPlayRequest(from: &blob) }
            role.grant = try blob.u64()
            return role
        }
        playing = try blob.optional("playing") { blob throws(BlobError) in try blob.u32() }
        wanted = try blob.optional("wanted") { blob throws(BlobError) in try blob.u32() }
        isAttached = try blob.bool("attached")
        armedFor = try blob.u64()
    }
}
