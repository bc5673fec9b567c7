extension BorrowedFrame {
    /// Takes one reference to the buffer that the payload lies in: its bytes stay where and as they are until `Host.release(buffer:)`
    /// gives it back. `nil` without the service `sluice.buffer`.
    public borrowing func retain(_ host: Host) -> UnsafeMutableRawPointer? {
        guard let service = host.buffer, let buffer = raw.pointee.buffer else { return nil }
        service.pointee.retain(host.pointer, buffer)
        return UnsafeMutableRawPointer(buffer)
    }
}

extension Host {
    /// A buffer of the host's with a copy of these bytes and one reference, the caller's; on any thread. For what is handed out more than
    /// once. `nil` without the service `sluice.buffer`, or when there is no memory.
    public func buffer(copying bytes: UnsafeRawBufferPointer) -> (buffer: UnsafeMutableRawPointer, bytes: UnsafeRawBufferPointer)?
    {
        guard let service = buffer, let made = service.pointee.allocate(pointer, UInt64(bytes.count)),
            let data = made.pointee.data
        else { return nil }
        let place = UnsafeMutableRawBufferPointer(start: data, count: bytes.count)
        place.copyMemory(from: bytes)
        return (UnsafeMutableRawPointer(made), UnsafeRawBufferPointer(place))
    }

    /// Gives back one reference that `BorrowedFrame.retain` or `buffer(copying:)` took; on any thread.
    public func release(buffer: UnsafeMutableRawPointer?) {
        guard let service = self.buffer, let buffer else { return }
        service.pointee.release(pointer, buffer.assumingMemoryBound(to: sluice_buffer.self))
    }
}
