/// Colour description as code points of ITU-T H.273, as found in VUI, sequence headers and `colr`.
public struct ColourDescription: Sendable, Equatable {
    /// `colour_primaries`; 2 is unspecified, 1 BT.709, 9 BT.2020.
    public var primaries: UInt8
    /// `transfer_characteristics`; 16 is PQ, 18 HLG.
    public var transfer: UInt8
    /// `matrix_coefficients`.
    public var matrix: UInt8
    /// Whether samples use the full range.
    public var fullRange: Bool

    /// A description from code points.
    public init(primaries: UInt8, transfer: UInt8, matrix: UInt8, fullRange: Bool) {
        self.primaries = primaries
        self.transfer = transfer
        self.matrix = matrix
        self.fullRange = fullRange
    }
}
