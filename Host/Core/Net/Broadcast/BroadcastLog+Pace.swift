import NIOCore
import Synchronization

extension BroadcastLog {
    /// Ends a batch of records: what shall be sent now is sent now; writer's loop.
    ///
    /// Rows of pace `.low` are flushed when the batch holds video, else within the audio wait; `.dense` rows follow their tick.
    public func endOfBatch() {
        writerLoop.assertInEventLoop()
        reclaim()
        let video = batchHasVideo
        batchHasVideo = false
        var hasLow = false
        for table in tables {
            if table.hasLowRows.load(ordering: .relaxed) {
                hasLow = true
                if video { table.poke(.low) }
            }
            if table.isAsleep.load(ordering: .sequentiallyConsistent) || writeHead > table.earlyAt.load(ordering: .relaxed) {
                table.poke(.dense)
            }
        }
        if video || !hasLow {
            unflushedSince = 0
        } else if unflushedSince != 0, audioTimer == nil {
            armAudioTimer(unflushedSince + audioWait)
        }
    }

    /// Makes `loop` the writer; called on the old writer's loop, `then` runs on the new one, where the writer's calls go on.
    public func moveWriter(to loop: any EventLoop, then: @escaping @Sendable () -> Void = {}) {
        writerLoop.assertInEventLoop()
        audioTimer?.cancel()
        audioTimer = nil
        if unflushedSince != 0 { flushLow() }
        writerLoop = loop
        loop.execute(then)
    }

    private var audioWait: UInt64 { UInt64(max(1, options.audioWaitMilliseconds)) * 1_000_000 }

    private func armAudioTimer(_ deadline: UInt64) {
        audioTimer = writerLoop.scheduleTask(deadline: NetClock.deadline(deadline)) { [weak self] in self?.audioIsDue() }
    }

    private func audioIsDue() {
        audioTimer = nil
        guard unflushedSince != 0 else { return }
        let deadline = unflushedSince + audioWait
        guard NetClock.now >= deadline else { return armAudioTimer(deadline) }
        flushLow()
    }

    private func flushLow() {
        unflushedSince = 0
        for table in tables where table.hasLowRows.load(ordering: .relaxed) { table.poke(.low) }
    }
}
