import Formats

/// What a log's writer knows beyond the log itself: its tracks and what it owes. Records after it are the ones that would have been.
extension RTMPLogMuxer {
    /// What the blob of a log's muxer begins with.
    public static let blobMagic = FourCC("RTML")
    /// Of all fields that `write` writes; a reader takes no other.
    public static let blobVersion: UInt16 = 1
    /// More tracks than any stream of the host's has.
    private static var mostTracks: Int { 256 }

    /// Appends all that the muxer is.
    public func write(to blob: inout BlobWriter) {
        blob.header(Self.blobMagic, version: Self.blobVersion)
        blob.bool(variant == .enhanced)
        blob.u32(streamID)
        blob.array(tracks) { $0.track($1) }
        blob.bool(owesConfigurations)
        blob.optional(lastPrefix) { $0.i64($1) }
    }

    /// The muxer that `write` described.
    public init(from blob: inout BlobReader) throws(BlobError) {
        try blob.header(Self.blobMagic, version: Self.blobVersion)
        self.init(variant: try blob.bool("variant") ? .enhanced : .legacy, streamID: try blob.u32())
        setTracks(try blob.array("tracks", limit: Self.mostTracks) { blob throws(BlobError) in try blob.track() })
        owesConfigurations = try blob.bool("owed configurations")
        lastPrefix = try blob.optional("prefix") { blob throws(BlobError) in try blob.i64() }
    }
}
