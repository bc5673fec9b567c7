/// Temporal units of AV1: key frames, and the canonical form that frames travel in (sized OBUs, no delimiters or padding).
public enum AV1TemporalUnit {
    /// What one pass over a temporal unit tells.
    public struct Summary: Sendable, Equatable {
        /// OBUs of all types.
        public var units = 0
        /// Whether there is a frame or frame header.
        public var hasFrame = false
        /// Whether the first frame is a shown key frame.
        public var hasKeyFrame = false
        /// The first sequence header, as a range of the unit with its OBU header.
        public var sequenceHeader: Range<Int>?
        /// Whether the bytes are canonical as they are and need not be copied.
        public var isCanonical = true
        /// Bytes of the canonical form.
        public var canonicalSize = 0
        /// Whether a decoder that has the configuration may start here.
        public var isKey: Bool { hasKeyFrame }
    }

    /// Looks at a temporal unit without allocating.
    public static func inspect(_ bytes: RawSpan) throws(BitstreamError) -> Summary {
        var summary = Summary()
        var cursor = OBUCursor()
        var reducedStillPicture = false
        while let obu = try cursor.next(in: bytes) {
            summary.units += 1
            if obu.isStripped || !obu.hasSize { summary.isCanonical = false }
            if obu.isStripped { continue }
            summary.canonicalSize += obu.hasSize ? obu.range.count : obu.sizedCount
            switch obu.type {
            case OBU.Kind.sequenceHeader:
                if summary.sequenceHeader == nil { summary.sequenceHeader = obu.range }
                reducedStillPicture = (bytes.byte(at: obu.payload.lowerBound) ?? 0) & 0x08 != 0 && !obu.payload.isEmpty
            case OBU.Kind.frame, OBU.Kind.frameHeader:
                guard !summary.hasFrame, !obu.payload.isEmpty, let first = bytes.byte(at: obu.payload.lowerBound) else {
                    continue
                }
                summary.hasFrame = true
                // show_existing_frame 0, frame_type KEY_FRAME 0, show_frame 1 (AV1 §5.9.2).
                summary.hasKeyFrame = reducedStillPicture || first & 0xF0 == 0x10
            default: break
            }
        }
        return summary
    }

    /// The canonical form: no temporal delimiters, padding or tile lists, and every OBU with a size.
    public static func canonical(_ bytes: RawSpan) throws(BitstreamError) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.byteCount + 8)
        var cursor = OBUCursor()
        while let obu = try cursor.next(in: bytes) {
            guard !obu.isStripped else { continue }
            if obu.hasSize {
                result.append(bytes, obu.range)
            } else {
                result.append(obu.header | 2)
                if let byte = obu.headerExtension { result.append(byte) }
                LEB128.append(obu.payload.count, to: &result)
                result.append(bytes, obu.payload)
            }
        }
        return result
    }
}
