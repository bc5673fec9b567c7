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
    /// Gives back one reference that `BorrowedFrame.retain` took; on any thread.
    public func release(buffer: UnsafeMutableRawPointer?) {
        guard let service = self.buffer, let buffer else { return }
        service.pointee.release(pointer, buffer.assumingMemoryBound(to: sluice_buffer.self))
    }
}
