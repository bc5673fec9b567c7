/// What H.264 and HEVC access units have in common: which NAL units make a key frame, and which do not belong into a frame.
///
/// Canonical access units have 4-byte lengths and no parameter sets, delimiters or filler; SEI stays.
public enum NALFormat: Sendable, Equatable {
    /// H.264 / AVC.
    case h264
    /// H.265 / HEVC.
    case hevc

    /// What one pass over an access unit tells.
    public struct Summary: Sendable, Equatable {
        /// NAL units that are not empty.
        public var units = 0
        /// Whether there is a coded slice at all.
        public var hasPicture = false
        /// H.264: an IDR slice; HEVC: an IRAP picture (IDR, CRA, BLA).
        public var isRandomAccess = false
        /// Whether an SEI message marks a recovery point (H.264 §D.2.8), as with periodic intra refresh or open GOPs.
        public var hasRecoveryPoint = false
        /// Whether parameter sets are inside, which belong into the track's configuration.
        public var hasParameterSets = false
        /// Whether the payload is canonical as it is and need not be copied.
        public var isCanonical = true
        /// Bytes of the canonical form.
        public var canonicalSize = 0
        /// Whether a decoder may start here.
        public var isKey: Bool { isRandomAccess || (hasRecoveryPoint && hasPicture) }
    }

    /// Bytes of the NAL unit header.
    public var headerSize: Int { self == .h264 ? 1 : 2 }

    /// The `nal_unit_type` in a unit's first byte.
    public func unitType(_ firstByte: UInt8) -> UInt8 {
        self == .h264 ? firstByte & 0x1F : (firstByte >> 1) & 0x3F
    }

    /// Whether units of this type carry sequence, picture or video parameter sets.
    public func isParameterSet(_ type: UInt8) -> Bool {
        switch self {
        case .h264: type == 7 || type == 8 || type == 13 || type == 15
        case .hevc: (32...34).contains(type)
        }
    }

    /// Whether units of this type are left out of canonical access units: parameter sets, delimiters, filler.
    public func isStripped(_ type: UInt8) -> Bool {
        switch self {
        case .h264: isParameterSet(type) || type == 9 || type == 12
        case .hevc: isParameterSet(type) || type == 35 || type == 38
        }
    }

    /// Looks at an access unit with length fields of `lengthSize` bytes, without allocating.
    public func inspect(_ payload: RawSpan, lengthSize: Int = 4) throws(BitstreamError) -> Summary {
        var summary = Summary()
        var cursor = NALUnitCursor(lengthSize: lengthSize)
        var covered = 0
        while let range = try cursor.next(in: payload) {
            summary.units += 1
            covered += range.count + 4
            let type = unitType(payload.byte(at: range.lowerBound) ?? 0)
            if isParameterSet(type) { summary.hasParameterSets = true }
            if isStripped(type) {
                summary.isCanonical = false
                continue
            }
            summary.canonicalSize += range.count + 4
            if isPicture(type) { summary.hasPicture = true }
            if isRandomAccess(type) { summary.isRandomAccess = true }
            if isSEI(type), SEI.containsRecoveryPoint(payload, range.dropFirst(headerSize)) { summary.hasRecoveryPoint = true }
        }
        if cursor.lengthSize != 4 || covered != payload.byteCount { summary.isCanonical = false }
        return summary
    }

    /// The canonical form of an access unit: 4-byte lengths, no parameter sets, delimiters or filler.
    public func canonical(_ payload: RawSpan, lengthSize: Int = 4) throws(BitstreamError) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(payload.byteCount + 16)
        try appendCanonical(payload, lengthSize: lengthSize, to: &result)
        return result
    }

    /// Appends the canonical form of an access unit; on an error `result` may hold the units before it.
    public func appendCanonical(_ payload: RawSpan, lengthSize: Int = 4, to result: inout [UInt8]) throws(BitstreamError) {
        var cursor = NALUnitCursor(lengthSize: lengthSize)
        while let range = try cursor.next(in: payload) {
            guard !isStripped(unitType(payload.byte(at: range.lowerBound) ?? 0)) else { continue }
            result.appendLength(range.count)
            result.append(payload, range)
        }
    }

    /// Copies of the parameter sets inside an access unit, in their order, at most `limit`.
    public func parameterSets(in payload: RawSpan, lengthSize: Int = 4, limit: Int = 32) throws(BitstreamError) -> [[UInt8]] {
        var cursor = NALUnitCursor(lengthSize: lengthSize)
        var sets: [[UInt8]] = []
        while let range = try cursor.next(in: payload), sets.count < limit {
            if isParameterSet(unitType(payload.byte(at: range.lowerBound) ?? 0)) { sets.append(payload.copy(range)) }
        }
        return sets
    }

    private func isPicture(_ type: UInt8) -> Bool {
        self == .h264 ? (1...5).contains(type) : type < 32
    }

    private func isRandomAccess(_ type: UInt8) -> Bool {
        self == .h264 ? type == 5 : (16...23).contains(type)
    }

    private func isSEI(_ type: UInt8) -> Bool {
        self == .h264 ? type == 6 : type == 39
    }
}
