import CHostMedia
import Testing

@testable import HostMedia

extension BufferCountingTests {
    /// Tracks, batches, ring and figures; serialised, since buffers are counted per process.
    @Suite struct MediaStreamTests {
        private func stream(_ tracks: [TrackSet.Track] = [Frames.video(), Frames.audio()], limits: GOPRing.Limits = .init())
            throws -> MediaStream
        {
            let stream = MediaStream(limits: limits)
            stream.publisherBegan()
            try stream.setTracks(tracks)
            return stream
        }

        @Test func framesOfOneTurnAreOneBatch() throws {
            let stream = try stream()
            let recorder = Recorder()
            stream.subscribe(recorder)
            stream.push(0, 0, key: true)
            stream.push(1, 5)
            #expect(recorder.taken.isEmpty)
            #expect(stream.deliver())
            #expect(!stream.deliver())
            #expect(recorder.calls == [.tracks(2, discontinuity: false), .batch(2)])
            #expect(recorder.taken.map(\.bytes) == [[UInt8](repeating: 0, count: 10), [UInt8](repeating: 1, count: 10)])
        }

        @Test func aBreakOnTheSameTimelineKeepsTimesAndIsTold() throws {
            let stream = try stream()
            let recorder = Recorder()
            stream.subscribe(recorder)
            stream.push(0, 0, key: true)
            stream.push(0, 40)
            stream.breaks(keepsTime: true)
            #expect(!stream.push(0, 60))
            try stream.setTracks([Frames.video(), Frames.audio()])
            stream.push(0, 80, key: true)
            stream.push(0, 120)
            stream.deliver()
            #expect(recorder.taken.map(\.dts) == [0, 40, 80, 120])
            #expect(recorder.taken.map { $0.flags & SLUICE_FRAME_DISCONTINUITY != 0 } == [false, false, true, false])
            #expect(
                recorder.calls == [
                    .tracks(2, discontinuity: false), .batch(2), .tracks(2, discontinuity: true), .batch(2),
                ])
        }

        @Test func lateSubscriberBeginsAtTheLastKeyFrame() throws {
            let stream = try stream()
            for pts in stride(from: Int64(0), to: 300, by: 20) {
                stream.push(0, pts, key: pts % 100 == 0)
                stream.push(1, pts)
            }
            let recorder = Recorder()
            stream.subscribe(recorder)
            #expect(recorder.taken.first?.dts == 200)
            #expect(recorder.taken.first?.flags == SLUICE_FRAME_KEY)
            #expect(recorder.taken.count == 10)
            stream.push(0, 300)
            stream.deliver()
            #expect(recorder.taken.count == 11)
            stream.unsubscribe(recorder)
            stream.push(0, 320)
            stream.deliver()
            #expect(recorder.taken.count == 11)
        }

        @Test func aBatchIsCutWhereSubscribersMayChangePlaces() throws {
            let stream = try stream()
            let (leaves, comes, stays) = (Recorder(), Recorder(), Recorder())
            stream.subscribe(leaves)
            stream.subscribe(stays)
            var cuts = 0
            func change() {
                cuts += 1
                stream.unsubscribe(leaves)
                stream.subscribe(comes, withRing: false)
            }
            stream.push(0, 0)
            stream.push(1, 0)
            stream.deliver { change() }
            #expect(cuts == 0, "an audio frame is no place where the stream has video")
            stream.push(1, 20)
            stream.push(0, 40, key: true)
            stream.push(1, 40)
            stream.deliver { change() }
            #expect(cuts == 1)
            #expect(leaves.calls == [.tracks(2, discontinuity: false), .batch(2), .batch(1)])
            #expect(comes.calls == [.tracks(2, discontinuity: false), .batch(2)])
            #expect(comes.taken.first?.flags == SLUICE_FRAME_KEY)
            #expect(stays.taken.count == 5)
        }

        @Test func audioAloneBeginsAnywhere() throws {
            let stream = try stream([Frames.audio(0)])
            for pts in 0..<5 { stream.push(0, Int64(pts) * 20) }
            let recorder = Recorder()
            stream.subscribe(recorder)
            #expect(recorder.dts(of: 0) == [80])
        }

