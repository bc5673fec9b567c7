import Testing

@testable import swift_source

/// The plugin's own logic: no server, no media.
@Suite struct PaceTests {
    @Test(
        arguments: [
            (0, 1), (21, 1), (22, 2), (1000, 47), (3_600_000, 168_751), (1000 * 3600 * 24 * 365, 1_478_250_001),
        ] as [(milliseconds: UInt64, frames: UInt64)])
    func framesAreDueByTheClockOneAhead(_ due: (milliseconds: UInt64, frames: UInt64)) {
        #expect(Pace.due(after: due.milliseconds * 1_000_000) == due.frames)
    }
}
