import HostMedia
import HostNet

extension MetricsRegistry {
    /// A metric whose series are computed when they are asked for.
    typealias Computed = (name: String, kind: Kind, help: String, values: [(labels: String, value: Double)])
}

extension Server {
    /// The Prometheus text: what is recorded, and what is counted now.
    func metricsText() -> String {
        let all = streams.streams
        let plugins = registry.records
        var bytes = 0.0
        var frames = 0.0
        for stream in all {
            let figures = stream.snapshot.figures
            bytes += Double(figures.bytes)
            frames += Double(figures.frames)
        }
        let logs = sinks.values.filter { $0.log != nil }
        return metrics.text(
            [
                ("sluice_streams", .gauge, "Streams on air or lingering.", [("", Double(all.count))]),
                ("sluice_sessions", .gauge, "Protocol sessions.", [("", Double(sessions.count))]),
                ("sluice_players", .gauge, "Players of broadcast logs.", [("", Double(logs.reduce(0) { $0 + $1.playerCount }))]),
                ("sluice_requests_held", .gauge, "HTTP requests that wait for media.", [("", Double(parking.count))]),
                ("sluice_stream_ingest_bytes", .gauge, "Bytes taken by the streams that are on air.", [("", bytes)]),
                ("sluice_stream_ingest_frames", .gauge, "Frames taken by the streams that are on air.", [("", frames)]),
                ("sluice_buffers", .gauge, "Media buffers alive.", [("", Double(MediaBuffers.alive))]),
                (
                    "sluice_plugin_active", .gauge, "1 for a plugin that is active.",
                    plugins.filter { $0.manifest != nil }.map { ("plugin=\"\($0.id)\"", $0.state == .active ? 1 : 0) }
                ),
                ("sluice_degraded", .gauge, "Things that /healthz finds wrong with plugins.", [("", Double(degradations.count))]),
                (
                    "sluice_plugin_call_seconds_total", .counter, "Time in calls into a plugin, as the host sees it.",
                    plugins.compactMap(\.generation).map {
                        ("plugin=\"\($0.id)\"", Double($0.budget.busyNanoseconds) / 1e9)
                    }
                ),
                (
                    "sluice_plugin_call_overruns_total", .counter, "Calls into a plugin that took longer than its budgets.",
                    plugins.compactMap(\.generation).flatMap { generation in
                        [("soft", generation.budget.softOverruns), ("hard", generation.budget.hardOverruns)].map {
                            ("plugin=\"\(generation.id)\",budget=\"\($0.0)\"", Double($0.1))
                        }
                    }
                ),
            ] + outputMetrics(logs))
    }

    /// Series of each log, by stream and format, as far as their number is bounded.
    private func outputMetrics(_ all: [SinkInstance]) -> [MetricsRegistry.Computed] {
        let logs = all.prefix(Self.measuredLogs).compactMap { sink in sink.log.map { (sink, $0, $0.statistics) } }
        func series(
            _ name: String, _ kind: MetricsRegistry.Kind, _ help: String, _ value: (BroadcastLog, BroadcastStatistics) -> Double
        ) -> MetricsRegistry.Computed {
            (name, kind, help, logs.map { (Self.labels($0.0), value($0.1, $0.2)) })
        }
        return [
            series("sluice_output_players", .gauge, "Players of an output.") { Double($1.players) },
            series("sluice_output_sent_bytes_total", .counter, "Bytes sent to players.") { Double($1.sentBytes) },
            series("sluice_output_skipped_bytes_total", .counter, "Bytes that slow players jumped over.") {
                Double($1.skippedBytes)
            },
            series("sluice_output_jumps_total", .counter, "Jumps of slow players to a later picture.") { Double($1.jumps) },
            series("sluice_output_cuts_total", .counter, "Players cut: slow, stalled, or failed while sending.") {
                Double($1.cuts)
            },
            series("sluice_output_dropped_bytes_total", .counter, "Bytes that found no room in the log.") {
                Double($1.droppedBytes)
            },
            series("sluice_output_log_bytes", .gauge, "Memory held by the log.") { Double($1.heldBytes) },
            series("sluice_output_slowest_lag_bytes", .gauge, "How far the slowest player lags.") { log, _ in
                Double(log.slowestLag)
            },
            (
                "sluice_outputs_unmeasured", .gauge, "Outputs beyond those that have series.",
                [("", Double(all.count - logs.count))]
            ),
        ]
    }

    /// More outputs than these get no series of their own: the names of streams are the publishers' to choose.
    private static let measuredLogs = 500

    private static func labels(_ sink: SinkInstance) -> String {
        let pairs = [
            ("app", sink.stream.key.app.text), ("stream", sink.stream.key.stream.text), ("format", sink.formatName),
            ("variant", sink.variant),
        ]
        return pairs.map { "\($0.0)=\"\(MetricsRegistry.escaped($0.1))\"" }.joined(separator: ",")
    }

    /// What the outputs of a stream have sent; any thread.
    func figures(of stream: LiveStream) -> StreamFigures {
        var figures = StreamFigures()
        for sink in sinks.values where sink.stream === stream { figures.add(sink) }
        return figures
    }

    /// Who publishes on a stream now; any thread.
    func publication(of stream: LiveStream) -> Publication? {
        publications.values.first { $0.stream === stream && !$0.isOver }
    }
}
