import HostMedia

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
        return metrics.text([
            ("sluice_streams", .gauge, "Streams on air or lingering.", [("", Double(all.count))]),
            ("sluice_sessions", .gauge, "Protocol sessions.", [("", Double(sessions.count))]),
            ("sluice_players", .gauge, "Players of broadcast logs.", [("", Double(all.reduce(0) { $0 + players(of: $1) }))]),
            ("sluice_requests_held", .gauge, "HTTP requests that wait for media.", [("", Double(parking.count))]),
            ("sluice_stream_ingest_bytes", .gauge, "Bytes taken by the streams that are on air.", [("", bytes)]),
            ("sluice_stream_ingest_frames", .gauge, "Frames taken by the streams that are on air.", [("", frames)]),
            ("sluice_buffers", .gauge, "Media buffers alive.", [("", Double(MediaBuffers.alive))]),
            (
                "sluice_plugin_active", .gauge, "1 for a plugin that is active.",
                plugins.filter { $0.manifest != nil }.map { ("plugin=\"\($0.id)\"", $0.state == .active ? 1 : 0) }
            ),
            (
                "sluice_plugin_call_overruns_total", .counter, "Calls into a plugin that took longer than its budgets.",
                plugins.compactMap(\.generation).flatMap { generation in
                    [("soft", generation.budget.softOverruns), ("hard", generation.budget.hardOverruns)].map {
                        ("plugin=\"\(generation.id)\",budget=\"\($0.0)\"", Double($0.1))
                    }
                }
            ),
        ])
    }

    /// Players of all logs of a stream; any thread.
    func players(of stream: LiveStream) -> Int {
        sinks.values.reduce(0) { $0 + ($1.stream === stream ? $1.playerCount : 0) }
    }

    /// Who publishes on a stream now; any thread.
    func publication(of stream: LiveStream) -> Publication? {
        publications.values.first { $0.stream === stream && !$0.isOver }
    }
}
