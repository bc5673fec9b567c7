/// A finished partial segment: immutable bytes with what the playlist says about them.
struct Part: Sendable {
    /// Counts through the rendition's whole life, so that a hinted name never has to change (see `ResourceNames`).
    let number: UInt64
    /// Ticks of the rendition's timescale.
    let duration: Int64
    /// Contains a frame that decoding can start at.
    let isIndependent: Bool
    /// One or more moof + mdat. A slice of its segment's bytes once that is complete.
    var bytes: ArraySlice<UInt8>
}
