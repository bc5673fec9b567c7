import Formats

/// A moof without samples: stands for a part during which no frame begins, since the one before lasts longer (slide shows, lost
/// tracks).
enum EmptyFragment {
    /// Appends moof (tfhd, tfdt, trun of no samples) and an empty mdat (ISO 14496-12 §8.8).
    static func append(to bytes: inout [UInt8], trackID: UInt32, sequence: UInt32, decodeTime: Int64) {
        var writer = ByteWriter(appendingTo: bytes)
        bytes = []
        writer.u32(88)
        writer.fourCC(FourCC("moof"))
        writer.u32(16)
        writer.fourCC(FourCC("mfhd"))
        writer.u32(0)
        writer.u32(sequence)
        writer.u32(64)
        writer.fourCC(FourCC("traf"))
        writer.u32(16)
        writer.fourCC(FourCC("tfhd"))
        writer.u32(0x02_0000)
        writer.u32(trackID)
        writer.u32(20)
        writer.fourCC(FourCC("tfdt"))
        writer.u32(0x0100_0000)
        writer.u64(UInt64(bitPattern: max(0, decodeTime)))
        writer.u32(20)
        writer.fourCC(FourCC("trun"))
        writer.u32(0x0100_0001)
        writer.u32(0)
        writer.u32(96)
        writer.u32(8)
        writer.fourCC(FourCC("mdat"))
        bytes = writer.bytes
    }
}
