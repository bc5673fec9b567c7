import Glibc
import HostHTTP
import HostNet
import HostPaths
import NIOCore
import NIOHTTP1
import Synchronization
import Testing

extension SocketSuites {
    /// Players over HTTP and WebSocket: a head by the listener, then the log's own bytes.
    @Suite struct PlayerTests {
        /// A server whose `/a.flv` plays a log that a writer fills with `<n>` records, every tenth a join point.
        private final class Studio: Sendable {
            let server: TestServer
            let log: BroadcastLog
            let reasons = Mutex<[String]>([])

            init() throws {
                server = try TestServer()
                log = BroadcastLog(runtime: server.runtime, writer: server.runtime.loops[0])
                try server.route("/{stream}.flv") { [unowned self] exchange in
                    let note: @Sendable (String) -> Void = { [weak self] reason in self?.reasons.withLock { $0.append(reason) } }
                    if exchange.request.isWebSocketUpgrade {
                        exchange.attachWebSocket(to: log, prefix: WebSocketFraming.binary(Array("FLV".utf8)), onClosed: note)
                    } else {
                        exchange.attach(
                            to: log, headers: ["Content-Type": "video/x-flv"], prefix: Array("FLV".utf8), onClosed: note)
                    }
                }
                try server.route("/ws/{stream}.flv") { [unowned self] exchange in exchange.attachWebSocket(to: log) }
            }

            func write(_ range: Range<Int>, framed: Bool = false) {
                let log = log
                server.runtime.loops[0].execute {
                    for index in range {
                        let text = Array("<\(index)>".utf8)
                        let record = framed ? WebSocketFraming.binary(text) : text
                        record.withUnsafeBytes { _ = log.append($0, joinPoint: index % 10 == 0, video: true) }
                    }
                    log.endOfBatch()
                }
            }
        }

        private static let get = "GET /a.flv HTTP/1.1\r\nHost: a\r\n"

        private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

        @Test func bytesFollowTheHeadUnframed() async throws {
            let studio = try Studio()
            studio.write(0..<15)
            let client = try studio.server.client()
            // Whatever comes behind the request changes nothing.
            client.send(PlayerTests.get + "\r\n" + PlayerTests.get + "\r\n" + "\u{1}\u{2}garbage")
            let start = "\r\n\r\nFLV<10><11><12><13><14>"
            #expect(client.read { text($0).hasSuffix(start) })
            studio.write(15..<30)
            client.send("more garbage")
            #expect(client.read { text($0).hasSuffix(start + (15..<30).map { "<\($0)>" }.joined()) })
            let head = text(client.received).components(before: "\r\n\r\n")
            #expect(head.hasPrefix("HTTP/1.1 200 OK\r\nContent-Type: video/x-flv\r\n"))
            #expect(head.contains("Connection: close"))
            #expect(!head.contains("\r\nTransfer-Encoding:") && !head.contains("\r\nContent-Length:"))
            #expect(studio.log.playerCount == 1)
            client.close()
            #expect(await eventually { studio.log.playerCount == 0 })
            #expect(await eventually { studio.reasons.withLock { $0.count } == 1 })
        }

        @Test func halfCloseEndsAPlayer() async throws {
            let studio = try Studio()
            studio.write(0..<5)
            let client = try studio.server.client()
            client.send(PlayerTests.get + "\r\n")
            #expect(client.read { text($0).hasSuffix("<4>") })
            client.shutWriting()
            #expect(client.readToEnd() != nil)
            #expect(await eventually { studio.log.playerCount == 0 && studio.server.service.counters.connections == 0 })
        }

