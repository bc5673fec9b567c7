import CSluice
import Testing

@testable import HostIsolation

/// Messages as bytes: cut anywhere, cut short, and with bits turned over.
@Suite struct WireTests {
    private static let order = StartOrder(
        hostVersion: "0.1.0", parent: 7, readable: ["/a", ""], writable: ["/b"], memoryBytes: 1 << 29, connectPorts: [27017, 1],
        requiresSandbox: false)

    private static func description() -> ModuleDescription {
        var made = ModuleDescription()
        made.abiMajor = 1
        made.id = "kaltura"
        made.interfaces = ["sluice.auth/1", "sluice.routes/1"]
        made.configSchema = "{\"type\":\"object\"}"
        return made
    }

    private static func question() -> [UInt8] {
        var writer = WireWriter(.decide, id: 42)
        sluice_text.with("kLive") { app in
            let pairs = [sluice_pair(key: app, value: app), sluice_pair()]
            pairs.withUnsafeBufferPointer { pairs in
                var raw = sluice_auth_request()
                raw.action = SLUICE_ACTION_PUBLISH
                raw.app = app
                raw.query = pairs.baseAddress
                raw.query_count = 2
                raw.deadline_ns = .max
                writer.authRequest(raw)
            }
        }
        return writer.finished() ?? []
    }

    /// name, bytes.
    static let samples: [(String, [UInt8])] = {
        var described = WireWriter(.described, id: 2)
        described.i32(-1)
        described.text("why")
        description().write(&described)
        var verdict = WireWriter(.verdict, id: .max)
        verdict.verdict(sluice_verdict())
        var response = WireWriter(.respond, id: 3)
        response.response(sluice_response())
        var request = WireWriter(.handleRequest, id: 9)
        request.request(sluice_request())
        return [
            ("start", order.message(id: 1) ?? []), ("described", described.finished() ?? []), ("question", question()),
            ("verdict", verdict.finished() ?? []), ("response", response.finished() ?? []), ("request", request.finished() ?? []),
            ("empty", WireWriter(.pong, id: 5).finished() ?? []),
        ]
    }()

    private func read(_ message: Message) throws {
        try message.reading { reader in
            if message.kind == .pong { return try reader.end() }
            try readFields(message.kind, &reader)
        }
    }

    private func assemble(_ bytes: [UInt8], by step: Int) throws -> [Message] {
        var assembler = MessageAssembler()
        var found: [Message] = []
        for start in stride(from: 0, to: bytes.count, by: step) {
            Array(bytes[start..<min(start + step, bytes.count)]).withUnsafeBytes { assembler.receive($0) }
            while let message = try assembler.next() { found.append(message) }
        }
        return found
    }

    @Test(arguments: [1, 2, 3, 7, 16, 17, 64, 1 << 20])
    func howeverItIsCut(_ step: Int) throws {
        let messages = try assemble(Self.samples.flatMap(\.1), by: step)
        #expect(messages.count == Self.samples.count)
        for (message, sample) in zip(messages, Self.samples) {
            try read(message)
            #expect(message.fields.count == sample.1.count - 16)
        }
    }

    @Test func valuesComeBack() throws {
        let start = try #require(try assemble(Self.samples[0].1, by: 1000).first)
        #expect(try start.reading { try StartOrder(&$0) } == Self.order && start.id == 1 && start.kind == .start)
        let question = try #require(try assemble(Self.samples[2].1, by: 1000).first)
        try question.reading { reader in
            try reader.authRequest { raw in
                #expect(raw.pointee.app.copied == "kLive" && raw.pointee.query_count == 2 && raw.pointee.deadline_ns == .max)
                #expect(raw.pointee.query[0].value.copied == "kLive" && raw.pointee.query[1].key.size == 0)
            }
        }
    }

    @Test func cutShort() throws {
        for (name, bytes) in Self.samples {
            let whole = try #require(try assemble(bytes, by: 1 << 20).first)
            for count in 0..<whole.fields.count {
                let short = Message(kind: whole.kind, id: 0, fields: Array(whole.fields[..<count]))
                #expect(throws: (any Error).self, "\(name) of \(count)") { try self.read(short) }
            }
            let long = Message(kind: whole.kind, id: 0, fields: whole.fields + [0])
            #expect(throws: WireError.trailing(count: 1)) { try self.read(long) }
        }
    }

