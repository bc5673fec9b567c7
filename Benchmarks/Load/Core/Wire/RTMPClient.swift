/// The conversation of an RTMP client up to media and through it: handshake, connect, createStream, publish or play, control replies.
///
/// Bytes go in, messages with media come out, answers are appended to `output`. No socket, no clock.
public struct RTMPClient {
    /// What the client wants of the server.
    public enum Purpose: Sendable { case play, publish }

    /// What a server's bytes came to.
    public enum Event: Equatable {
        /// The server lets us publish; `streamID` is known from here on.
        case publishing
        /// The server begins to play.
        case playing
        case media(ChunkMessage)
    }

    private static let connectID = 1.0
    private static let createStreamID = 4.0
    public let purpose: Purpose
    public let app: String
    public let name: String
    public let address: String
    public private(set) var streamID: UInt32 = 0
    /// Bytes to send.
    public var output: [UInt8] = []
    var writer = ChunkWriter()
    let publishChunkSize: Int
    private var chunks = ChunkReader()
    private var input = InputBuffer()
    private var isOpen = false
    private var window: UInt64 = 0
    private var acknowledged: UInt64 = 0

    /// `address` is host:port; `chunkSize` is what a publisher announces.
    public init(purpose: Purpose, app: String, name: String, address: String, chunkSize: Int = 4096) {
        self.purpose = purpose
        self.app = app
        self.name = name
        self.address = address
        publishChunkSize = chunkSize
    }

    /// Begins with C0 and C1, filled from `seed`.
    public mutating func start(seed: UInt64) {
        output.append(3)
        output += [UInt8](repeating: 0, count: 8)
        var random = UInt32(truncatingIfNeeded: seed ^ seed >> 32) | 1
        for _ in 0..<1528 {
            random = random &* 1_664_525 &+ 1_013_904_223
            output.append(UInt8(truncatingIfNeeded: random >> 24))
        }
    }

    /// Acknowledges once the server's window is full; `total` counts all bytes received (RTMP 1.0 §5.4.3).
    public mutating func received(total: UInt64) {
        guard window > 0, isOpen, total - acknowledged >= window else { return }
        acknowledged = total
        put(type: 3, bigEndian: [UInt32(truncatingIfNeeded: total)])
    }

    /// Gives bytes as they came.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if isOpen { chunks.append(bytes) } else { input.append(bytes) }
    }

    /// The next event; nil until more bytes come.
    public mutating func next() throws(WireFault) -> Event? {
        if !isOpen, try !finishHandshake() { return nil }
        while let message = try chunks.next() {
            switch message.type {
            case 4: answerUserControl(message.payload)
            case 5: setWindow(message.payload)
            case 8, 9, 22: return .media(message)
            case 17, 20:
                if let event = try command(message) { return event }
            default: break
            }
        }
        return nil
    }

    /// Appends a media message to `output`.
    public mutating func send(_ body: some RandomAccessCollection<UInt8>, type: UInt8, timestamp: UInt32) {
        writer.write(
            body, type: type, chunkStream: type == 9 ? 6 : type == 8 ? 5 : 4, timestamp: timestamp, streamID: streamID,
            to: &output)
    }

    /// Lets go of input buffers, for good: what comes from now on is not looked at.
    public mutating func forgetInput() {
        chunks = ChunkReader()
        input = InputBuffer()
    }

    private mutating func finishHandshake() throws(WireFault) -> Bool {
        guard let reply = input.read({ $0.remaining >= 3073 ? $0.take(3073).map { Array($0) } : nil }) else { return false }
        guard reply[0] == 3 else { throw .handshake(version: reply[0]) }
        output += reply[1..<1537]
        isOpen = true
        let early = input.takeUp(to: .max)
        early.withUnsafeBytes { chunks.append($0) }
        connect()
        return true
    }

    private mutating func setWindow(_ payload: [UInt8]) {
        payload.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            if let size = reader.u32() { window = UInt64(size) }
        }
    }

    private mutating func answerUserControl(_ payload: [UInt8]) {
        guard payload.count >= 6, payload[0] == 0, payload[1] == 6 else { return }
        writer.write([0, 7] + payload[2..<6], type: 4, chunkStream: 2, to: &output)
    }

    private mutating func command(_ message: ChunkMessage) throws(WireFault) -> Event? {
        let values = message.payload.withUnsafeBytes { bytes in
            AMF0Value.list(message.type == 17 ? UnsafeRawBufferPointer(rebasing: bytes.dropFirst()) : bytes)
        }
        let id = values.count > 1 ? values[1].number : nil
        switch values.first?.text {
        case "_result" where id == Self.connectID: createStream()
        case "_result" where id == Self.createStreamID:
            if values.count > 3, let number = values[3].number { streamID = UInt32(exactly: number) ?? 0 }
            begin()
        // releaseStream and FCPublish may fail harmlessly.
        case "_error" where id == Self.connectID || id == Self.createStreamID: throw .refused("_error")
        case "onStatus": return try status(values.count > 3 ? values[3] : .null)
        case "close": throw .refused("closed the stream")
        default: break
        }
        return nil
    }

    private func status(_ information: AMF0Value) throws(WireFault) -> Event? {
        let code = information["code"]?.text ?? ""
        if information["level"]?.text == "error" { throw .refused(code) }
        return switch code {
        case "NetStream.Publish.Start": purpose == .publish ? .publishing : nil
        case "NetStream.Play.Start": .playing
        default: nil
        }
    }
}
