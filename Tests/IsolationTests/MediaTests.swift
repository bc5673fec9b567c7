import CSluice
import Foundation
import Synchronization
import Testing

@testable import HostIsolation

/// A sink in a process of its own: what goes down comes back, in order; its death is nobody else's.
@Suite struct MediaTests {
    @Test func framesGoDownAndRecordsComeBack() throws {
        let media = try HostedMedia()
        let sink = try #require(media.open())
        sink.tracks(2)
        #expect(sink.frames(["K-one", "two"]) == SLUICE_OK && sink.frames(["three"]) == SLUICE_OK)
        sink.publisher(SLUICE_SINK_PUBLISHER_LOST)
        #expect(sink.eventually("lost;"))
        #expect(sink.appended == ["tracks 2 flags 0 last 1/300;", "K0:K-one", "F1:two", "F2:three", "lost;"])
        #expect(media.host.told.withLock { $0.prefixes[sink.log] } == "prefix;")
        #expect(media.host.told.withLock { $0.attributes[sink.handle] } == ["opened": "yes"])
        sink.close()
        #expect(media.module.figures.restarts == 0)
    }

    @Test func manySinksKeepTheirOrder() throws {
        let media = try HostedMedia()
        let sinks = try (0..<20).map { try #require(media.open("s\($0)")) }
        for sink in sinks { sink.tracks(1) }
        for round in 0..<200 { for sink in sinks { sink.frames(["K\(round)", "-\(round)"]) } }
        for sink in sinks {
            #expect(sink.eventually("F399:-199"))
            let frames = sink.appended.dropFirst()
            #expect(frames.count == 400 && frames.enumerated().allSatisfy { $1.contains("\($0):") })
        }
    }

    @Test func aRefusalIsTheFailureOfTheNextFrames() throws {
        let media = try HostedMedia()
        let refused = try #require(media.open("refuse"))
        let other = try #require(media.open())
        refused.tracks(1)
        #expect(eventually { refused.frames(["K"]) == SLUICE_E_FAILED })
        other.tracks(1)
        other.frames(["fail"])
        #expect(eventually { other.frames(["K"]) == SLUICE_E_FAILED })
        #expect(media.module.figures.restarts == 0)
    }

    @Test func largeFramesAndBatches() throws {
        let media = try HostedMedia()
        let sink = try #require(media.open())
        sink.tracks(1)
        let large = [UInt8](repeating: 65, count: 7 << 20)
        #expect(sink.frames([(large, true), (large, false), ([66], false)]) != SLUICE_E_FAILED)
        // Larger than a record: dropped, the others go on.
        #expect(
            eventually { sink.frames([([UInt8](repeating: 65, count: 9 << 20), true), (Array("end".utf8), false)]) == SLUICE_OK })
        #expect(eventually { sink.appended.contains { $0.hasSuffix(":end") } })
        #expect(media.host.told.withLock { $0.lines.contains { $0.contains("frame dropped") } })
    }

