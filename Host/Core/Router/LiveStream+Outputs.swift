// LiveStream, its outputs: sinks that are opened when somebody asks or with the stream, and who plays. On the lane.

import HostNet

extension LiveStream {
    /// Players that wait for it to be on air, and those that wait for a rendition.
    static let pendingLimit = 10_000

    /// [lane] Somebody wants to play. `hasWaited`: it knows that it waits.
    func add(_ player: any PlayerTarget, _ wish: PlayerWish, hasWaited: Bool = false) {
        let waits = media.tracks == nil
        guard snapshot.state != .ended else { return player.playerLane.post { player.playerEnds("the stream is not on air") } }
        if waits {
            guard pendingPlayers.count < Self.pendingLimit else {
                return player.playerLane.post { player.playerEnds("too many players wait") }
            }
            pendingPlayers.append((player, wish))
            return player.playerLane.post { player.playerWaits() }
        }
        if keeps(player, wish) { return hasWaited ? () : player.playerLane.post { player.playerWaits() } }
        let limit = min(policy.viewers > 0 ? policy.viewers : .max, Int(clamping: viewerLimit))
        guard players < limit else {
            return player.playerLane.post { player.playerEnds("the stream has no place for another viewer") }
        }
        guard let sink = sink(format: wish.format, variant: wish.variant), let log = sink.log else {
            return player.playerLane.post { player.playerEnds("no output of the app writes \(wish.format)") }
        }
        sink.idleSince = 0
        sink.joined(player)
        player.playerLane.post { player.playerJoins(sink, log) }
    }

    private var viewerLimit: UInt64 {
        guard let limit = current?.grant.verdict.maxViewers, limit > 0 else { return .max }
        return limit
    }

    /// Players of all logs.
    var players: Int { sinks.reduce(0) { $0 + $1.playerCount } }

    private func sink(format: String, variant: String) -> SinkInstance? {
        if let open = sinks.first(where: { $0.formatName == format && $0.variant == variant && $0.isOpen }) { return open }
        for output in server.outputs(of: policy) {
            if let index = output.formats.firstIndex(where: { $0.format == format && $0.variant == variant }) {
                return open(output, format: index)
            }
        }
        return nil
    }

    @discardableResult
    func open(_ output: PluginOutput, format: Int) -> SinkInstance? {
        guard let sink = opened(output, format: format) else { return nil }
        sinks.append(sink)
        media.subscribe(sink)
        return sink.isOpen ? sink : nil
    }

    /// A sink with its log, open and on no list yet. Nil: refused, which the log says.
    func opened(_ output: PluginOutput, format: Int) -> SinkInstance? {
        let writes = output.formats.indices.contains(format) ? output.formats[format] : nil
        var log: BroadcastLog?
        if writes != nil {
            var options = BroadcastOptions(pace: policy.pace)
            options.retention = min(server.limits.logBytes, 64 << 20)
            options.stallMilliseconds = server.limits.playerStallMilliseconds
            log = BroadcastLog(runtime: server.runtime, writer: lane.loop, options: options)
        }
        let sink = SinkInstance(
            generation: output.generation, stream: self, table: output.table, format: format, formatName: writes?.format ?? "",
            variant: writes?.variant ?? "", log: log)
        if let reason = sink.open() {
            server.log.error(
                "output refused the stream", ["plugin": output.generation.id, "stream": key.description, "reason": reason])
            return nil
        }
        return sink
    }

    /// [lane] A sink's call failed: the stream goes on without it.
    func sinkFailed(_ sink: SinkInstance, _ reason: String) {
        server.log.error(
            "output failed and was closed", ["plugin": sink.plugin, "stream": key.description, "reason": reason])
        lane.post {
            self.media.unsubscribe(sink)
            self.sinks.removeAll { $0 === sink }
            sink.close(reason: "output failed")
        }
    }

    /// [lane] A plugin that opens with the stream came into service while the stream is on air.
    func openMissing(_ plugin: String) {
        guard media.tracks != nil, snapshot.state != .ended, let output = server.registry.output(plugin), output.opensWithStream,
            !sinks.contains(where: { $0.plugin == plugin && $0.isOpen })
        else { return }
        open(output, format: 0)
    }

    /// [lane] A generation gives up its outputs.
    func closeSinks(of generation: PluginGeneration, _ reason: String) {
        if isReplacing { replaceNow(of: generation) }
        for sink in sinks where sink.generation === generation {
            media.unsubscribe(sink)
            sink.close(reason: reason)
        }
        sinks.removeAll { !$0.isOpen }
    }

    /// [lane] The open sink of a plugin, for its routes.
    func sink(of plugin: String) -> SinkInstance? { sinks.first { $0.plugin == plugin && $0.isOpen } }
}