        @Test func playersThatComeAndGoLeaveNothing() async throws {
            let studio = try Studio()
            for round in 0..<60 {
                studio.write((round * 10)..<(round * 10 + 10))
                let client = try studio.server.client()
                client.send(PlayerTests.get + "\r\n")
                if round % 2 == 0 { #expect(client.read { text($0).contains("<\(round * 10)>") }) }
                if round % 3 == 0 {
                    var reset = linger(l_onoff: 1, l_linger: 0)
                    setsockopt(client.descriptor, SOL_SOCKET, SO_LINGER, &reset, socklen_t(MemoryLayout<linger>.size))
                }
                client.close()
            }
            #expect(await eventually { studio.log.playerCount == 0 && studio.server.service.counters.connections == 0 })
            #expect(await eventually { studio.reasons.withLock { $0.count } == 60 })
        }

        @Test func headAndEndedLog() async throws {
            let studio = try Studio()
            let head = try #require(try studio.server.answer("HEAD /a.flv HTTP/1.1\r\nHost: a\r\n\r\n"))
            #expect(head.status == 200)
            let log = studio.log
            studio.server.runtime.loops[0].execute { log.close("stream ended") }
            #expect(await eventually { !log.isOpen })
            #expect(try studio.server.get("/a.flv")?.status == 503)
        }

        private static let upgrade =
            "Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        private static let good = upgrade + "Sec-WebSocket-Version: 13\r\n\r\n"

        @Test func webSocketHandshakeAndFrames() async throws {
            let studio = try Studio()
            studio.write(0..<3, framed: true)
            let client = try studio.server.client()
            client.send(PlayerTests.get + PlayerTests.good)
            let answer = try #require(client.response())
            #expect(answer.status == 101)
            #expect(answer["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")  // RFC 6455 §1.3
            #expect(answer["upgrade"] == "websocket")
            let media: [UInt8] = ["FLV", "<0>", "<1>", "<2>"].flatMap { WebSocketFraming.binary(Array($0.utf8)) }
            let pong: [UInt8] = [0x8A, 2, 0x68, 0x69]
            #expect(client.read { $0 == media })
            client.send(frame(9, Array("hi".utf8)))
            #expect(client.read { $0 == media + pong })
            client.send(frame(1, Array("ignored".utf8)) + frame(2, []) + frame(10, [1]))
            studio.write(3..<4, framed: true)
            #expect(client.read { Array($0.suffix(5)) == WebSocketFraming.binary(Array("<3>".utf8)) })
            client.send(frame(8, [0x03, 0xE8]))
            #expect(client.readToEnd()?.suffix(4) == [0x88, 2, 0x03, 0xE8])
            #expect(await eventually { studio.reasons.withLock { $0 } == ["closed by peer"] })
        }

        static let refused: [(String, Int)] = [
            ("\r\n", 426),
            (upgrade + "\r\n", 426),
            (upgrade + "Sec-WebSocket-Version: 8\r\n\r\n", 426),
            (upgrade + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 8\r\n\r\n", 426),
            ("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n", 400),
            (
                "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: c2hvcnQ=\r\n\r\n",
                400
            ),
            (
                "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: !!!hIHNhbXBsZSBub25jZQ==\r\n\r\n",
                400
            ),
            (upgrade + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n", 400),
        ]

        @Test(arguments: refused)
        func badHandshakesAreRefused(_ lines: String, _ status: Int) throws {
            let studio = try Studio()
            let answer = try #require(try studio.server.answer("GET /ws/a.flv HTTP/1.1\r\nHost: a\r\n" + lines))
            #expect(answer.status == status)
            if status == 426 { #expect(answer["sec-websocket-version"] == "13") }
        }

        @Test func badFramesClose() async throws {
            let studio = try Studio()
            let bad: [([UInt8], UInt16)] = [
                ([0x89, 0], 1002), ([0xC2, 0x80, 0, 0, 0, 0], 1002), (frame(9, [UInt8](repeating: 1, count: 126)), 1002),
                ([0x83, 0x80, 0, 0, 0, 0], 1002), ([0x82, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], 1009),
                (frame(2, [UInt8](repeating: 1, count: 5000)), 1009),
            ]
            for (bytes, code) in bad {
                let client = try studio.server.client()
                client.send(PlayerTests.get + PlayerTests.good)
                #expect(client.response()?.status == 101)
                client.send(bytes)
                let rest = try #require(client.readToEnd())
                #expect(rest.suffix(4) == [0x88, 2, UInt8(code >> 8), UInt8(truncatingIfNeeded: code)], "\(bytes.prefix(4))")
            }
            #expect(await eventually { studio.log.playerCount == 0 && studio.server.service.counters.connections == 0 })
        }

        @Test func framesBehindTheHandshakeAreRead() throws {
            let studio = try Studio()
            let client = try studio.server.client()
            client.send(Array((PlayerTests.get + PlayerTests.good).utf8) + frame(9, [7]))
            #expect(client.response()?.status == 101)
            #expect(client.read { Array($0.suffix(3)) == [0x8A, 1, 7] })
        }

        @Test func randomFramesNeverTrap() throws {
            let studio = try Studio()
            var random = SplitMix(seed: 3)
            for _ in 0..<100 {
                let client = try studio.server.client()
                client.send(PlayerTests.get + PlayerTests.good)
                client.send((0..<64).map { _ in UInt8(truncatingIfNeeded: random.next()) })
                client.shutWriting()
                #expect(client.readToEnd() != nil)
            }
        }

        @Test func headSizes() {
            #expect(WebSocketFraming.head(opcode: 2, length: 125) == [0x82, 125])
            #expect(WebSocketFraming.head(opcode: 2, length: 126) == [0x82, 126, 0, 126])
            #expect(WebSocketFraming.head(opcode: 2, length: 65_535) == [0x82, 126, 0xFF, 0xFF])
            #expect(WebSocketFraming.head(opcode: 2, length: 65_536) == [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0])
        }

        /// A masked frame of a client.
        private func frame(_ opcode: UInt8, _ payload: [UInt8]) -> [UInt8] {
            let mask: [UInt8] = [1, 2, 3, 4]
            var head = WebSocketFraming.head(opcode: opcode, length: payload.count)
            head[1] |= 0x80
            return head + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
        }
    }
}

extension String {
    /// What comes before the first `separator`, or all.
    func components(before separator: String) -> String {
        let bytes = Array(utf8)
        let wanted = Array(separator.utf8)
        let place = bytes.indices.first { bytes[$0...].starts(with: wanted) } ?? bytes.endIndex
        return String(decoding: bytes[..<place], as: UTF8.self)
    }
}
