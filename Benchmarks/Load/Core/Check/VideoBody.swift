/// What the first bytes of an FLV video tag's body say (FLV 10.1 E.4.3; the extended header of Enhanced RTMP only as far as it matters).
public struct VideoBody {
    public let isKey: Bool
    /// A decoder configuration or an end of sequence: no picture.
    public let isConfiguration: Bool
    /// The NAL units of an H.264 frame, length-prefixed; nil for other codecs.
    public let nalUnits: UnsafeRawBufferPointer?

    public init?(_ body: UnsafeRawBufferPointer) {
        guard body.count > 1 else { return nil }
        let isExtended = body[0] & 0x80 != 0
        isKey = body[0] >> 4 & 7 == 1
        if isExtended {
            // PacketType: 0 sequence start, 2 sequence end, 4 metadata.
            isConfiguration = [0, 2, 4].contains(body[0] & 0x0f)
            nalUnits = nil
        } else {
            let isAVC = body[0] & 0x0f == 7
            isConfiguration = isAVC && body[1] != 1
            nalUnits = isAVC && body[1] == 1 && body.count >= 5 ? UnsafeRawBufferPointer(rebasing: body[5...]) : nil
        }
    }
}