        @Test func unknownTracksAndTimelessFramesAreDroppedAndCounted() throws {
            let stream = try stream()
            #expect(!stream.push(7, 0))
            #expect(!Frames.with(track: 0, pts: .min) { stream.push($0, arrival: 1, wall: 0) })
            #expect(stream.figures.dropped == 2 && stream.figures.frames == 0)
            let bare = MediaStream()
            #expect(!bare.push(0, 0))
        }

        @Test func brokenFramesAreRefused() throws {
            let stream = try stream()
            var frame = sluice_frame()
            frame.data = sluice_bytes(data: nil, size: 100)
            #expect(!stream.push(frame, arrival: 1, wall: 0))
            frame.data = sluice_bytes(data: nil, size: .max)
            #expect(!stream.push(frame, arrival: 1, wall: 0))
            let buffer = try #require(hostmedia_buffer_allocate(16))
            defer { hostmedia_buffer_release(buffer) }
            frame.buffer = buffer
            frame.data = sluice_bytes(data: buffer.pointee.data, size: 17)
            #expect(!stream.push(frame, arrival: 1, wall: 0))
            frame.data = sluice_bytes(data: buffer.pointee.data + 8, size: 8)
            #expect(stream.push(frame, arrival: 1, wall: 0))
            frame.data = sluice_bytes(data: buffer.pointee.data + 8, size: .max)
            #expect(!stream.push(frame, arrival: 1, wall: 0))
            #expect(hostmedia_buffer_allocate(64 << 20 | 1) == nil)
        }

        @Test func equalTracksAreNoNewEpoch() throws {
            let stream = try stream()
            let recorder = Recorder()
            stream.subscribe(recorder)
            #expect(try !stream.setTracks([Frames.video(), Frames.audio()]))
            #expect(stream.epoch == 1)
            #expect(try stream.setTracks([Frames.video()]))
            #expect(stream.epoch == 2)
            #expect(recorder.calls == [.tracks(2, discontinuity: false), .tracks(1, discontinuity: false)])
        }

