/// The optional boxes before a chunk: `styp`, `prft`, `emsg`.
public enum SegmentBoxes {
    /// `styp` of a CMAF chunk or, with `startsSegment`, of a segment's first chunk (23000-19 §7.2).
    public static func segmentType(startsSegment: Bool) -> [UInt8] {
        var writer = BoxWriter(capacity: 32)
        writer.box("styp") { writer in
            writer.fourCC(startsSegment ? "cmfs" : "cmfl")
            writer.u32(0)
            writer.fourCC("iso6")
            writer.fourCC("cmfl")
            if startsSegment { writer.fourCC("cmfs") }
        }
        return writer.bytes
    }

    /// `prft`: when the frame at `mediaTime` was captured, as a 64-bit NTP time (ISO 14496-12 §8.16.5).
    public static func producerReferenceTime(trackID: UInt32, ntp: UInt64, mediaTime: UInt64) -> [UInt8] {
        var writer = BoxWriter(capacity: 32)
        writer.fullBox("prft", version: 1, flags: 24) { writer in
            writer.u32(trackID)
            writer.u64(ntp)
            writer.u64(mediaTime)
        }
        return writer.bytes
    }

    /// `emsg` version 1 (ISO 23009-1 §5.10.3.3): an event at a presentation time, such as ID3 with scheme `https://aomedia.org/emsg/ID3`.
    ///
    /// `duration` is `UInt32.max` when unknown. Nil for data above 1 MiB.
    public static func eventMessage(
        scheme: String, value: String = "", timescale: UInt32, presentationTime: UInt64, duration: UInt32 = .max, id: UInt32,
        data: [UInt8]
    ) -> [UInt8]? {
        guard data.count <= 1 << 20, scheme.utf8.count <= 1024, value.utf8.count <= 1024 else { return nil }
        var writer = BoxWriter(capacity: 64 + scheme.utf8.count + value.utf8.count + data.count)
        writer.fullBox("emsg", version: 1) { writer in
            writer.u32(timescale)
            writer.u64(presentationTime)
            writer.u32(duration)
            writer.u32(id)
            writer.string(scheme)
            writer.string(value)
            writer.append(data)
        }
        return writer.bytes
    }
}
