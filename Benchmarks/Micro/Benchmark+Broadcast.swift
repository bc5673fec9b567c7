import HostNet
import NIOCore

extension Benchmark {
    /// The players' log: what a record costs its writer, and what a flush costs for each player.
    static var broadcast: [Benchmark] {
        [append, flush("broadcast.flush.1-player", players: 1), perPlayer]
    }

    /// A record of 10 KB appended and a batch ended, with nobody there.
    private static var append: Benchmark {
        Benchmark(name: "broadcast.append", operation: "record") { () throws(MicroError) in
            let floor = try BroadcastFloor(players: 0)
            return { floor.onLoop { $0.append(4_000) } }
        }
    }

    private static func flush(_ name: String, players: Int) -> Benchmark {
        Benchmark(name: name, operation: "flush") { () throws(MicroError) in
            let floor = try BroadcastFloor(players: players)
            return { floor.flush(200) }
        }
    }

    /// What each of 99 players more adds to a flush. Its allocations have to be none.
    private static var perPlayer: Benchmark {
        Benchmark(name: "broadcast.flush.each-player", operation: "player's flush") { () throws(MicroError) in
            let one = try BroadcastFloor(players: 1), hundred = try BroadcastFloor(players: 100)
            return { hundred.flush(200).less(one.flush(200), per: 99) }
        }
    }
}
