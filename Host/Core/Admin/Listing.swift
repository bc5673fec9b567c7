import HostConfig
import HostIsolation
import HostMedia
import SluiceJSON

/// Host objects as the API shows them.
enum Listing {
    static func plugin(_ record: PluginRecord) -> JSONValue {
        var object: JSONObject = [
            "id": .string(record.id), "state": .string(record.state.rawValue), "reason": .string(record.reason),
            "manifest": .string(record.file),
        ]
        if !record.hint.isEmpty { object["hint"] = .string(record.hint) }
        guard let manifest = record.manifest else { return .object(object) }
        object["library"] = .string(manifest.library)
        object["interfaces"] = JSONValue(manifest.interfaces)
        object["isolation"] = .string(manifest.isolation.rawValue)
        if !manifest.commands.isEmpty { object["commands"] = JSONValue(manifest.commands.map(\.name)) }
        guard let generation = record.generation else { return .object(object) }
        object["version"] = .string(generation.loaded.version)
        object["description"] = .string(generation.loaded.summary)
        object["sha256"] = .string(record.sha256)
        object["generation"] = JSONValue(generation.number)
        object["budgets"] = budgets(generation)
        object["leases"] = leases(generation)
        object["retired"] = JSONValue(record.retired)
        object["retired_images"] = JSONValue(record.retiredImages)
        if record.retiredImages >= PluginChanges.retiredLimit {
            object["advice"] = .string(
                "\(record.retiredImages) replaced images of it stay mapped: plan a rolling restart of the server")
        }
        object["generations"] = .array((record.older + [generation]).map(self.generation))
        return .object(object)
    }

    /// One generation: what keeps it alive, what it costs, what went wrong last.
    private static func generation(_ generation: PluginGeneration) -> JSONValue {
        let busy = generation.budget.busyNanoseconds / 1_000_000
        var shown: JSONObject = [
            "generation": JSONValue(generation.number), "state": .string(generation.currentPlace.name),
            "version": .string(generation.loaded.version), "sha256": .string(generation.loaded.staged.sha256),
            "isolation": .string(generation.manifest.isolation.rawValue), "leases": leases(generation),
            "memory": JSONValue(generation.imageBytes), "cpu_ms": JSONValue(busy), "calls_ms": JSONValue(busy),
            "budgets": budgets(generation),
        ]
        let trouble = generation.lastTrouble.withLock { $0 }
        if !trouble.isEmpty { shown["last_error"] = .string(trouble) }
        if let process = generation.process {
            show(process.figures, in: &shown)
            let workers = process.workerFigures
            if !workers.isEmpty { shown["processes"] = .array(workers.map { worker($0.key, $0.figures) }) }
        }
        return .object(shown)
    }

    private static func budgets(_ generation: PluginGeneration) -> JSONValue {
        let (limits, budget) = (generation.manifest.budgets, generation.budget)
        var object: JSONObject = [
            "soft_ms": JSONValue(limits.softMilliseconds), "hard_ms": JSONValue(limits.hardMilliseconds),
            "on_overrun": .string(limits.onOverrun.rawValue), "soft_overruns": JSONValue(budget.softOverruns),
            "hard_overruns": JSONValue(budget.hardOverruns), "hanging": JSONValue(budget.hangingCalls),
        ]
        if let last = budget.lastOverrun {
            object["last"] = [
                "function": .string("\(last.call.name)"), "ms": JSONValue(last.milliseconds), "thread": .string(last.thread),
                "kind": .string("\(last.kind)"),
            ]
        }
        return .object(object)
    }

    private static func show(_ figures: ProcessFigures, in object: inout JSONObject) {
        object["pid"] = JSONValue(figures.pid)
        object["process"] = .string(figures.state.rawValue)
        object["restarts"] = JSONValue(figures.restarts)
        object["sandbox"] = .string(figures.sandbox)
        object["memory"] = JSONValue(figures.residentBytes)
        object["cpu_ms"] = JSONValue(figures.cpuNanoseconds / 1_000_000)
        object["open"] = JSONValue(figures.open)
        if !figures.lastDeath.isEmpty { object["last_death"] = .string(figures.lastDeath) }
    }

