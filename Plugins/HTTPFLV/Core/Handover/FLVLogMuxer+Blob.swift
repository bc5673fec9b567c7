import Formats

/// What a log's writer knows beyond the log itself: its tracks and what it owes. Records after it are the ones that would have been.
extension FLVLogMuxer {
    /// What the blob of a log's muxer begins with.
    public static let blobMagic = FourCC("FLVL")
    /// Of all fields that `write` writes; a reader takes no other.
    public static let blobVersion: UInt16 = 1
    /// More tracks than any stream of the host's has.
    private static var mostTracks: Int { 256 }

    /// Appends all that the muxer is.
    public func write(to blob: inout BlobWriter) {
        blob.header(Self.blobMagic, version: Self.blobVersion)
        blob.bool(framing == .webSocket)
        blob.array(tracks) { $0.track($1) }
        blob.bool(hasTracks)
        blob.bool(owesConfigurations)
        blob.optional(lastJoin) { $0.i64($1) }
    }

    /// The muxer that `write` described.
    public init(from blob: inout BlobReader) throws(BlobError) {
        try blob.header(Self.blobMagic, version: Self.blobVersion)
        self.init(framing: try blob.bool("framing") ? .webSocket : .http)
        setTracks(try blob.array("tracks", limit: Self.mostTracks) { blob throws(BlobError) in try blob.track() })
        hasTracks = try blob.bool("tracks")
        owesConfigurations = try blob.bool("owed configurations")
        lastJoin = try blob.optional("join point") { blob throws(BlobError) in try blob.i64() }
    }
}
