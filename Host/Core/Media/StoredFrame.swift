public import CHostMedia

/// A frame that owns one reference to its buffer. Whoever takes it out of a container releases it.
public struct StoredFrame {
    public var raw: sluice_frame

    /// Keeps a frame beyond the call that brought it: retains its buffer, or copies its bytes into a new one. `nil`: no memory, a
    /// frame larger than a buffer can be, or bytes that do not lie where the frame says.
    public init?(keeping frame: sluice_frame) {
        guard frame.data.size <= Self.largest, frame.data.size == 0 || frame.data.data != nil else { return nil }
        raw = frame
        raw.struct_size = UInt32(MemoryLayout<sluice_frame>.size)
        raw.side_data = nil
        raw.side_data_count = 0
        raw.side_data_stride = 0
        if let buffer = frame.buffer {
            guard Self.lies(frame.data, in: buffer.pointee) else { return nil }
            hostmedia_buffer_retain(buffer)
            return
        }
        guard let buffer = hostmedia_buffer_allocate(frame.data.size) else { return nil }
        if let source = frame.data.data, frame.data.size > 0 {
            buffer.pointee.data.update(from: source, count: Int(frame.data.size))
        }
        raw.buffer = buffer
        raw.data = sluice_bytes(data: buffer.pointee.data, size: frame.data.size)
    }

    /// As large as a buffer can be.
    private static let largest: UInt64 = 64 << 20

    private static func lies(_ data: sluice_bytes, in buffer: sluice_buffer) -> Bool {
        guard data.size > 0 else { return true }
        let begin = UInt64(UInt(bitPattern: data.data))
        let first = UInt64(UInt(bitPattern: buffer.data))
        return begin >= first && begin - first <= buffer.capacity && data.size <= buffer.capacity - (begin - first)
    }

    public var isKey: Bool { raw.flags & SLUICE_FRAME_KEY != 0 }
    public var size: Int { Int(raw.data.size) }

    public func retain() { hostmedia_buffer_retain(raw.buffer) }
    public func release() { hostmedia_buffer_release(raw.buffer) }
}
