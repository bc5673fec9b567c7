import Testing

@testable import swift_transform

/// The plugin's own logic: no server, no media.
@Suite struct WaitingTests {
    @Test func whatWaitsComesInOrderAndHasAnEnd() {
        var waiting = Waiting<Int>(room: 256)
        for round in 0..<3 {
            #expect(waiting.canTake(256) && !waiting.canTake(257))
            for number in 0..<256 { waiting.put(number) }
            #expect(!waiting.canTake(1))
            #expect((0..<256).allSatisfy { waiting.get() == $0 })
            #expect(waiting.get() == nil)
            // Begins elsewhere the next time.
            waiting.put(round)
            #expect(waiting.get() == round)
        }
    }
}