        @Test func refusedTracksLeaveTheLastInForce() throws {
            let stream = try stream()
            #expect(throws: TrackSet.Refusal.none) { try stream.setTracks([]) }
            #expect(throws: TrackSet.Refusal.duplicate(0)) { try stream.setTracks([Frames.video(), Frames.video()]) }
            #expect(throws: TrackSet.Refusal.idTooLarge(64)) { try stream.setTracks([Frames.video(64)]) }
            #expect(throws: TrackSet.Refusal.noTimescale(0)) { try stream.setTracks([Frames.video(timescale: 0)]) }
            #expect(throws: TrackSet.Refusal.unknownKind(9)) {
                try stream.setTracks([Frames.track(0, 9, 1000, configuration: [])])
            }
            let large = Frames.track(0, SLUICE_TRACK_VIDEO, 1000, configuration: [UInt8](repeating: 0, count: 64 << 10 | 1))
            #expect(throws: TrackSet.Refusal.configurationTooLarge(0)) { try stream.setTracks([large]) }
            #expect(throws: TrackSet.Refusal.tooMany(33)) { try stream.setTracks((0..<33).map { Frames.video($0) }) }
            #expect(stream.tracks?.tracks.count == 2 && stream.epoch == 1)
        }

        @Test func reconnectContinuesTheStream() throws {
            let stream = try stream()
            let recorder = Recorder()
            stream.subscribe(recorder)
            stream.push(0, 0, key: true, arrival: 1_000_000_000)
            stream.push(0, 40, arrival: 1_040_000_000)
            stream.publisherEnded()
            stream.publisherBegan()
            #expect(!stream.push(0, 0, key: true), "no frame before the tracks are said again")
            try stream.setTracks([Frames.video(), Frames.audio()])
            stream.push(0, 0, key: true, arrival: 3_040_000_000)
            stream.push(1, 0, arrival: 3_041_000_000)
            stream.deliver()
            #expect(
                recorder.calls == [
                    .tracks(2, discontinuity: false), .batch(2), .publisher(lost: true), .publisher(lost: false),
                    .tracks(2, discontinuity: true), .batch(2),
                ])
            #expect(recorder.dts(of: 0) == [0, 40, 2040])
            #expect(recorder.taken[2].flags & SLUICE_FRAME_DISCONTINUITY != 0)
        }

        @Test func takeoverDeliversTheOldFramesFirst() throws {
            let stream = try stream()
            let recorder = Recorder()
            stream.subscribe(recorder)
            stream.push(0, 0, key: true)
            stream.publisherBegan()
            #expect(recorder.calls == [.tracks(2, discontinuity: false), .batch(1), .publisher(lost: false)])
        }

        @Test func ringIsBounded() throws {
            let before = MediaBuffers.alive
            do {
                var limits = GOPRing.Limits()
                limits.frames = 10
                limits.bytes = 1000
                limits.milliseconds = 1000
                let stream = try stream([Frames.video()], limits: limits)
                func joined() -> Int {
                    let recorder = Recorder()
                    stream.subscribe(recorder)
                    stream.unsubscribe(recorder)
                    return recorder.taken.count
                }
                stream.push(0, 0, key: true)
                for pts in 1..<10 { stream.push(0, Int64(pts)) }
                #expect(joined() == 10)
                stream.push(0, 10)
                #expect(joined() == 0, "over the frames: empty until the next key frame")
                stream.push(0, 11)
                #expect(joined() == 0)
                stream.push(0, 20, key: true, size: 600)
                #expect(joined() == 1)
                stream.push(0, 21, size: 401)
                #expect(joined() == 0, "over the bytes")
                stream.push(0, 30, key: true)
                stream.push(0, 1031)
                #expect(joined() == 0, "over the time")
            }
            #expect(MediaBuffers.alive == before)
        }

        @Test func buffersComeBack() throws {
            let before = MediaBuffers.alive
            do {
                let stream = try stream()
                let recorder = Recorder()
                stream.subscribe(recorder)
                for pts in 0..<1000 { stream.push(0, Int64(pts), key: pts % 50 == 0) }
                stream.deliver()
                #expect(MediaBuffers.alive == before + 50, "the ring holds the last group of pictures, and nobody else anything")
                stream.push(0, 1000)
                stream.publisherEnded()
                stream.publisherBegan()
                #expect(MediaBuffers.alive == before)
                stream.push(0, 1001)
            }
            #expect(MediaBuffers.alive == before)
        }

        @Test func pushedBuffersAreSharedNotCopied() throws {
            let before = MediaBuffers.alive
            let buffer = try #require(hostmedia_buffer_allocate(100))
            do {
                let stream = try stream()
                var frame = sluice_frame()
                frame.flags = SLUICE_FRAME_KEY
                frame.buffer = buffer
                frame.data = sluice_bytes(data: buffer.pointee.data, size: 100)
                stream.push(frame, arrival: 1, wall: 0)
                #expect(MediaBuffers.alive == before + 1)
                hostmedia_buffer_release(buffer)
                #expect(MediaBuffers.alive == before + 1)
            }
            #expect(MediaBuffers.alive == before)
        }

        @Test func bitrateIsOfTheLastSeconds() throws {
            let stream = try stream([Frames.video()])
            for pts in stride(from: Int64(0), to: 10_000, by: 40) { stream.push(0, pts, key: pts == 0, size: 5000) }
            #expect(stream.figures.measuredBitrate == 1_000_000)
            #expect(stream.figures.bytes == 250 * 5000 && stream.figures.frames == 250)
            #expect(stream.figures.peakBitrate == 1_000_000)
        }

        @Test func variableFrameRateKeepsItsTimes() throws {
            let stream = try stream([Frames.video()])
            let recorder = Recorder()
            stream.subscribe(recorder)
            let times: [Int64] = [0, 8, 41, 42, 500, 4000, 4016, 9900]
            for pts in times { stream.push(0, pts, key: pts == 0) }
            stream.deliver()
            #expect(recorder.dts(of: 0) == times)
            #expect(stream.figures.repairs == 0 && stream.figures.jumps == 0)
        }
    }
}
