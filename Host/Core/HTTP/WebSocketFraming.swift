import NIOCore
import NIOHTTP1

/// What of RFC 6455 the host needs: the handshake's checks and answer, and frame heads of a server (unmasked).
public enum WebSocketFraming {
    struct Problem {
        let status: Int
        let reason: String
        var headers: HTTPHeaders = [:]
    }

    /// A binary frame around `payload` (§5.2), final, unmasked.
    public static func binary(_ payload: [UInt8]) -> [UInt8] {
        head(opcode: 2, length: payload.count) + payload
    }

    /// The head of a final unmasked frame: 2, 4 or 10 bytes.
    public static func head(opcode: UInt8, length: Int) -> [UInt8] {
        let first = 0x80 | (opcode & 0x0F)
        let length = UInt64(max(0, length))
        switch length {
        case 0...125: return [first, UInt8(truncatingIfNeeded: length)]
        case 126...0xFFFF: return [first, 126, UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length)]
        default:
            return [first, 127] + (0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * UInt64($0))) }
        }
    }

    /// The value of Sec-WebSocket-Accept for a key (§4.2.2).
    static func accept(_ key: String) -> String {
        Base64.encode(SHA1.digest(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
    }

    /// What is wrong with a request for a WebSocket (§4.2.1), or nil.
    static func handshakeProblem(_ request: HTTPRequest) -> Problem? {
        guard request.isWebSocketUpgrade, request.isVersion11 else {
            return Problem(status: 426, reason: "a WebSocket is served here", headers: upgradeHeaders)
        }
        guard request.method == .GET else { return Problem(status: 400, reason: "a WebSocket begins with GET") }
        guard request.headers["sec-websocket-version"] == ["13"] else {
            return Problem(status: 426, reason: "WebSocket version 13 is served here", headers: upgradeHeaders)
        }
        let keys = request.headers["sec-websocket-key"]
        guard keys.count == 1, let key = keys.first, Base64.isSixteenBytes(key) else {
            return Problem(status: 400, reason: "bad Sec-WebSocket-Key")
        }
        return nil
    }

    private static let upgradeHeaders: HTTPHeaders = ["Sec-WebSocket-Version": "13"]
}
