/// An initialization segment; a new number for new content.
struct Initialization: Sendable {
    /// From 1, in the name.
    let number: Int
    /// ftyp + moov.
    let bytes: ArraySlice<UInt8>
}
