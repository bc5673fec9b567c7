import CSluice
import Testing

@testable import HostIsolation

/// What sessions and the host tell each other: the same comes out as went in, and no bytes do harm.
@Suite struct SessionWireTests {
    static let events: [(String, SessionEvent)] = [
        ("bytes", .bytes([1, 2, 3], now: 5, pending: 9)), ("no bytes", .bytes([], now: .max, pending: .max)),
        ("timer", .timer(now: 7)), ("writable", .writable(now: 8)), ("attachment", .attachment(state: 2, reason: "ü")),
        ("publication", .publication(handle: .max, state: 1, reason: "taken over")), ("stop", .stop(reason: "")),
        ("drain", .drain(reason: "maintenance", limit: 9)),
        ("answer", .answer(operation: 3, fields: [0, 1])),
    ]

    private func bytes(_ fill: (inout WireWriter) -> Void) -> [UInt8] {
        var writer = WireWriter(.result)
        fill(&writer)
        return Array(writer.bytes[Message.headerSize...])
    }

    private func reading<R>(_ bytes: [UInt8], _ body: (inout WireReader) throws -> R) rethrows -> R {
        try bytes.withUnsafeBytes { raw in
            var reader = WireReader(raw)
            return try body(&reader)
        }
    }

    @Test(arguments: events)
    func anEvent(_ name: String, _ event: SessionEvent) throws {
        let written = bytes { event.write(&$0) }
        try reading(written) {
            let read = try SessionEvent(&$0)
            #expect(read == event)
            try $0.end()
        }
        for length in 0..<written.count {
            #expect(throws: WireError.self) { try self.reading(Array(written[..<length])) { _ = try SessionEvent(&$0) } }
        }
    }

    @Test func framesAndTracks() throws {
        let payload: [UInt8] = [9, 8, 7]
        try payload.withUnsafeBufferPointer { payload in
            var first = sluice_frame()
            first.struct_size = UInt32(MemoryLayout<sluice_frame>.size)
            first.track = 63
            first.pts = .min
            first.dts = -1
            first.duration = .max
            first.flags = SLUICE_FRAME_KEY
            first.data = sluice_bytes(data: payload.baseAddress, size: 3)
            first.wall_us = -5
            let list = [first, sluice_frame()]
            let written = bytes { writer in
                writer.u32(2)
                for frame in list { writer.frame(frame) }
            }
            #expect(written.count == 4 + 2 * WireWriter.frameHead + 3)
            try reading(written) { reader in
                let read = try reader.frames()
                try reader.end()
                #expect(read.count == 2)
                #expect(read[0].track == 63 && read[0].pts == .min && read[0].dts == -1 && read[0].duration == .max)
                #expect(read[0].flags == SLUICE_FRAME_KEY && read[0].wall_us == -5 && read[0].data.size == 3)
                #expect(read[0].data.data?[2] == 7 && read[1].data.data == nil)
            }
            for length in 0..<written.count {
                #expect(throws: WireError.self) { try self.reading(Array(written[..<length])) { _ = try $0.frames() } }
            }
        }
        var track = sluice_track()
        track.id = 3
        track.timescale = 1000
        let tracks = [track, track]
        let written = bytes { $0.tracks(tracks, stride: UInt32(MemoryLayout<sluice_track>.stride), count: 2) }
        let scales = try reading(written) { try $0.tracks().map(\.timescale) }
        #expect(scales == [1000, 1000])
    }

    @Test func times() {
        var frame = sluice_frame()
        func isSound(_ pts: Int64, _ dts: Int64, _ duration: Int64 = 0) -> Bool {
            (frame.pts, frame.dts, frame.duration) = (pts, dts, duration)
            return frame.hasSoundTimes
        }
        #expect(isSound(0, 0) && isSound(5, .min) && isSound(.min, 5) && isSound(-1 << 61, 1 << 61))
        #expect(!isSound(.min, .min) && !isSound(.max, 0) && !isSound(0, .min + 1) && !isSound(0, 0, .max))
    }

    @Test func requests() throws {
        try sluice_text.with("rtmp") { text in
            var info = sluice_connection_info()
            info.connection = 77
            info.listener = text
            info.local_port = 1935
            info.publisher_silent_ns = .max
            var written = bytes { $0.connectionInfo(info) }
            try reading(written) { reader in
                try reader.connectionInfo {
                    #expect($0.pointee.connection == 77 && $0.pointee.listener.copied == "rtmp")
                    #expect($0.pointee.local_port == 1935 && $0.pointee.publisher_silent_ns == .max)
                }
                try reader.end()
            }
            var answer = sluice_auth_answer()
            answer.decision = SLUICE_VERDICT_DENY
            answer.status = text
            answer.flags = SLUICE_VERDICT_FLAG_LEGACY_PLAY_FAILED
            written = bytes { $0.authAnswer(answer) }
            try reading(written) { reader in
                let read = try reader.authAnswer()
                try reader.end()
                #expect(read.decision == SLUICE_VERDICT_DENY && read.status.copied == "rtmp")
                #expect(read.flags == SLUICE_VERDICT_FLAG_LEGACY_PLAY_FAILED)
            }
            var publish = sluice_publish_request()
            publish.grant = 3
            publish.protocol = text
            written = bytes { $0.publishRequest(publish) }
            try reading(written) { reader in
                let read = try reader.publishRequest()
                try reader.end()
                #expect(read.grant == 3 && read.protocol.copied == "rtmp" && read.connection == 0)
            }
        }
    }

    /// As the fuzz target does it, with bits turned over in what is right.
    @Test func noBytesDoHarm() {
        var seed: UInt64 = 42
        func next() -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(seed >> 33)
        }
        var read = 0
        for (_, event) in Self.events {
            let written = bytes { event.write(&$0) }
            for _ in 0..<500 {
                var mutated = written
                for _ in 0..<(1 + next() % 4) { mutated[next() % mutated.count] ^= 1 << UInt8(truncatingIfNeeded: next() % 8) }
                mutated.withUnsafeBytes { raw in
                    let whole = readSessionRecords(raw)
                    read += whole
                    let shorter = readSessionRecords(UnsafeRawBufferPointer(rebasing: raw.dropLast()))
                    #expect(shorter <= whole)
                }
            }
        }
        #expect(read > 500)
    }
}
