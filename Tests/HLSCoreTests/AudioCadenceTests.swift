import Testing

@testable import HLSCore

@Suite struct AudioCadenceTests {
    /// Frames of 1024 at 48 kHz with the source's times in milliseconds, by rounding and by cutting off.
    @Test(arguments: [true, false])
    func millisecondsDoNotDrift(_ rounds: Bool) {
        var cadence = AudioCadence(frame: 1024, rate: 48_000)
        for index in 0..<100_000 {
            let exact = Double(index) * 1024 / 48
            let time = Int64(rounds ? exact + 0.5 : exact) * 48
            #expect(cadence.place(time, frame: 1024) == Int64(index) * 1024)
        }
    }

    @Test func aSlowClockIsFollowed() {
        // 200 ppm: 12 ms per minute. Never more than 7 ms off, never more than one sample moved per frame.
        var cadence = AudioCadence(frame: 1024, rate: 48_000)
        var last: Int64 = -1024
        for index in 0..<50_000 {
            let time = Int64(Double(index) * 1024 * 1.0002)
            let start = cadence.place(time, frame: 1024)
            #expect(abs(start - time) < 48 * 7 && abs(start - last - 1024) <= 1)
            last = start
        }
    }

    @Test func aLostFrameAndAJumpAreTakenAsTheyAre() {
        var cadence = AudioCadence(frame: 1024, rate: 48_000)
        #expect(cadence.place(0, frame: 1024) == 0)
        #expect(cadence.place(1000, frame: 1024) == 1024)
        #expect(cadence.place(2048 + 2 * 1024, frame: 1024) == 2048 + 2 * 1024)
        #expect(cadence.place(1_000_000, frame: 1024) == 1_000_000)
        #expect(cadence.place(5, frame: 1024) == 5)
    }
}
