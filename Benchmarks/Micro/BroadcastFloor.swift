import CMicro
import Dispatch
import HostNet
import NIOCore

/// A log on one I/O thread with players over loopback whose far ends read everything at once.
///
/// A record is appended, the batch ended, the loop's turn that flushes awaited; then, unmeasured, until the players have read it.
final class BroadcastFloor: @unchecked Sendable {
    private let runtime = NetRuntime(threads: 1)
    private let loop: any EventLoop
    private let log: BroadcastLog
    private let listener: TCPListener?
    private let players: UInt64
    private var reader: OpaquePointer?
    private let record = CBytes(TestMedia.picture(10_000))
    private var index = 0
    // Of the flushes under way.
    private var meter = Meter()
    private var left = 0
    private var expected: UInt64 = 0
    private var done: EventLoopPromise<Void>?

    init(players count: Int) throws(MicroError) {
        loop = runtime.nextLoop()
        log = BroadcastLog(runtime: runtime, writer: loop, options: BroadcastOptions(pace: .low))
        players = UInt64(count)
        guard count > 0 else {
            listener = nil
            return
        }
        let log = log
        do throws(NetError) {
            listener = try TCPListener.listen(on: runtime, ListenerSettings(address: "127.0.0.1", port: 0)) { connection in
                try? connection.attach(to: log)
            }
        } catch {
            throw .network("\(error)")
        }
        try connect(count)
    }

    deinit {
        if let reader { micro_reader_stop(reader) }
        listener?.stop()
        // The last reference may go with a task of a loop, which cannot wait for its own end.
        let runtime = runtime
        DispatchQueue.global().async { runtime.shutdown() }
    }

    private func connect(_ count: Int) throws(MicroError) {
        micro_raise_file_limit()
        var sockets: [Int32] = []
        for _ in 0..<count {
            let socket = micro_connect(UInt16(truncatingIfNeeded: listener?.port ?? 0))
            guard socket >= 0 else { throw .network("connect: error \(-socket)") }
            sockets.append(socket)
        }
        reader = micro_reader_start(sockets, sockets.count)
        guard reader != nil else { throw .network("no reader") }
        // The first record is a join point: everybody has come when everybody has it.
        _ = onLoop { $0.append(1, waits: true) }
        let deadline = micro_now_ns() + 10_000_000_000
        while log.playerCount < count || read < UInt64(count) * UInt64(record.bytes.count) {
            guard micro_now_ns() < deadline else { throw .network("\(log.playerCount) of \(count) players came") }
            pause()
        }
        expected = read
    }

    private var read: UInt64 { reader.map { micro_reader_bytes($0) } ?? 0 }

    private func pause() { micro_pause() }

    /// Runs `body` on the loop and waits for it.
    func onLoop(_ body: @escaping @Sendable (BroadcastFloor) -> Sample) -> Sample {
        let sample = try? loop.submit { body(self) }.wait()
        return sample ?? Sample(nanoseconds: 0, allocations: 0, bytes: 0)
    }

    /// `count` records without a flush between them; on the loop.
    func append(_ count: Int, waits: Bool = false) -> Sample {
        Meter.batch(count) {
            for _ in 0..<count { appendOne() }
        }
    }

    private func appendOne() {
        log.append(record.bytes, joinPoint: index % 60 == 0, video: true)
        log.endOfBatch()
        index += 1
    }

    /// `count` times a record and its flush to all players.
    func flush(_ count: Int) -> Sample {
        let promise = loop.makePromise(of: Void.self)
        loop.execute {
            self.meter = Meter()
            self.left = count
            self.done = promise
            self.step()
        }
        try? promise.futureResult.wait()
        return meter.sample(count)
    }

    /// The flush that `endOfBatch` asked for runs before what is queued here.
    private func step() {
        meter.start()
        appendOne()
        loop.execute {
            self.meter.stop()
            self.settle()
        }
    }

    /// Waits until all is read, so that no socket is ever full.
    private func settle() {
        expected += players * UInt64(record.bytes.count)
        while read < expected { pause() }
        left -= 1
        guard left == 0 else { return loop.execute { self.step() } }
        done?.succeed()
    }
}
