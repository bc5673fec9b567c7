import CSluice
import Foundation
import Testing

@testable import HostIsolation

/// Minutes of work, therefore only when they are asked for: `SLUICE_LONG_TESTS=1 swift test --filter WorkerLongRunTests`; its
/// value, where it is more than 1, is how many processes are begun and ended.
@Suite(.serialized, .enabled(if: getenv("SLUICE_LONG_TESTS") != nil, "SLUICE_LONG_TESTS=1 runs them"))
struct WorkerLongRunTests {
    /// What the host has while no transform is open.
    private struct Figures: CustomStringConvertible {
        let kilobytes = Self.resident()
        let descriptors = Self.entries("/proc/self/fd")
        let threads = Self.entries("/proc/self/task")
        let children = Self.children()

        var description: String { "\(kilobytes) kB, \(descriptors) descriptors, \(threads) threads, \(children) children" }

        private static func entries(_ folder: String) -> Int {
            (try? FileManager.default.contentsOfDirectory(atPath: folder))?.count ?? -1
        }

        private static func resident() -> Int {
            let words = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
            return words.count > 1 ? (Int(words[1]) ?? 0) * 4 : 0
        }

        /// Those that have ended and were not waited for, too.
        private static func children() -> Int {
            let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
            return tasks.reduce(0) { sum, task in
                let list = try? String(contentsOfFile: "/proc/self/task/\(task)/children", encoding: .utf8)
                return sum + (list?.split(separator: " ").count ?? 0)
            }
        }
    }

    /// A process for each of a thousand streams, some of them at a time, each of which makes something and ends.
    @Test func aThousandProcessesLeaveLittleBehind() throws {
        let count = max(200, getenv("SLUICE_LONG_TESTS").flatMap { Int(String(cString: $0)) }.map { $0 > 1 ? $0 : 1000 } ?? 1000)
        let media = try StepTests.Hosted("thin", sharing: .stream)
        var figures: [Figures] = []
        for round in 0..<count / 100 {
            for part in 0..<2 { try serve(media, round * 100 + part * 50, 50) }
            try #require(eventually { media.hosted.module.workerFigures.isEmpty })
            // Threads of those that have ended are joined when the next one begins.
            try serve(media, count + round, 1)
            try #require(eventually { media.hosted.module.workerFigures.isEmpty })
            try #require(eventually { Figures().children <= 1 })
            // What the test's own host was told is none of the host's memory.
            media.host.told.withLock { $0 = FakeHost.Told() }
            figures.append(Figures())
            print("after \((round + 1) * 100) processes: \(Figures())")
        }
        let (first, last) = (figures[0], figures[figures.count - 1])
        #expect(last.kilobytes - first.kilobytes < 4096)
        // Those that have ended and are not joined yet have some; a leak would be hundreds.
        #expect(last.descriptors - first.descriptors <= 60 && last.threads - first.threads <= 2)
        #expect(last.children == first.children)
    }

    /// So many streams at a time, each of which gives a frame and gets it back.
    private func serve(_ media: StepTests.Hosted, _ first: Int, _ count: Int) throws {
        let transforms = (first..<first + count).map { ($0, StepTests.Transform(media, UInt64($0 + 10))) }
        for (number, transform) in transforms {
            try #require(transform.open(name: "s\(number)") == SLUICE_OK && transform.negotiate() == SLUICE_OK)
        }
        for (_, transform) in transforms {
            try #require(
                eventually {
                    let status = transform.send(1)
                    if status == SLUICE_AGAIN { usleep(20_000) }
                    return status == SLUICE_OK
                })
            try #require(
                eventually {
                    _ = transform.receive()
                    return !transform.came.isEmpty
                })
            transform.close()
        }
    }
}
