/// Width to height of one sample; 1:1 is square.
public struct PixelAspectRatio: Sendable, Equatable {
    /// Horizontal spacing.
    public var horizontal: UInt32
    /// Vertical spacing.
    public var vertical: UInt32

    /// A ratio.
    public init(horizontal: UInt32, vertical: UInt32) {
        self.horizontal = horizontal
        self.vertical = vertical
    }
}
