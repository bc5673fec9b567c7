import CSluice
import Glibc
import Testing

@testable import HostIsolation

/// Plugins with a process for each stream.
@Suite struct WorkerTests {
    typealias Hosted = StepTests.Hosted
    typealias Transform = StepTests.Transform

    private func worker(_ media: Hosted, _ name: String) -> ProcessFigures? {
        media.hosted.module.workerFigures.first { $0.key == "\(name)/\(name)" }?.figures
    }

    private func begun(_ media: Hosted, _ handle: UInt64, _ name: String, _ settings: String = "{}") -> Transform {
        let transform = Transform(media, handle)
        #expect(transform.open(settings, name: name) == SLUICE_OK && transform.negotiate() == SLUICE_OK)
        return transform
    }

    /// Until its process has begun, nothing is taken.
    private func send(_ count: Int, to transform: Transform) -> Bool {
        eventually {
            let status = transform.send(count)
            if status == SLUICE_AGAIN { usleep(20_000) }
            return status == SLUICE_OK
        }
    }

    private func comes(_ count: Int, from transform: Transform) -> Bool {
        eventually {
            _ = transform.receive()
            return transform.came.filter { $0.hasPrefix("0:") }.count == count
        }
    }

    @Test func eachStreamHasItsOwnAndTheOthersDeathIsNotItsOwn() throws {
        let media = try Hosted("thin", sharing: .stream)
        let (one, other) = (begun(media, 7, "a"), begun(media, 8, "b"))
        #expect(send(2, to: one) && send(2, to: other))
        #expect(comes(2, from: one), "\(one.came)")
        let pids = [worker(media, "a")?.pid ?? 0, worker(media, "b")?.pid ?? 0, media.hosted.module.figures.pid]
        #expect(Set(pids).count == 3 && !pids.contains(0), "\(pids)")

        #expect(kill(pids[0], SIGKILL) == 0)
        #expect(one.receive(until: SLUICE_E_BACKEND) && one.reason.contains("died"))
        one.close()
        let again = begun(media, 9, "a")
        #expect(send(1, to: again) && comes(1, from: again), "\(again.came)")
        #expect(worker(media, "a")?.restarts == 1 && worker(media, "b")?.restarts == 0)
        #expect(send(1, to: other) && comes(3, from: other), "\(other.came)")
        #expect(worker(media, "b")?.pid == pids[1] && media.hosted.module.figures.pid == pids[2])
        for transform in [again, other] { transform.close() }
    }

    @Test func aStreamWhoseProcessDiesAgainAndAgainIsQuarantinedAlone() throws {
        let media = try Hosted("thin", sharing: .stream)
        let other = begun(media, 8, "b")
        var status = SLUICE_OK
        for handle in 10..<UInt64(40) {
            let transform = Transform(media, handle)
            status = transform.open("{\"die_after\":1}", name: "a")
            guard status == SLUICE_OK, transform.negotiate() == SLUICE_OK else { break }
            _ = eventually { transform.send(3) == SLUICE_E_BACKEND || transform.receive() == SLUICE_E_BACKEND }
            transform.close()
        }
        #expect(status == SLUICE_E_BACKEND && worker(media, "a")?.state == .quarantined)
        #expect(media.host.notices.contains { if case .worker("a/a", .quarantined) = $0 { true } else { false } })
        #expect(send(1, to: other))
        media.hosted.module.restart()
        // All begin again, the other one's too.
        #expect(other.receive(until: SLUICE_E_BACKEND))
        other.close()
        #expect(eventually { worker(media, "a")?.state == .running })
        let back = begun(media, 50, "a")
        #expect(send(1, to: back))
        back.close()
    }

    @Test func oneThatIsNotNeededEnds() throws {
        let media = try Hosted("thin", sharing: .stream)
        let transform = begun(media, 7, "a")
        #expect(send(1, to: transform))
        let pid = worker(media, "a")?.pid ?? 0
        transform.close()
        #expect(eventually { worker(media, "a") == nil } && eventually { kill(pid, 0) != 0 })
    }

    @Test(
        arguments: [
            ([], true), ([nil, nil], true), ([0.8], true), ([1.0], false), ([0.5, nil], true), ([0.7, nil], false),
            ([0.2, 0.2, 1.0], false),
        ] as [([Double?], Bool)])
    func anotherIsRefusedBeforeThoseThatRunFallBehind(_ used: [Double?], _ isAdmitted: Bool) {
        #expect((WorkerProcesses.noRoom(used, together: 1.8) == nil) == isAdmitted)
    }

    @Test func usageIsOfTheLastSeconds() {
        var usage = ProcessorUsage()
        let second: UInt64 = 1_000_000_000
        usage.note(cpu: 0, at: second)
        #expect(!usage.isDue(second + 1) && usage.processors == nil)
        for index in 1...4 as ClosedRange<UInt64> { usage.note(cpu: index * second / 2, at: (index + 1) * second) }
        #expect(usage.processors == 0.5)
        // A clock that stands, or goes back, says nothing.
        usage.note(cpu: 0, at: 5 * second)
        #expect(usage.processors == 0.5)
    }
}
