/// A player of an RTMP stream.
final class RTMPPlayer: Client {
    private var rtmp: RTMPClient

    init(engine: Engine, index: Int, stream: Int, behaviour: Behaviour) {
        rtmp = Self.client(engine, stream)
        super.init(engine: engine, index: index, stream: stream, behaviour: behaviour)
    }

    private static func client(_ engine: Engine, _ stream: Int) -> RTMPClient {
        let target = engine.options.target
        return RTMPClient(
            purpose: .play, app: target.app(stream: stream), name: target.name(stream: stream), address: target.address)
    }

    override func begin() {
        rtmp = Self.client(engine, stream)
        base = tally.bytes
    }

    /// What earlier connections read.
    private var base: UInt64 = 0

    override func opened() {
        rtmp.start(seed: tally.started)
        collect()
    }

    override var droppable: Int { tally.isReady && !parses ? .max : 0 }

    override func counted(_ count: Int) {
        rtmp.received(total: tally.bytes - base)
        if !rtmp.output.isEmpty { collect() }
    }

    override func take(_ bytes: UnsafeRawBufferPointer) throws(WireFault) {
        rtmp.append(bytes)
        while let event = try rtmp.next() {
            if case .media(let message) = event { media(message) }
            if droppable > 0 {
                rtmp.forgetInput()
                break
            }
        }
        collect()
    }

    private func collect() {
        output += rtmp.output
        rtmp.output.removeAll(keepingCapacity: true)
    }

    private func media(_ message: ChunkMessage) {
        message.payload.withUnsafeBytes { body in
            if message.type == 22 {
                aggregate(body)
            } else {
                judge(message.type, message.timestamp, body)
            }
        }
    }

    /// Aggregate messages hold FLV tags; the last back pointer may be missing (RTMP 1.0 §7.1.6).
    private func aggregate(_ bytes: UnsafeRawBufferPointer) {
        var reader = ByteReader(bytes)
        while let type = reader.u8(), let length = reader.u24(), let time = reader.u24(), let high = reader.u8(), reader.skip(3),
            let body = reader.take(Int(length))
        {
            judge(type, UInt32(high) << 24 | time, body)
            _ = reader.u32()
        }
    }

    private func judge(_ type: UInt8, _ timestamp: UInt32, _ body: UnsafeRawBufferPointer) {
        if type == 8 { engine.referee.audio(body, timestamp: timestamp, check: &check) }
        guard type == 9 else { return }
        if engine.referee.video(body, timestamp: timestamp, arrived: engine.now, check: &check) { ready() }
    }
}
