/// One open bitstream unit of AV1 (AV1 §5.3), as ranges of the bytes it was found in.
public struct OBU: Sendable, Equatable {
    /// `obu_type`.
    public enum Kind {
        /// OBU_SEQUENCE_HEADER.
        public static let sequenceHeader: UInt8 = 1
        /// OBU_TEMPORAL_DELIMITER.
        public static let temporalDelimiter: UInt8 = 2
        /// OBU_FRAME_HEADER.
        public static let frameHeader: UInt8 = 3
        /// OBU_FRAME.
        public static let frame: UInt8 = 6
        /// OBU_TILE_LIST.
        public static let tileList: UInt8 = 8
        /// OBU_PADDING.
        public static let padding: UInt8 = 15
    }

    /// `obu_type`, 0...15.
    public var type: UInt8
    /// The header's first byte.
    public var header: UInt8
    /// The extension byte, when there is one.
    public var headerExtension: UInt8?
    /// Whether the unit carries its own size.
    public var hasSize: Bool
    /// Header, size and payload.
    public var range: Range<Int>
    /// The payload alone.
    public var payload: Range<Int>

    /// Whether the unit is left out of canonical temporal units: delimiters, padding, tile lists.
    public var isStripped: Bool {
        type == Kind.temporalDelimiter || type == Kind.padding || type == Kind.tileList
    }

    /// Bytes of the unit with a size of its own in the shortest form.
    var sizedCount: Int {
        1 + (headerExtension == nil ? 0 : 1) + LEB128.size(payload.count) + payload.count
    }
}
