import Testing

@testable import LoadCore

@Suite struct RTMPClientTests {
    static func command(_ values: [AMF0Value], streamID: UInt32 = 0) -> [UInt8] {
        var payload: [UInt8] = []
        for value in values { value.write(to: &payload) }
        var bytes: [UInt8] = []
        ChunkWriter().write(payload, type: 20, chunkStream: 3, streamID: streamID, to: &bytes)
        return bytes
    }

    static let status = AMF0Value.object([.init("level", .string("status")), .init("code", .string("NetStream.Play.Start"))])

    static var server: [UInt8] {
        var window: [UInt8] = []
        ChunkWriter().write([0, 0, 0x10, 0], type: 5, chunkStream: 2, to: &window)
        var ping: [UInt8] = []
        ChunkWriter().write([0, 6, 1, 2, 3, 4], type: 4, chunkStream: 2, to: &ping)
        var frame: [UInt8] = []
        ChunkWriter().write(videoBody(1, key: true), type: 9, chunkStream: 6, timestamp: 40, streamID: 1, to: &frame)
        return [3] + [UInt8](repeating: 9, count: 3072) + window + command([.string("_result"), .number(1), .null, .null])
            + command([.string("_result"), .number(4), .null, .number(1)])
            + command([.string("onStatus"), .number(0), .null, status])
            + ping + frame
    }

    @Test(arguments: Feed.allCases) func playsWhatTheServerSends(feed: Feed) throws {
        var client = RTMPClient(purpose: .play, app: "live", name: "s0", address: "h:1")
        client.start(seed: 1)
        #expect(client.output.count == 1537)
        client.output = []
        var events: [RTMPClient.Event] = []
        for piece in feed.pieces(Self.server) {
            piece.withUnsafeBytes { client.append($0) }
            while let event = try client.next() { events.append(event) }
        }
        let frame = ChunkMessage(type: 9, timestamp: 40, streamID: 1, payload: videoBody(1, key: true))
        #expect(events == [.playing, .media(frame)])
        #expect(client.streamID == 1)
        let sent = try ChunkTests.read([Array(client.output.dropFirst(1536))])
        let commands = sent.filter { $0.type == 20 }.map { $0.payload.withUnsafeBytes { AMF0Value.list($0) } }
        #expect(commands.compactMap { $0.first?.text } == ["connect", "createStream", "play"])
        #expect(commands.last?.contains(.string("s0")) == true)
        #expect(sent.last == ChunkMessage(type: 4, payload: [0, 7, 1, 2, 3, 4]))
    }

    @Test func acknowledgesPerWindow() throws {
        var client = RTMPClient(purpose: .play, app: "live", name: "s0", address: "h:1")
        Self.server.withUnsafeBytes { client.append($0) }
        while try client.next() != nil {}
        client.output = []
        client.received(total: 4095)
        #expect(client.output.isEmpty)
        client.received(total: 4096)
        #expect(try ChunkTests.read([client.output]) == [ChunkMessage(type: 3, payload: [0, 0, 0x10, 0])])
        client.output = []
        client.received(total: 8000)
        #expect(client.output.isEmpty)
    }

    @Test func aRefusalSaysWhy() {
        let refusal = AMF0Value.object([
            .init("level", .string("error")), .init("code", .string("NetStream.Play.StreamNotFound")),
        ])
        let bytes = Self.server.prefix(3073) + Self.command([.string("onStatus"), .number(0), .null, refusal])
        var client = RTMPClient(purpose: .play, app: "live", name: "s0", address: "h:1")
        bytes.withUnsafeBytes { client.append($0) }
        #expect(throws: WireFault.refused("NetStream.Play.StreamNotFound")) { while try client.next() != nil {} }
    }

    @Test func damageNeverTraps() {
        var random = Seeded(state: 6)
        for _ in 0..<1000 {
            var client = RTMPClient(purpose: .play, app: "live", name: "s0", address: "h:1")
            let bytes = Array(Self.server.prefix(3073)) + random.flipped(Array(Self.server.dropFirst(3073)))
            bytes.withUnsafeBytes { client.append($0) }
            while (try? client.next()) as RTMPClient.Event? != nil {}
        }
    }
}
