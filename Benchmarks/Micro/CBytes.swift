import CSluice

/// Bytes at a fixed address, for as long as the process lives.
struct CBytes {
    private let buffer: UnsafeMutableRawBufferPointer

    init(_ bytes: [UInt8]) {
        buffer = .allocate(byteCount: bytes.count, alignment: 64)
        buffer.copyBytes(from: bytes)
    }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(buffer) }

    var raw: sluice_bytes {
        sluice_bytes(data: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), size: UInt64(buffer.count))
    }

    /// A frame with these bytes, borrowed and without a buffer.
    func frame(track: UInt32, time: Int64, key: Bool) -> sluice_frame {
        var frame = sluice_frame()
        frame.struct_size = UInt32(MemoryLayout<sluice_frame>.size)
        frame.track = track
        frame.pts = time
        frame.dts = time
        frame.flags = key ? SLUICE_FRAME_KEY : 0
        frame.data = raw
        return frame
    }
}
