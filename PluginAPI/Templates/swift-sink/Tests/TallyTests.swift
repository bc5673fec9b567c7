import Testing

@testable import swift_sink

/// The plugin's own logic: no server, no media.
@Suite struct TallyTests {
    @Test func itCountsFramesKeyFramesAndBytes() {
        var sum = Tally()
        sum.count(isKey: true, bytes: 1000)
        sum.count(isKey: false, bytes: 10)
        sum.count(isKey: false, bytes: 1)
        #expect(sum.description == "3 frames, 1 of them key frames, 1011 bytes")
    }
}