    @Test(arguments: ["abort", "exit", "null", "gigabytes", "loop", "head", "far", "bytes", "tag"])
    func aDeathIsFollowedByANewSinkAtTheNextKeyFrame(_ way: String) throws {
        let media = try HostedMedia { $0.hardMilliseconds = way == "loop" ? 500 : 2000 }
        let (sink, other) = (try #require(media.open()), try #require(media.open("two")))
        for each in [sink, other] { each.tracks(2) }
        sink.frames(["K-one"])
        #expect(sink.eventually("K0:K-one"))
        let exchange = try #require(sink.respond(route: 1, ("way", way)))
        #expect(media.hosted.waitUntilRunning(restarts: 1), "\(media.module.figures)")
        #expect(eventually { media.host.response(exchange) != nil })
        // What is not of use without a key frame is not passed on.
        #expect(eventually { sink.frames(["lost", "K-two", "three"]) == SLUICE_OK })
        #expect(sink.eventually("F1:three"), "\(sink.appended)")
        #expect(sink.appended.suffix(3) == ["tracks 2 flags 1 last 1/300;", "K0:K-two", "F1:three"])
        #expect(eventually { other.frames(["K-other"]) == SLUICE_OK } && other.eventually("K0:K-other"))
        sink.close()
        other.close()
        let death = media.module.figures.lastDeath
        let isHostile = ["head", "far", "bytes", "tag"].contains(way)
        #expect(!isHostile || death.contains("must not"), "\(death)")
        #expect(way != "loop" || death.contains("media thread loops"), "\(death)")
    }

    @Test func fieldsThatCannotBeEndTheProcess() throws {
        let media = try HostedMedia()
        let sink = try #require(media.open())
        _ = try #require(sink.respond(route: 1, ("way", "fields")))
        #expect(media.hosted.waitUntilRunning(restarts: 1) && media.module.figures.lastDeath.contains("must not"))
    }

    @Test func anotherLogIsNotItsToWrite() throws {
        let media = try HostedMedia()
        let sink = try #require(media.open())
        sink.tracks(1)
        sink.frames(["K"])
        #expect(sink.eventually("K0:K"))
        #expect(media.host.told.withLock { $0.appended.keys.sorted() } == [sink.log])
    }

    @Test func requestsWithTheSink() throws {
        let media = try HostedMedia()
        let sink = try #require(media.open("who"))
        sink.tracks(1)
        sink.frames(["K", "2", "3"])
        // In order with the frames before.
        let who = try #require(sink.respond(route: 4))
        #expect(eventually { media.host.response(who)?.body == "who 3" })
        for size in [0, 1000, 5 << 20, 20 << 20] {
            let exchange = try #require(sink.respond(route: 3, ("size", "\(size)")))
            #expect(eventually { media.host.response(exchange) != nil })
            let body = media.host.response(exchange)?.body.utf8
            #expect(body?.count == size && body?.enumerated().allSatisfy { Int($1) == 97 + $0 % 23 } == true)
        }
        let held = try #require(sink.respond(route: 2))
        #expect(eventually { media.host.told.withLock { $0.parked[held] == "key" } })
        #expect(media.module.figures.open == 0)
        sink.frames(["K-released"])
        #expect(eventually { media.host.told.withLock { $0.released["\(sink.handle)/key"] == ["K-released"] } })
    }

    @Test func aRequestBecomesAPlayer() throws {
        let media = try HostedMedia()
        let routes: UnsafePointer<sluice_routes_interface>? = media.hosted.table(SLUICE_INTERFACE_ROUTES)
        var raw = sluice_request()
        raw.struct_size = UInt32(MemoryLayout<sluice_request>.size)
        raw.exchange = 4711
        #expect(routes?.pointee.handle?(media.hosted.instance, &raw, nil, nil) == SLUICE_OK)
        #expect(eventually { media.host.told.withLock { $0.attached[4711] == "raw head;" } })
        #expect(eventually { media.module.figures.open == 0 })
    }

    @Test func requestsOfADeadProcessFail() throws {
        let media = try HostedMedia()
        let sink = try #require(media.open())
        kill(media.module.figures.pid, SIGSTOP)
        usleep(50_000)
        let exchange = try #require(sink.respond(route: 4))
        kill(media.module.figures.pid, SIGKILL)
        #expect(eventually { media.host.response(exchange)?.status == 503 })
        #expect(media.hosted.waitUntilRunning(restarts: 1))
    }

    /// A process that does not read: the lane is never held up, and what does not fit is kept by the host.
    @Test func aProcessThatStandsStillHoldsNobodyUp() throws {
        let media = try HostedMedia { $0.hardMilliseconds = 20_000 }
        let sink = try #require(media.open())
        sink.tracks(1)
        sink.frames(["K"])
        #expect(sink.eventually("K0:K"))
        kill(media.module.figures.pid, SIGSTOP)
        let body = [UInt8](repeating: 1, count: 100_000)
        var (again, slowest) = (0, UInt64(0))
        for _ in 0..<400 {
            let began = monotonicNanoseconds()
            if sink.frames([(body, false)]) == SLUICE_AGAIN { again += 1 }
            slowest = max(slowest, monotonicNanoseconds() &- began)
        }
        #expect(again > 100 && again < 300 && slowest < 1_500_000_000, "again \(again), slowest \(slowest / 1000) µs")
        kill(media.module.figures.pid, SIGCONT)
        #expect(eventually { sink.frames(["last"]) == SLUICE_OK })
        #expect(eventually { sink.appended.last?.hasSuffix(":last") == true })
        #expect(media.module.figures.restarts == 0)
    }

    @Test func quarantineIsTheFailureOfItsSinks() throws {
        let media = try HostedMedia()
        let sink = try #require(media.open())
        sink.tracks(1)
        for life in 1...5 {
            kill(media.module.figures.pid, SIGKILL)
            if life < 5 { #expect(media.hosted.waitUntilRunning(restarts: life)) }
        }
        #expect(eventually { media.hosted.state == .quarantined })
        #expect(eventually { sink.frames(["K"]) == SLUICE_E_FAILED })
        sink.close()
    }

    @Test func sinksMoveToAnotherProcess() throws {
        let (old, new) = (try HostedMedia(), try HostedMedia())
        let sink = try #require(old.open())
        sink.tracks(1)
        sink.frames(["K", "2"])
        let from: UnsafePointer<sluice_handover_interface>? = old.hosted.table(SLUICE_INTERFACE_HANDOVER)
        let to: UnsafePointer<sluice_handover_interface>? = new.hosted.table(SLUICE_INTERFACE_HANDOVER)
        let (export, take) = (try #require(from), try #require(to))
        final class Blob { var bytes: [UInt8] = [] }
        let blob = Blob()
        let isExported = eventually {
            old.lane.sync {
                export.pointee.export_sink(
                    sink.pointer,
                    { context, bytes in
                        guard let context else { return }
                        Unmanaged<Blob>.fromOpaque(context).takeUnretainedValue().bytes = Array(
                            UnsafeBufferPointer(start: bytes.data, count: Int(bytes.size)))
                    }, Unmanaged.passUnretained(blob).toOpaque(), nil) == SLUICE_OK
            }
        }
        #expect(isExported && blob.bytes == Array("2".utf8))
        let moved = HostedMedia.Sink(new, handle: sink.handle)
        let status = new.lane.sync {
            blob.bytes.withUnsafeBufferPointer { bytes in
                moved.request("one") {
                    take.pointee.import_sink(
                        new.hosted.instance, $0, sluice_bytes(data: bytes.baseAddress, size: UInt64(bytes.count)),
                        &moved.pointer, nil)
                }
            }
        }
        #expect(status == SLUICE_OK)
        old.lane.sync { export.pointee.forget_sink(sink.pointer) }
        // No tracks again: it goes on.
        #expect(moved.frames(["3"]) == SLUICE_OK && moved.eventually("F2:3"))
        #expect(moved.appended == ["F2:3"])
        moved.close()
    }

    @Test func anImportThatIsRefusedIsSaid() throws {
        let media = try HostedMedia()
        let to: UnsafePointer<sluice_handover_interface>? = media.hosted.table(SLUICE_INTERFACE_HANDOVER)
        let take = try #require(to)
        let sink = HostedMedia.Sink(media, handle: 4000)
        let refusal = Mutex<String??>(nil)
        let status = media.lane.sync { () -> Int32 in
            defer { MovingObject(sink: sink.pointer)?.whenDecided { reason in refusal.withLock { $0 = .some(reason) } } }
            return sink.request("one") {
                take.pointee.import_sink(media.hosted.instance, $0, sluice_bytes(), &sink.pointer, nil)
            }
        }
        #expect(status == SLUICE_OK)
        #expect(eventually { refusal.withLock { $0 != nil } })
        #expect(refusal.withLock { $0 ?? nil } != nil)
        media.lane.sync { MovingObject(sink: sink.pointer)?.abandon() }
        #expect(sink.appended.isEmpty && media.module.figures.restarts == 0)
    }
}