    /// The process of one stream or group.
    private static func worker(_ key: String, _ figures: ProcessFigures) -> JSONValue {
        var object: JSONObject = [
            "of": .string(key), "process": .string(figures.state.rawValue), "pid": JSONValue(figures.pid),
            "restarts": JSONValue(figures.restarts), "memory": JSONValue(figures.residentBytes),
            "cpu_ms": JSONValue(figures.cpuNanoseconds / 1_000_000), "transforms": JSONValue(figures.open),
        ]
        if let used = figures.processors { object["cpu_percent"] = JSONValue(Int((used * 100).rounded())) }
        if !figures.lastDeath.isEmpty { object["last_death"] = .string(figures.lastDeath) }
        return .object(object)
    }

    /// What keeps a generation alive, by kind.
    private static func leases(_ generation: PluginGeneration) -> JSONValue {
        .object(JSONObject(generation.leaseList.map { ($0.0, JSONValue($0.1)) }))
    }

    static func app(_ app: AppConfiguration, _ server: Server) -> JSONValue {
        let live = server.streams.streams.count { $0.key.app.text == app.name }
        return [
            "name": .string(app.name), "open": .bool(app.isOpen), "auth": JSONValue(app.auth.map(\.plugin)),
            "outputs": JSONValue(app.outputs),
            "latency": .string(app.latency.rawValue), "duplicate": .string(app.duplicate.rawValue), "streams": JSONValue(live),
            "steps": JSONValue(app.steps.map { "\($0.name): \($0.use) from \($0.from)" }),
            "sources": server.sourceListing(app.name),
        ]
    }

    static func stream(_ stream: LiveStream, _ server: Server) -> JSONValue {
        let snapshot = stream.snapshot
        let sent = server.figures(of: stream)
        var object: JSONObject = [
            "app": .string(stream.key.app.text), "name": .string(stream.key.stream.text), "state": .string(snapshot.state.name),
            "started": .integer(snapshot.startedWall / 1_000_000), "reconnects": JSONValue(snapshot.reconnects),
            "tracks": .array((snapshot.tracks?.tracks ?? []).map(track)), "players": JSONValue(sent.players),
            "bytes_in": JSONValue(snapshot.figures.bytes), "frames_in": JSONValue(snapshot.figures.frames),
            "frames_dropped": JSONValue(snapshot.figures.dropped), "times_repaired": JSONValue(snapshot.figures.repairs),
            "time_jumps": JSONValue(snapshot.figures.jumps), "bitrate": JSONValue(snapshot.figures.measuredBitrate),
            "bytes_out": JSONValue(sent.sentBytes), "bytes_skipped": JSONValue(sent.skippedBytes), "jumps": JSONValue(sent.jumps),
            "cuts": JSONValue(sent.cuts),
        ]
        if !snapshot.group.isEmpty { object["group"] = .string(snapshot.group) }
        if !snapshot.attributes.isEmpty {
            object["attributes"] = .object(
                JSONObject(snapshot.attributes.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
        }
        if let publication = server.publication(of: stream) {
            object["publisher"] = [
                "session": .string(publication.origin == .session ? String(publication.connection) : ""),
                "peer": .string(publication.peer),
                "protocol": .string(publication.protocolName), "client": .string(publication.description),
                "principal": .string(publication.grant.verdict.principal), "since": .integer(publication.startedWall / 1_000_000),
            ]
        }
        return .object(object)
    }

    private static func track(_ track: TrackSet.Track) -> JSONValue {
        let kinds: [UInt32: String] = [1: "video", 2: "audio", 3: "data"]
        var object: JSONObject = [
            "id": JSONValue(track.id), "kind": .string(kinds[track.kind] ?? "unknown"), "codec": .string(track.codecName),
        ]
        if track.width > 0 {
            object["width"] = JSONValue(track.width)
            object["height"] = JSONValue(track.height)
        }
        if track.frameRateMilli > 0 { object["frame_rate"] = .number(Double(track.frameRateMilli) / 1000) }
        if track.sampleRate > 0 { object["sample_rate"] = JSONValue(track.sampleRate) }
        if track.channels > 0 { object["channels"] = JSONValue(track.channels) }
        return .object(object)
    }

    static func session(_ session: Session) -> JSONValue {
        let words = session.words
        var object: JSONObject = [
            "id": .string(String(session.handle)), "plugin": .string(session.plugin),
            "listener": .string(session.listener),
            "peer": .string("\(session.peer):\(session.peerPort)"), "tls": .bool(session.isTLS),
            "since": .integer(session.startedWall / 1_000_000), "publishes": JSONValue(words.publishes),
            "plays": .string(words.plays),
        ]
        if !words.principal.isEmpty { object["principal"] = .string(words.principal) }
        for pair in words.pairs where object[pair.key] == nil { object[pair.key] = .string(pair.value) }
        return .object(object)
    }
}
