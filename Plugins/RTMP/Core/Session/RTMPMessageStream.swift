/// One message stream of a connection: what `createStream` gave out.
struct RTMPMessageStream: Sendable {
    /// The numbers stand in blobs.
    enum Role: UInt8, Sendable {
        case idle
        case askingPublish
        case publishing
        case askingPlay
        case playing
        case paused
    }

    let id: UInt32
    var role = Role.idle
    /// The player's buffer, milliseconds.
    var bufferMilliseconds: UInt32 = 0
    /// Name as the peer wrote it without its query, for the texts of its status messages.
    var title = ""

    init(id: UInt32) { self.id = id }

    var isAsking: Bool { role == .askingPublish || role == .askingPlay }
    var isPlaying: Bool { role == .playing || role == .paused }
}
