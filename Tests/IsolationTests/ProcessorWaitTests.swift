import Foundation
import Synchronization
import Testing

@testable import HostIsolation

/// More threads than processors: each waits for the others.
@Suite struct ProcessorWaitTests {
    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self/schedstat")))
    func whatOneWaitsForAnotherIsSeen() {
        let isOver = Mutex(false)
        for _ in 0...ProcessInfo.processInfo.activeProcessorCount {
            Thread { while !isOver.withLock({ $0 }) {} }.start()
        }
        defer { isOver.withLock { $0 = true } }
        var wait = ProcessorWait()
        let began = monotonicNanoseconds()
        wait.note(getpid(), at: began)
        #expect(wait.since(began) == 0)
        #expect(
            eventually {
                usleep(50_000)
                wait.note(getpid(), at: monotonicNanoseconds())
                return wait.since(began) > 10_000_000
            })
        let all = wait.since(began)
        #expect(all <= monotonicNanoseconds() - began)
        // More samples than are kept: what is older than all of them is not told of, and nothing grows.
        for _ in 0..<200 { wait.note(getpid(), at: monotonicNanoseconds()) }
        #expect(wait.since(began) <= monotonicNanoseconds() - began)
        #expect(wait.since(monotonicNanoseconds()) == 0)
        wait.forget()
        #expect(wait.since(began) == 0)
    }

    @Test func aProcessThatIsNotThere() {
        var wait = ProcessorWait()
        wait.note(-1, at: 1)
        wait.note(-1, at: 2)
        #expect(wait.since(0) == 0)
    }
}
