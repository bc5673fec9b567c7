import Formats
import Testing

@Suite struct CircuitBreakerTests {
    /// A server of its own time.
    private struct Server {
        var breaker = CircuitBreaker()
        mutating func asks(_ now: UInt64) -> Bool { breaker.mayAsk(now, patience: 100) }
        mutating func opens(_ now: UInt64, limit: Int = 5) -> Bool { breaker.failed(now, limit: limit, pause: 1000) }
    }

    @Test func opensAsksOnceAndCloses() {
        var server = Server()
        var seen: [Bool] = []
        for _ in 0..<4 { seen += [server.asks(0), server.opens(0)] }
        #expect(seen == [true, false, true, false, true, false, true, false])
        // The fifth opens it. Late failures of those who asked before do not prolong it.
        seen = [server.opens(0), server.asks(999), server.opens(900), server.asks(1000), server.asks(1001)]
        #expect(seen == [true, false, false, true, false])
        // Who asked never came back: another one may.
        seen = [server.asks(1100), server.opens(1150), server.asks(2149), server.asks(2150)]
        #expect(seen == [true, true, false, true])
        server.breaker.succeeded()
        #expect(server.breaker == CircuitBreaker())
    }

    @Test func aSuccessForgetsFailures() {
        var server = Server()
        for _ in 0..<100 {
            let opened = server.opens(0, limit: 2)
            #expect(!opened)
            server.breaker.succeeded()
        }
    }
}
