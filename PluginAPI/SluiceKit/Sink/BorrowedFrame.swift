/// One access unit, borrowed from the host for the length of a call: it cannot be kept or copied, only read (or retained as a buffer).
public struct BorrowedFrame: ~Copyable, ~Escapable {
    @usableFromInline let raw: UnsafePointer<sluice_frame>

    @_lifetime(borrow raw)
    @inlinable
    init(_ raw: UnsafePointer<sluice_frame>) { self.raw = raw }

    /// `Track.id`.
    @inlinable public var track: UInt32 { raw.pointee.track }
    /// Times and flags, as a copy.
    @inlinable public var times: FrameTimes {
        FrameTimes(
            track: raw.pointee.track, pts: raw.pointee.pts, dts: raw.pointee.dts, duration: raw.pointee.duration,
            flags: raw.pointee.flags)
    }
    /// Decoding can begin here.
    @inlinable public var isKey: Bool { raw.pointee.flags & SLUICE_FRAME_KEY != 0 }
    /// Microseconds since 1970 of the presentation time.
    @inlinable public var wallMicroseconds: Int64 { raw.pointee.wall_us }

    /// The payload.
    @inlinable public var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            let span = RawSpan(_unsafeBytes: raw.pointee.data.unsafeBytes)
            return _overrideLifetime(span, borrowing: self)
        }
    }

    /// The payload, for cores that read through unsafe buffers.
    @inlinable
    public borrowing func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try body(raw.pointee.data.unsafeBytes)
    }
}

/// A batch of frames, borrowed for the length of a call.
public struct BorrowedFrames: ~Copyable, ~Escapable {
    @usableFromInline let base: UnsafePointer<sluice_frame>
    @usableFromInline let stride: Int
    /// How many.
    public let count: Int

    @_lifetime(borrow base)
    init(_ base: UnsafePointer<sluice_frame>, stride: UInt32, count: UInt32) {
        self.base = base
        self.stride = Int(stride)
        self.count = Int(count)
    }

    /// Calls `body` with each frame in order.
    @inlinable
    public borrowing func forEach(_ body: (borrowing BorrowedFrame) throws -> Void) rethrows {
        for index in 0..<count {
            let pointer = UnsafeRawPointer(base).advanced(by: index * stride).assumingMemoryBound(to: sluice_frame.self)
            try body(BorrowedFrame(pointer))
        }
    }
}

/// Ties the lifetime of a value that the compiler cannot follow to that of its source.
@unsafe
@_unsafeNonescapableResult
@_alwaysEmitIntoClient
@_transparent
@_lifetime(borrow source)
func _overrideLifetime<T: ~Copyable & ~Escapable, U: ~Copyable & ~Escapable>(
    _ dependent: consuming T, borrowing source: borrowing U
) -> T {
    dependent
}
