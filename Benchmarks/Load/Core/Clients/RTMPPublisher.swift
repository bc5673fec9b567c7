import CLoad

/// Publishes an FLV file in a loop, each tag at its time, a mark in each video frame.
final class RTMPPublisher: Client {
    private static let longestBacklog = 16 << 20
    private let file: FLVFile
    private var rtmp: RTMPClient
    private var begun: UInt64 = 0
    private var position = 0
    private var loop: UInt64 = 0
    private var counter: UInt32 = 0
    private var body: [UInt8] = []

    init(engine: Engine, index: Int, stream: Int, file: FLVFile) {
        self.file = file
        let target = engine.options.target
        rtmp = RTMPClient(
            purpose: .publish, app: target.app(stream: stream), name: target.name(stream: stream), address: target.address,
            chunkSize: engine.options.chunkSize)
        super.init(engine: engine, index: index, stream: stream)
        counter = UInt32(engine.tag(stream: stream)) << 24
    }

    override func opened() {
        rtmp.start(seed: tally.started)
        collect()
    }

    override func take(_ bytes: UnsafeRawBufferPointer) throws(WireFault) {
        rtmp.append(bytes)
        while let event = try rtmp.next() {
            if event == .publishing, begun == 0 { publish() }
        }
        collect()
    }

    override func counted(_ count: Int) {
        rtmp.received(total: tally.bytes)
    }

    private func publish() {
        begun = cload_now()
        for tag in file.head { send(tag, timestamp: 0) }
        ready()
        wake(at: begun)
    }

    override func work() {
        guard state == .running else { return }
        let tag = file.media[position]
        let counting = engine.referee.isCounting
        if counting { engine.publishing.latest = max(engine.publishing.latest, engine.now - min(engine.now, due)) }
        send(tag, timestamp: UInt32(truncatingIfNeeded: UInt64(tag.timestamp) + loop * UInt64(file.duration)))
        if counting {
            engine.publishing.frames += tag.markOffset == nil ? 0 : 1
            engine.publishing.bytes += UInt64(rtmp.output.count)
        }
        collect()
        position += 1
        if position == file.media.count {
            position = 0
            loop += 1
        }
        flush()
        if backlog > Self.longestBacklog { return end("server reads too slowly") }
        if state == .running { wake(at: due) }
    }

    /// When the next tag is to leave.
    private var due: UInt64 { begun + (UInt64(file.media[position].timestamp) + loop * UInt64(file.duration)) * millisecond }

    private func send(_ tag: FLVFile.Tag, timestamp: UInt32) {
        if tag.type == 18 {
            body.removeAll(keepingCapacity: true)
            AMF0Value.string("@setDataFrame").write(to: &body)
            body += tag.body
            rtmp.send(body, type: 18, timestamp: timestamp)
        } else if let offset = tag.markOffset, engine.options.marks {
            body.removeAll(keepingCapacity: true)
            body += tag.body.prefix(offset)
            body.put32(UInt32(Mark.size))
            Mark(time: cload_now(), counter: counter, crc: tag.crc).write(to: &body)
            body += tag.body.dropFirst(offset)
            rtmp.send(body, type: 9, timestamp: timestamp)
            // The tag in the upper eight bits stays.
            counter = counter & 0xff00_0000 | (counter &+ 1) & 0x00ff_ffff
        } else {
            rtmp.send(tag.body, type: tag.type, timestamp: timestamp)
        }
    }

    private func collect() {
        output += rtmp.output
        rtmp.output.removeAll(keepingCapacity: true)
    }
}
