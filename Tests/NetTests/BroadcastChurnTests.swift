import NIOCore
import Synchronization
import Testing

@testable import HostNet

/// The proof that a descriptor never outlives its row (SWIFT-FACTS §10, pitfalls 1 and 10): run it after each update of NIO.
@Suite("Churn", .serialized) struct BroadcastChurnTests {
    @Test("FIN, reset, half-close and closes by the server at random leave nothing behind and no wrong byte")
    func churn() async throws {
        SocketCheck.isOn.store(true, ordering: .relaxed)
        defer { SocketCheck.isOn.store(false, ordering: .relaxed) }
        var options = BroadcastOptions()
        options.retention = 2 << 20
        let server = try TestServer(options: options, limits: ConnectionLimits(total: 10_000, unauthenticatedPerAddress: 10_000))
        server.publisher.keySize = 6_000
        server.publisher.interSize = 300
        try await server.publisher.start(every: .milliseconds(1))
        let port = server.listener.port
        let tally = Tally()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for i in 0..<8 {
                group.addTask {
                    try await onThread {
                        let end = NetClock.now + 4_000_000_000
                        let last = end + 20_000_000_000
                        var random = SplitMix(state: UInt64(i) + 1)
                        while NetClock.now < end || (tally.count < 300 && NetClock.now < last) {
                            let client = try TestClient(port: port, receiveBuffer: random.next() % 4 == 0 ? 32_768 : nil)
                            client.timeout(3_000)
                            var checker = RecordChecker()
                            let goal = Int(random.next() % 6)
                            client.read(into: &checker) { $0.records >= goal }
                            switch random.next() % 6 {
                            case 0: client.reset()
                            case 1: client.close()
                            case 2:
                                client.halfClose()
                                client.read(into: &checker) { _ in false }
                                client.close()
                            case 3:
                                client.send("ccc")
                                client.read(into: &checker) { $0.controls >= 1 }
                                client.close()
                            case 4:
                                client.send("x")
                                client.read(into: &checker) { _ in false }
                                client.close()
                            default:
                                client.send("q")
                                client.read(into: &checker) { _ in false }
                                client.close()
                            }
                            tally.connections.wrappingAdd(1, ordering: .relaxed)
                            if !checker.errors.isEmpty { tally.failed.withLock { $0 += checker.errors } }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(tally.failed.withLock { $0 } == [])
        #expect(tally.count > 30)
        #expect(SocketCheck.checks.load(ordering: .relaxed) > 100)
        #expect(SocketCheck.mismatches.load(ordering: .relaxed) == 0)
        #expect(await eventually { await server.isEmpty() })
        #expect(await eventually { liveSockets(onLocal: port) == 0 })
        #expect(server.shared.reasons.withLock { $0.count } == tally.connections.load(ordering: .relaxed))
        await server.shutdown()
    }

    @Test("a thousand joins and leaves cost no memory")
    func memoryIsFlat() async throws {
        let server = try TestServer(limits: ConnectionLimits(total: 10_000, unauthenticatedPerAddress: 10_000))
        try await server.publisher.start(every: .milliseconds(5))
        let port = server.listener.port
        func round(_ count: Int) async throws {
            try await onThread {
                for _ in 0..<count {
                    let client = try TestClient(port: port)
                    var checker = RecordChecker()
                    client.read(into: &checker) { $0.heads == 1 }
                    client.close()
                }
            }
            #expect(await eventually { await server.isEmpty() })
        }
        try await round(200)
        let before = residentBytes()
        try await round(1_000)
        let grown = residentBytes() - before
        #expect(grown < 12 << 20, "grew by \(grown) bytes")
        await server.shutdown()
    }
}

final class Tally: Sendable {
    let connections = Atomic<Int>(0)
    let failed = Locked<[String]>([])
    var count: Int { connections.load(ordering: .relaxed) }
}

/// A seeded generator, so that a failure can be repeated.
struct SplitMix {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
