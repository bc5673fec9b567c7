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
        } else if !isOnAudioClock {
            audioClock?.wait(for: self)
        }
    }

    /// Makes `loop` the writer; called on the old writer's loop, `then` runs on the new one, where the writer's calls go on.
    public func moveWriter(to loop: any EventLoop, then: @escaping @Sendable () -> Void = {}) {
        writerLoop.assertInEventLoop()
        audioClock?.forget(self)
        if unflushedSince != 0 { flushLow() }
        writerLoop = loop
        audioClock = runtime.audioClock(of: loop)
        loop.execute(then)
    }

    private var audioWait: UInt64 { UInt64(max(1, options.audioWaitMilliseconds)) * 1_000_000 }

    /// Until when unsent audio may wait; nil when none does.
    var audioDeadline: UInt64? { unflushedSince == 0 ? nil : unflushedSince + audioWait }

    func audioIsDue() {
        if unflushedSince != 0 { flushLow() }
    }

    private func flushLow() {
        unflushedSince = 0
        for table in tables where table.hasLowRows.load(ordering: .relaxed) { table.poke(.low) }
    }
}
