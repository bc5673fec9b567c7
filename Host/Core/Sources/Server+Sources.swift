import HostConfig
import HostPaths
import SluiceJSON

/// The streams that the server brings on air itself: `[[app.NAME.source]]`.
extension Server {
    /// [control] Brings what runs into line with the configuration. Sources that did not change notice nothing.
    func syncSources() {
        var wanted: [StreamKey: SourceConfiguration] = [:]
        for app in configuration.apps {
            for source in app.sources {
                guard let key = StreamKey(app: app.name, stream: source.stream) else { continue }
                wanted[key] = source
            }
        }
        let (gone, new) = ownSources.withLock { sources in
            var gone: [SourceRun] = []
            var new: [SourceRun] = []
            for (key, run) in sources where wanted[key].map({ !run.configuration.isSame(as: $0) }) ?? true {
                gone.append(run)
                sources[key] = nil
            }
            for (key, source) in wanted where sources[key] == nil {
                let lane = lanes[
                    Int(truncatingIfNeeded: key.description.utf8.reduce(5381) { $0 &* 33 &+ UInt($1) } % UInt(lanes.count))]
                let run = SourceRun(source, key: key, lane: lane, server: self)
                sources[key] = run
                new.append(run)
            }
            return (gone, new)
        }
        for run in gone { run.lane.post { run.close("the source is not configured so any more") } }
        for run in new { run.lane.post { run.open() } }
    }

    /// [any] Sources of a plugin.
    func sources(of id: String) -> [SourceRun] {
        ownSources.withLock { $0.values.filter { $0.configuration.use == id } }
    }

    /// [any] For listings, by name.
    func sourceListing(_ app: String) -> JSONValue {
        let all = ownSources.withLock { $0.values.filter { $0.key.app.text == app } }.sorted { $0.key < $1.key }
        return .array(
            all.map { run in
                let words = run.words
                var object: JSONObject = [
                    "stream": .string(run.key.stream.text), "plugin": .string(run.configuration.use),
                    "state": .string(words.state), "failures": JSONValue(words.failures),
                ]
                if !words.reason.isEmpty { object["reason"] = .string(words.reason) }
                return .object(object)
            })
    }

    /// [any] Ends all sources.
    func endSources(_ reason: String) {
        let all = ownSources.withLock { sources in
            defer { sources = [:] }
            return Array(sources.values)
        }
        for run in all { run.lane.post { run.close(reason) } }
    }

    // MARK: Settings

    /// [any] A step's settings as its plugin gets them.
    func stepSettings(_ app: String, _ step: StepConfiguration) -> String {
        let configuration = configuration
        guard let configured = configuration.app(app), let inForce = configured.steps.first(where: { $0.isSame(as: step) }),
            let settings = try? configuration.settings(app: configured, step: inForce, schema: schema(of: step.use, \.stepSchema))
        else { return "{}" }
        return JSONValue.object(settings).serialized()
    }

    /// [any] A source's settings as its plugin gets them.
    func sourceSettings(_ app: String, _ source: SourceConfiguration) -> String {
        let configuration = configuration
        guard let configured = configuration.app(app), let inForce = configured.sources.first(where: { $0.isSame(as: source) }),
            let settings = try? configuration.settings(
                app: configured, source: inForce, schema: schema(of: source.use, \.sourceSchema))
        else { return "{}" }
        return JSONValue.object(settings).serialized()
    }

    private func schema(of id: String, _ text: KeyPath<LoadedModule, String>) -> ConfigurationSchema? {
        registry.active(id).flatMap { ConfigurationSchema.declared($0.loaded[keyPath: text]) }
    }

    /// [any] What outputs declare that their players play, by FourCC; those that declare nothing are not listed.
    func players(of outputs: [String]) -> [(output: String, codecs: [UInt32])] {
        outputs.compactMap { id in
            guard let plays = registry.active(id)?.manifest.plays, !plays.isEmpty else { return nil }
            return (id, plays.map { $0.utf8.reduce(0) { $0 << 8 | UInt32($1) } })
        }
    }
}
