public import CHostMedia

/// The frames from the last key frame on: what a sink that opens now is given first. Bounded in frames, bytes and time; beyond a bound
/// it is empty until the next key frame. Owns one reference to each frame's buffer. Lane-confined.
public struct GOPRing: ~Copyable {
    /// Bounds; the defaults are those of `[limits]`.
    public struct Limits: Sendable {
        public var frames = 8192
        public var bytes = 32 << 20
        public var milliseconds = 60_000
        public init() {}
    }

    private var frames: [StoredFrame] = []
    private var bytes = 0
    private var begun = false
    private let limits: Limits

    public init(limits: Limits = Limits()) { self.limits = limits }

    public var count: Int { frames.count }

    /// Adds a frame, keeping a reference of its own. `isStart`: a subscriber may begin here (a video key frame; without video any frame).
    public mutating func append(_ frame: StoredFrame, isStart: Bool, milliseconds: Int64) {
        if isStart { clear() }
        guard isStart || begun else { return }
        begun = true
        if isStart { started = milliseconds }
        guard frames.count < limits.frames, bytes + frame.size <= limits.bytes,
            milliseconds - started <= Int64(limits.milliseconds)
        else {
            clear()
            return
        }
        frame.retain()
        frames.append(frame)
        bytes += frame.size
    }

    private var started: Int64 = 0

    /// Forgets everything; nothing is kept until the next start.
    public mutating func clear() {
        for frame in frames { frame.release() }
        frames.removeAll(keepingCapacity: true)
        bytes = 0
        begun = false
    }

    /// Calls `body` with the frames in order, borrowed.
    public borrowing func withFrames(_ body: (UnsafeBufferPointer<sluice_frame>) -> Void) {
        let raw = frames.map(\.raw)
        raw.withUnsafeBufferPointer(body)
    }

    deinit {
        for frame in frames { frame.release() }
    }
}
