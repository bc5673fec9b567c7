import CLoad
import Glibc

/// What the kernel's TCP send costs alone, which is the yardstick for servers: accepts, reads one HTTP request, answers with a head,
/// then sends every player the same bytes out of one buffer, one send per player and interval. Nothing is parsed or copied.
final class FloorLoop {
    private struct Player {
        var socket: Int32
        var isLive = false
        var sent: UInt64 = 0
        var due: UInt64 = 0
        /// Which turn of the interval serves it.
        var phase = 0
    }

    private static let size = 8 << 20
    private static let listenerKey = UInt64.max
    private let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 4096)
    private let events = UnsafeMutablePointer<cload_event>.allocate(capacity: 512)
    private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)
    private let poller: Int32
    private let listener: Int32
    private let perInterval: UInt64
    private let phases: Int
    private let step: UInt64
    private var players: ContiguousArray<Player> = []
    private var accepted = 0

    init(_ options: FloorOptions) throws(UsageError) {
        poller = cload_poller()
        listener = cload_listen(options.port)
        guard poller >= 0, listener >= 0, cload_watch(poller, listener, Self.listenerKey, CLOAD_READABLE) == 0 else {
            throw UsageError("cannot listen on port \(options.port): \(systemError(-listener))")
        }
        perInterval = UInt64(options.rate * 1e6 / 8 * options.interval / 1e3)
        phases = options.spreads ? max(1, Int(options.interval)) : 1
        step = UInt64(options.interval * 1e6) / UInt64(phases)
        var random: UInt32 = 1
        for i in bytes.indices {
            random = random &* 1_664_525 &+ 1_013_904_223
            bytes[i] = UInt8(truncatingIfNeeded: random >> 24)
        }
    }

    deinit {
        bytes.deallocate()
        events.deallocate()
        scratch.deallocate()
    }

    /// Runs until SIGINT or SIGTERM.
    func run() {
        var next = cload_now() + step
        var turn = 0
        while cload_stopped() == 0 {
            let now = cload_now()
            if now >= next {
                serve(phase: turn % phases)
                turn += 1
                next += step
            } else {
                poll(min(next - now, 100 * millisecond))
            }
        }
    }

    private func poll(_ time: UInt64) {
        for i in 0..<max(0, Int(cload_wait(poller, events, 512, time))) {
            if events[i].key == Self.listenerKey { accept() } else { read(Int(events[i].key)) }
        }
    }

    private func serve(phase: Int) {
        for i in players.indices where players[i].isLive && players[i].phase == phase {
            players[i].due += perInterval
            send(i)
        }
    }

    private func send(_ i: Int) {
        let offset = Int(players[i].sent % UInt64(Self.size))
        let count = min(Int(players[i].due - players[i].sent), Self.size)
        let first = min(count, Self.size - offset)
        let start = bytes.baseAddress.map { UnsafeRawPointer($0) }
        let sent = cload_send2(players[i].socket, start.map { $0 + offset }, first, start, count - first)
        if sent >= 0 {
            players[i].sent += UInt64(sent)
        } else if sent != -Int(EAGAIN), sent != -Int(EINTR) {
            drop(i)
        }
    }

    private func accept() {
        while case let socket = cload_accept(listener), socket >= 0 {
            let place = players.firstIndex { $0.socket < 0 } ?? players.count
            let player = Player(socket: socket, phase: accepted % phases)
            accepted += 1
            if place == players.count { players.append(player) } else { players[place] = player }
            _ = cload_watch(poller, socket, UInt64(place), CLOAD_READABLE)
        }
    }

    private func read(_ i: Int) {
        guard players[i].socket >= 0 else { return }
        let count = cload_receive(players[i].socket, scratch.baseAddress, scratch.count)
        if count == -Int(EAGAIN) || count == -Int(EINTR) { return }
        guard count > 0 else { return drop(i) }
        guard !players[i].isLive else { return }
        let head = Array("HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n".utf8)
        guard head.withUnsafeBytes({ cload_send(players[i].socket, $0.baseAddress, $0.count) }) == head.count else {
            return drop(i)
        }
        players[i].isLive = true
    }

    private func drop(_ i: Int) {
        cload_close(players[i].socket)
        players[i].socket = -1
        players[i].isLive = false
    }
}
