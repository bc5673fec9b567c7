import NIOCore

/// Flushes the logs of one loop whose audio has waited long enough for a video frame.
///
/// One timer for all logs of the loop: a timer each would be set, fire for nothing and wake the loop thirty times a second a stream.
/// Confined to its loop.
final class AudioClock: @unchecked Sendable {
    /// Logs due within this time are flushed with the one that is due, ns.
    private static let slack: UInt64 = 4_000_000

    private let loop: any EventLoop
    private var waiting: [BroadcastLog] = []
    private var spare: [BroadcastLog] = []
    private var armedFor = UInt64.max

    init(loop: any EventLoop) { self.loop = loop }

    /// `log` has bytes that nobody was sent; it tells until when they may wait.
    func wait(for log: BroadcastLog) {
        guard !log.isOnAudioClock, let deadline = log.audioDeadline else { return }
        log.isOnAudioClock = true
        waiting.append(log)
        arm(deadline)
    }

    /// `log` gets another writer's loop, or ends.
    func forget(_ log: BroadcastLog) {
        guard log.isOnAudioClock else { return }
        log.isOnAudioClock = false
        waiting.removeAll { $0 === log }
    }

    private func arm(_ deadline: UInt64) {
        guard deadline < armedFor else { return }
        armedFor = deadline
        _ = try? loop.scheduleCallback(at: NetClock.deadline(deadline), handler: AudioClockTick(clock: self, deadline: deadline))
    }

    func tick(_ deadline: UInt64) {
        if deadline == armedFor { armedFor = .max }
        let due = NetClock.now + Self.slack
        var next = UInt64.max
        swap(&waiting, &spare)
        for log in spare {
            if let deadline = log.audioDeadline, deadline > due {
                waiting.append(log)
                next = min(next, deadline)
            } else {
                log.isOnAudioClock = false
                log.audioIsDue()
            }
        }
        spare.removeAll(keepingCapacity: true)
        if !waiting.isEmpty { arm(next) }
    }
}

struct AudioClockTick: NIOScheduledCallbackHandler {
    let clock: AudioClock
    let deadline: UInt64

    func handleScheduledCallback(eventLoop: some EventLoop) { clock.tick(deadline) }
}
