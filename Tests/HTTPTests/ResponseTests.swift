import CZlib
import HostHTTP
import HostPaths
import NIOCore
import NIOHTTP1
import Testing

extension SocketSuites {
    /// What the listener makes of a complete response: ranges, compression, validators.
    @Suite struct ResponseTests {
        private static let text = String((0..<100).flatMap { "line \($0)\n" })

        private func server() throws -> TestServer {
            let server = try TestServer()
            let shared = HTTPResponse(
                status: 200, text: ResponseTests.text, contentType: "application/vnd.apple.mpegurl", headers: ["ETag": "\"v1\""])
            try server.route("/x") { $0.respond(shared) }
            try server.route("/binary") {
                $0.respond(status: 200, headers: ["Content-Type": "video/mp4"], body: [UInt8](repeating: 0, count: 5000))
            }
            return server
        }

        @Test func ranges() throws {
            let server = try server()
            let bytes = Array(ResponseTests.text.utf8)
            let part = try #require(try server.get("/x", "Range: bytes=5-9", "Accept-Encoding: gzip"))
            #expect(part.status == 206)
            #expect(part["content-range"] == "bytes 5-9/\(bytes.count)")
            #expect(part.body == Array(bytes[5...9]))
            #expect(part["content-encoding"] == nil)
            let beyond = try #require(try server.get("/x", "Range: bytes=100000-"))
            #expect(beyond.status == 416)
            #expect(beyond["content-range"] == "bytes */\(bytes.count)")
            #expect(try server.get("/x", "Range: bytes=9-1")?.status == 200)
            #expect(try server.get("/x", "Range: bytes=-0")?.status == 416)
            #expect(try server.get("/x", "Range: bytes=0-18446744073709551615")?.body == bytes)
            #expect(
                try server.get("/x", "Range: bytes=" + Array(repeating: "0-", count: 1000).joined(separator: ","))?.body == bytes)
            #expect(try server.get("/x", "Range: bytes=0-0", "If-Range: \"v1\"")?.status == 206)
            #expect(try server.get("/x", "Range: bytes=0-0", "If-Range: \"v2\"")?.status == 200)
            #expect(try server.answer("HEAD /x HTTP/1.1\r\nHost: a\r\nRange: bytes=0-0\r\n\r\n")?.status == 200)
        }

        @Test func gzipForTextWhenAccepted() throws {
            let server = try server()
            let packed = try #require(try server.get("/x", "Accept-Encoding: br, gzip;q=0.5"))
            #expect(packed["content-encoding"] == "gzip")
            #expect(packed["vary"] == "Accept-Encoding")
            #expect(packed.body.count < ResponseTests.text.utf8.count)
            #expect(inflate(packed.body) == Array(ResponseTests.text.utf8))
            let plain = try #require(try server.get("/x", "Accept-Encoding: gzip;q=0"))
            #expect(plain["content-encoding"] == nil)
            #expect(plain["vary"] == "Accept-Encoding")
            #expect(plain.text == ResponseTests.text)
            #expect(try server.get("/binary", "Accept-Encoding: gzip")?["content-encoding"] == nil)
            let head = try #require(try server.answer("HEAD /x HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n"))
            #expect(head["content-length"] == String(packed.body.count))
        }

        @Test func validators() throws {
            let server = try server()
            for value in ["\"v1\"", "W/\"v1\"", "*", "\"v0\", \"v1\""] {
                let answer = try #require(try server.get("/x", "If-None-Match: \(value)"))
                #expect(answer.status == 304)
                #expect(answer["etag"] == "\"v1\"")
            }
            #expect(try server.get("/x", "If-None-Match: \"v2\"")?.status == 200)
        }

        @Test func streamedBodies() throws {
            let server = try TestServer()
            try server.route("/{kind}") { exchange in
                exchange.begin(status: 200, length: exchange.request.parameter("kind") == "known" ? 9 : nil)
                for word in ["one", "two", "six"] { exchange.write(ByteBuffer(string: word)) }
                exchange.end()
                #expect(!exchange.write(ByteBuffer(string: "late")))
            }
            let client = try server.client()
            client.send(
                "GET /chunked HTTP/1.1\r\nHost: a\r\n\r\nGET /known HTTP/1.1\r\nHost: a\r\n\r\nHEAD /chunked HTTP/1.1\r\nHost: a\r\n\r\n"
            )
            #expect(client.response()?.text == "onetwosix")
            #expect(client.response()?.text == "onetwosix")
            #expect(client.response(isHEAD: true)?.status == 200)
            client.send("GET /chunked HTTP/1.0\r\n\r\n")
            let rest = try #require(client.readToEnd())
            #expect(String(decoding: rest, as: UTF8.self).hasSuffix("\r\n\r\nonetwosix"))
        }

        @Test func aReaderThatDoesNotReadIsBoundedAndCut() async throws {
            var limits = HTTPLimits()
            limits.pendingBytes = 256 * 1024
            let server = try TestServer(limits: limits)
            let piece = ByteBuffer(repeating: 0x61, count: 64 * 1024)
            try server.route("/x") { exchange in
                exchange.begin(status: 200)
                for _ in 0..<1000 where exchange.write(piece) {}
            }
            let client = try Client(port: server.port, receiveBuffer: 4096)
            client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await eventually { server.service.counters.connections == 0 })
        }

        @Test func aReaderThatNeverTakesAResponseIsCut() async throws {
            var limits = HTTPLimits()
            limits.progressTime = .milliseconds(300)
            let server = try TestServer(limits: limits)
            let big = HTTPResponse(status: 200, body: ByteBuffer(repeating: 0x61, count: 16 << 20))
            try server.route("/x") { $0.respond(big) }
            let client = try Client(port: server.port, receiveBuffer: 4096)
            client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await eventually { server.service.counters.requests == 1 })
            #expect(await eventually { server.service.counters.connections == 0 })
        }

        private func inflate(_ bytes: [UInt8]) -> [UInt8] {
            var stream = z_stream()
            guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return [] }
            defer { inflateEnd(&stream) }
            var source = bytes
            var target = [UInt8](repeating: 0, count: 1 << 20)
            source.withUnsafeMutableBufferPointer { source in
                target.withUnsafeMutableBufferPointer { target in
                    stream.next_in = source.baseAddress
                    stream.avail_in = UInt32(source.count)
                    stream.next_out = target.baseAddress
                    stream.avail_out = UInt32(target.count)
                    _ = CZlib.inflate(&stream, Z_FINISH)
                }
            }
            return Array(target[..<Int(stream.total_out)])
        }
    }
}
