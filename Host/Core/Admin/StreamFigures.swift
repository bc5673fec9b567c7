import HostNet
import SluiceJSON

/// What the outputs of one stream have sent, as far as any thread may know.
struct StreamFigures {
    var players = 0
    var sentBytes: UInt64 = 0
    var skippedBytes: UInt64 = 0
    var jumps: UInt64 = 0
    var cuts: UInt64 = 0
    var droppedBytes: UInt64 = 0
    var heldBytes = 0

    /// Adds an output; its log counts from when it was opened, which is when the first player came.
    mutating func add(_ sink: SinkInstance) {
        players += sink.playerCount
        guard let log = sink.log else { return }
        let figures = log.statistics
        sentBytes &+= figures.sentBytes
        skippedBytes &+= figures.skippedBytes
        jumps &+= figures.jumps
        cuts &+= figures.cuts
        droppedBytes &+= figures.droppedBytes
        heldBytes += figures.heldBytes
    }
}

/// One output of a stream and where its players stand; gathered for `GET /api/v1/streams/{app}/{stream}`.
///
/// Made on the stream's lane, completed by asking every I/O thread; nobody waits for anybody.
struct OutputReport: Sendable {
    let plugin: String
    let format: String
    let variant: String
    let players: Int
    let framesLost: UInt64
    let log: BroadcastLog?
    var lag = BroadcastLag()

    /// [lane]
    init(_ sink: SinkInstance) {
        plugin = sink.plugin
        format = sink.formatName
        variant = sink.variant
        players = sink.playerCount
        framesLost = sink.framesLost
        log = sink.log
    }

    /// The output as JSON. `bitrate`, of the stream in bits per second, turns bytes of lag into time; 0 when it is not known.
    func listing(bitrate: UInt64) -> JSONValue {
        var object: JSONObject = [
            "plugin": .string(plugin), "players": JSONValue(players), "frames_lost": JSONValue(framesLost),
        ]
        guard let log else { return .object(object) }
        let figures = log.statistics
        object["format"] = .string(format)
        if !variant.isEmpty { object["variant"] = .string(variant) }
        object["players_by_thread"] = .array(log.playersByLoop.map { JSONValue($0) })
        object["players_behind"] = JSONValue(lag.behind)
        object["players_waiting"] = JSONValue(lag.waiting)
        object["bytes_out"] = JSONValue(figures.sentBytes)
        object["bytes_skipped"] = JSONValue(figures.skippedBytes)
        object["jumps"] = JSONValue(figures.jumps)
        object["cuts"] = JSONValue(figures.cuts)
        object["records"] = JSONValue(figures.records)
        object["bytes_dropped"] = JSONValue(figures.droppedBytes)
        object["log_bytes"] = JSONValue(figures.heldBytes)
        object["lag_bytes"] = Self.percentiles(lag) { JSONValue($0) }
        if bitrate > 0 {
            object["lag_ms"] = Self.percentiles(lag) { JSONValue(UInt64(Double($0) * 8_000 / Double(bitrate))) }
        }
        return .object(object)
    }

    private static func percentiles(_ lag: BroadcastLag, _ value: (UInt64) -> JSONValue) -> JSONValue {
        ["p50": value(lag.p50), "p90": value(lag.p90), "p99": value(lag.p99), "max": value(lag.max)]
    }
}
