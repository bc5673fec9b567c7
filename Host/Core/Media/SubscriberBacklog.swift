// SubscriberBacklog: frames that a subscriber could not take yet, in order, within limits of frames, bytes and time.
//
// Beyond a limit it loses media up to the next frame that decoding can begin at, and says so by the DISCONTINUITY flag of the first
// frame that is offered after the loss. Owns one reference to each frame's buffer. Lane-confined; never holds the publisher up.

public import CHostMedia

/// What one slow subscriber lags behind by.
public final class SubscriberBacklog {
    /// Bounds; the defaults are those of `[limits]`.
    public struct Limits: Sendable {
        public var frames = 4096
        public var bytes = 16 << 20
        public var milliseconds = 5000
        public init() {}
    }

    private let limits: Limits
    private var frames: [sluice_frame] = []
    private var bytes = 0
    private var videoTracks: Set<UInt32> = []
    /// Nothing is kept until decoding can begin again.
    private var isSkipping = false
    private var hasLost = false
    /// Frames that were lost, in all.
    public private(set) var lost: UInt64 = 0

    public init(limits: Limits = Limits()) { self.limits = limits }

    deinit { for frame in frames { hostmedia_buffer_release(frame.buffer) } }

    public var count: Int { frames.count }

    /// A new epoch: what is kept belongs to the one before and is lost.
    public func tracksChanged(_ tracks: TrackSet) {
        videoTracks = Set(tracks.tracks.lazy.filter(\.isVideo).map(\.id))
        guard !frames.isEmpty || isSkipping else { return }
        lose(frames.count)
        isSkipping = true
    }

    /// Offers a batch, behind what is kept. `offer` gets borrowed frames and answers with a status: `SLUICE_AGAIN` took none of them,
    /// all others took all. Returns that status; without anything to offer `SLUICE_OK`.
    public func offer(
        _ batch: UnsafeBufferPointer<sluice_frame>, _ offer: (UnsafeBufferPointer<sluice_frame>) -> Int32
    ) -> Int32 {
        if frames.isEmpty, !isSkipping, !hasLost {
            let status = offer(batch)
            if status == SLUICE_AGAIN { keep(batch) }
            return status
        }
        keep(batch)
        guard !frames.isEmpty else { return SLUICE_OK }
        if hasLost { frames[0].flags |= SLUICE_FRAME_DISCONTINUITY }
        let status = frames.withUnsafeBufferPointer(offer)
        if status != SLUICE_AGAIN {
            hasLost = false
            release(frames.count)
        }
        return status
    }

    /// Gives everything back: the subscriber closes.
    public func clear() {
        release(frames.count)
        isSkipping = false
        hasLost = false
    }

    private func keep(_ batch: UnsafeBufferPointer<sluice_frame>) {
        for frame in batch {
            if isSkipping {
                guard isStart(frame) else {
                    lost &+= 1
                    continue
                }
                isSkipping = false
            }
            hostmedia_buffer_retain(frame.buffer)
            frames.append(frame)
            bytes += Int(clamping: frame.data.size)
            while isOver { loseUpToNextStart() }
        }
    }

    private var isOver: Bool {
        guard let first = frames.first, let last = frames.last else { return false }
        let age = last.arrival_ns &- min(first.arrival_ns, last.arrival_ns)
        return frames.count > limits.frames || bytes > limits.bytes || age / 1_000_000 > UInt64(max(limits.milliseconds, 0))
    }

    private func loseUpToNextStart() {
        guard let next = frames.indices.dropFirst().first(where: { isStart(frames[$0]) }) else {
            lose(frames.count)
            isSkipping = true
            return
        }
        lose(next)
    }

    private func lose(_ count: Int) {
        lost &+= UInt64(count)
        hasLost = true
        release(count)
    }

    private func release(_ count: Int) {
        for frame in frames.prefix(count) {
            hostmedia_buffer_release(frame.buffer)
            bytes -= Int(clamping: frame.data.size)
        }
        frames.removeFirst(count)
    }

    private func isStart(_ frame: sluice_frame) -> Bool {
        frame.flags & SLUICE_FRAME_KEY != 0 && (videoTracks.isEmpty || videoTracks.contains(frame.track))
    }
}
