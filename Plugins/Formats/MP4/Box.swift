/// One box of an ISO base media file, as ranges of the bytes it was found in.
public struct Box: Sendable, Equatable {
    /// The four-character type.
    public var type: FourCC
    /// Header and payload.
    public var range: Range<Int>
    /// What follows size and type.
    public var payload: Range<Int>

    /// A box that lies at `range`.
    public init(type: FourCC, range: Range<Int>, payload: Range<Int>) {
        self.type = type
        self.range = range
        self.payload = payload
    }
}
