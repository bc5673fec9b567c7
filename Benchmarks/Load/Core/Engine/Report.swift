/// The result of a run: one JSON line.
struct Report {
    let line: String
    /// Nothing was wrong.
    let isClean: Bool

    init(engine: Engine, seconds: Double, cpu: Double) {
        let spread = Spread(engine: engine, seconds: seconds)
        var line = JSONLine()
        line.add("ev", "result")
        line.add("mode", engine.options.mode.rawValue)
        line.add("n", engine.options.count)
        Self.add(spread, engine, seconds, to: &line)
        Self.add(engine.referee.counts, to: &line)
        line.add("first_key_ms", engine.firstKey)
        line.add("latency_ms", engine.referee.latency)
        line.add("pub_frames", engine.publishing.frames)
        line.add("pub_late_max_ms", Double(engine.publishing.latest) / 1e6, digits: 3)
        line.add("cpu_s", cpu, digits: 4)
        line.add("cpu_share", seconds > 0 ? cpu / seconds : 0, digits: 3)
        line.add("hostile", spread.hostile)
        line.add("cut", engine.cut + engine.clients.reduce(0) { $0 + ($1.wasCut() ? 1 : 0) })
        line.add("joins", engine.churn.done)
        line.add("joins_failed", engine.churn.failed)
        line.add("resets", engine.churn.resets)
        self.line = line.line
        isClean = engine.failed == 0 && spread.neverReady == 0 && spread.stalled == 0 && engine.referee.counts.isClean
    }

    private static func add(_ spread: Spread, _ engine: Engine, _ seconds: Double, to line: inout JSONLine) {
        let isPublish = engine.options.mode == .publish
        let bytes = isPublish ? engine.publishing.bytes : spread.total
        let gbit = Double(bytes) * 8 / 1e9
        line.add("alive", spread.alive)
        line.add("failed", engine.failed)
        line.add("never_ready", spread.neverReady)
        line.add("stalled", spread.stalled)
        line.add("slow", isPublish ? 0 : spread.slow)
        line.add("secs", seconds, digits: 3)
        line.add("bytes", bytes)
        line.add("gbit", gbit, digits: 6)
        line.add("gbit_s", seconds > 0 ? gbit / seconds : 0, digits: 6)
        line.add("bytes_min", spread.least)
        line.add("bytes_med", spread.median)
        line.add("bytes_max", spread.most)
        line.add("max_silence_ms", Double(spread.longestSilence) / 1e6, digits: 1)
    }

    private static func add(_ counts: Counts, to line: inout JSONLine) {
        line.add("video", counts.video)
        line.add("audio", counts.audio)
        line.add("key", counts.key)
        line.add("ts_back", counts.timestampsBack)
        line.add("gaps", counts.gaps)
        line.add("lost", counts.lost)
        line.add("dup", counts.duplicates)
        line.add("crc_err", counts.crcErrors)
        line.add("no_mark", counts.noMark)
        line.add("proto_err", counts.protocolErrors)
        line.add("cc_err", 0)
        line.add("foreign", counts.foreign)
        line.add("refused", counts.refused)
        line.add("missed", counts.missed)
    }
}
