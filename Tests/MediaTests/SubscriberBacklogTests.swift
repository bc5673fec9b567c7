import CHostMedia
import Testing

@testable import HostMedia

extension BufferCountingTests {
    /// A subscriber that answers SLUICE_AGAIN.
    @Suite struct SubscriberBacklogTests {
        /// A subscriber that takes or refuses.
        private final class Slow {
            var takes = true
            var taken: [(pts: Int64, flags: UInt32)] = []
            var offers = 0

            func take(_ frames: UnsafeBufferPointer<sluice_frame>) -> Int32 {
                offers += 1
                guard takes else { return SLUICE_AGAIN }
                taken += frames.map { ($0.pts, $0.flags) }
                return SLUICE_OK
            }
        }

        private func push(
            _ backlog: SubscriberBacklog, _ slow: Slow, _ pts: Int64, key: Bool = false, track: UInt32 = 0, size: Int = 10
        ) -> Int32 {
            Frames.with(track: track, pts: pts, flags: key ? SLUICE_FRAME_KEY : 0, size: size, arrival: UInt64(pts) * 1_000_000) {
                frame in
                guard let stored = StoredFrame(keeping: frame) else { return SLUICE_E_FAILED }
                defer { stored.release() }
                return withUnsafePointer(to: stored.raw) {
                    backlog.offer(UnsafeBufferPointer(start: $0, count: 1)) { slow.take($0) }
                }
            }
        }

        private func backlog(frames: Int = 100, bytes: Int = 10_000, milliseconds: Int = 100_000) throws -> SubscriberBacklog {
            var limits = SubscriberBacklog.Limits()
            limits.frames = frames
            limits.bytes = bytes
            limits.milliseconds = milliseconds
            let backlog = SubscriberBacklog(limits: limits)
            backlog.tracksChanged(try TrackSet([Frames.video(), Frames.audio()]))
            return backlog
        }

        @Test func nothingIsKeptOfWhatIsTaken() throws {
            let before = MediaBuffers.alive
            let (backlog, slow) = (try backlog(), Slow())
            for pts in 0..<50 { #expect(push(backlog, slow, Int64(pts), key: pts == 0) == SLUICE_OK) }
            #expect(backlog.count == 0 && slow.taken.count == 50 && slow.offers == 50)
            #expect(MediaBuffers.alive == before)
        }

        @Test func whatWasRefusedComesAgainInOrder() throws {
            let before = MediaBuffers.alive
            let (backlog, slow) = (try backlog(), Slow())
            _ = push(backlog, slow, 0, key: true)
            slow.takes = false
            for pts in 1...5 { #expect(push(backlog, slow, Int64(pts)) == SLUICE_AGAIN) }
            #expect(backlog.count == 5 && MediaBuffers.alive == before + 5)
            slow.takes = true
            #expect(push(backlog, slow, 6) == SLUICE_OK)
            #expect(slow.taken.map(\.pts) == [0, 1, 2, 3, 4, 5, 6])
            #expect(slow.taken.allSatisfy { $0.flags & SLUICE_FRAME_DISCONTINUITY == 0 })
            #expect(backlog.count == 0 && backlog.lost == 0 && MediaBuffers.alive == before)
        }

        @Test(arguments: ["frames", "bytes", "time"])
        func overALimitMediaIsLostUpToTheNextKeyFrame(_ limit: String) throws {
            let before = MediaBuffers.alive
            let backlog = try backlog(
                frames: limit == "frames" ? 5 : 1000, bytes: limit == "bytes" ? 55 : 100_000,
                milliseconds: limit == "time" ? 5 : 100_000)
            let slow = Slow()
            slow.takes = false
            for pts in 0..<20 { _ = push(backlog, slow, Int64(pts), key: pts == 0 || pts == 16) }
            #expect(backlog.count == 4 && backlog.lost == 16)
            slow.takes = true
            _ = push(backlog, slow, 20)
            #expect(slow.taken.map(\.pts) == [16, 17, 18, 19, 20])
            #expect(slow.taken.map { $0.flags & SLUICE_FRAME_DISCONTINUITY != 0 } == [true, false, false, false, false])
            _ = push(backlog, slow, 21)
            #expect(slow.taken.last?.flags == 0 && slow.offers > 0)
            #expect(MediaBuffers.alive == before)
        }

        @Test func audioIsNoPlaceToBeginWhereThereIsVideo() throws {
            let (backlog, slow) = (try backlog(frames: 3), Slow())
            slow.takes = false
            for pts in 0..<10 { _ = push(backlog, slow, Int64(pts), key: true, track: pts == 0 ? 0 : 1) }
            slow.takes = true
            _ = push(backlog, slow, 10, key: true, track: 1)
            #expect(slow.taken.isEmpty, "nothing is offered before the next key frame of the video")
            _ = push(backlog, slow, 11, key: true)
            #expect(slow.taken.map(\.pts) == [11])
            #expect(slow.taken[0].flags & SLUICE_FRAME_DISCONTINUITY != 0)
        }

        @Test func aNewEpochLosesWhatWasKept() throws {
            let before = MediaBuffers.alive
            let (backlog, slow) = (try backlog(), Slow())
            slow.takes = false
            for pts in 0..<4 { _ = push(backlog, slow, Int64(pts), key: true) }
            backlog.tracksChanged(try TrackSet([Frames.video()]))
            #expect(backlog.count == 0 && backlog.lost == 4 && MediaBuffers.alive == before)
            slow.takes = true
            _ = push(backlog, slow, 5)
            #expect(slow.taken.isEmpty)
            _ = push(backlog, slow, 6, key: true)
            #expect(slow.taken.map(\.pts) == [6])
        }

        @Test func closingGivesEverythingBack() throws {
            let before = MediaBuffers.alive
            do {
                let (backlog, slow) = (try backlog(), Slow())
                slow.takes = false
                for pts in 0..<4 { _ = push(backlog, slow, Int64(pts), key: true) }
                backlog.clear()
                #expect(MediaBuffers.alive == before)
                _ = push(backlog, slow, 5)
            }
            #expect(MediaBuffers.alive == before)
        }
    }
}