    @Test func bitsTurnedOver() throws {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        for (_, bytes) in Self.samples {
            for _ in 0..<2000 {
                var broken = bytes
                for _ in 0..<Int(state >> 60 & 3) + 1 {
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    broken[Int(state >> 33) % broken.count] ^= 1 << UInt8(state >> 20 & 7)
                }
                for message in (try? assemble(broken, by: 64)) ?? [] { try? read(message) }
            }
        }
    }

    @Test func headsThatAreNone() throws {
        let tooLarge: [UInt8] = [0xFF, 0xFF, 0xFF, 0x7F, 70, 0, 0, 0] + [UInt8](repeating: 0, count: 8)
        #expect(throws: WireError.tooLarge(size: 0x7FFF_FFFF)) { try self.assemble(tooLarge, by: 16) }
        let unknown: [UInt8] = [0, 0, 0, 0, 0xFE, 0xCA, 0, 0] + [UInt8](repeating: 0, count: 8)
        #expect(throws: WireError.unknownKind(0xCAFE)) { try self.assemble(unknown, by: 16) }
    }

    @Test func nothingLargerThanAMessageIsSent() {
        var writer = WireWriter(.log)
        writer.text(String(repeating: "x", count: 2 << 20))
        #expect(writer.finished() == nil)
    }

    @Test func restarts() {
        var policy = RestartPolicy()
        #expect(policy.died(afterNanoseconds: 1) == .again(after: 10_000_000))
        #expect(policy.died(afterNanoseconds: 1) == .again(after: 20_000_000))
        #expect(policy.died(afterNanoseconds: 1) == .again(after: 40_000_000))
        #expect(policy.died(afterNanoseconds: 10_000_000_000) == .again(after: 10_000_000))
        for _ in 0..<4 { #expect(policy.died(afterNanoseconds: 9_999_999_999) != .quarantine) }
        #expect(policy.died(afterNanoseconds: 0) == .quarantine)
        policy = RestartPolicy()
        policy.deathLimit = 100
        for _ in 0..<50 { _ = policy.died(afterNanoseconds: 0) }
        #expect(policy.died(afterNanoseconds: 0) == .again(after: 5_000_000_000))
    }
}

/// Records of the media rings, with bits turned over, and rings that were written over.
@Suite struct MediaWireTests {
    private static func samples() -> [[UInt8]] {
        func tagged(_ kind: MediaKind, _ fill: (inout WireWriter) -> Void) -> [UInt8] {
            var writer = WireWriter(object: 7)
            fill(&writer)
            return withUnsafeBytes(of: kind.rawValue.littleEndian) { Array($0) } + (writer.record() ?? [])
        }
        var track = sluice_track()
        track.timescale = 1000
        return [
            tagged(.sinkOpen) { $0.sinkOpen(sluice_sink_open()) },
            tagged(.sinkTracks) { writer in
                writer.u32(1)
                withUnsafePointer(to: &track) { writer.tracks($0, stride: 0, count: 1) }
            },
            tagged(.sinkFrames) {
                $0.u32(2)
                $0.frame(sluice_frame())
                $0.frame(sluice_frame())
            },
            tagged(.sinkAppend) {
                $0.u32(3)
                $0.bytes(UnsafeRawBufferPointer(start: nil, count: 0))
                $0.bytes(UnsafeRawBufferPointer(start: nil, count: 0))
            },
            tagged(.response) {
                $0.u64(1)
                $0.u64(2)
                $0.response(sluice_response())
            },
        ]
    }

    @Test func wholeAndCutShort() {
        for sample in Self.samples() {
            #expect(sample.withUnsafeBytes(readMediaRecord))
            for count in 0..<sample.count {
                #expect(!sample.prefix(count).withUnsafeBytes(readMediaRecord), "\(sample) of \(count)")
            }
        }
    }

    @Test func bitsTurnedOver() {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        for sample in Self.samples() {
            for _ in 0..<3000 {
                var broken = sample
                for _ in 0..<Int(state >> 60 & 3) + 1 {
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    broken[Int(state >> 33) % broken.count] ^= 1 << UInt8(state >> 20 & 7)
                }
                _ = broken.withUnsafeBytes(readMediaRecord)
            }
        }
    }

    @Test func rings() {
        var state: UInt64 = 11
        for round in 0..<300 {
            let bytes = (0..<(round * 7)).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return state >> 40 & 3 == 0 ? UInt8(truncatingIfNeeded: state >> 33) : 0
            }
            #expect(bytes.withUnsafeBytes(readMediaRing) <= bytes.count / 8)
        }
    }
}
