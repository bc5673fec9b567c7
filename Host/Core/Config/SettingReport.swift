import SluiceJSON

/// One setting as `sluice check` prints it: what holds, what would hold by default, and where it was set.
public struct SettingReport: Sendable, Equatable {
    /// As TOML would name it: `limits.handshake_ms`.
    public var path: ConfigurationPath
    /// The value in force, as TOML or JSON writes it.
    public var value: String
    /// `bytes`, `milliseconds`, or empty.
    public var unit: String
    /// The value by default; nil when there is none.
    public var defaultValue: String?
    /// `FILE:LINE:COLUMN`, or nil for a default.
    public var origin: String?
    /// One line of meaning; may be empty.
    public var summary: String
}

extension ServerConfiguration {
    /// Every setting of the host, the limits last, apps in between.
    public var report: [SettingReport] {
        var lines: [SettingReport] = []
        let defaults = ServerConfiguration(file: file)
        func add(_ path: ConfigurationPath, _ value: String, _ fallback: String?, unit: String = "", _ summary: String) {
            let origin = document.value(at: path) == nil ? nil : document.position(of: path).map { "\(file):\($0)" }
            lines.append(
                SettingReport(path: path, value: value, unit: unit, defaultValue: fallback, origin: origin, summary: summary))
        }
        add(["host", "plugins"], pluginsFolder, defaults.pluginsFolder, "folder of the manifests")
        add(["host", "threads"], "\(threads)", "0", "I/O threads; 0: one per CPU")
        add(["host", "require_hash"], "\(requireHash)", "false", "refuse manifests without sha256")
        add(["host", "log_level"], logLevel.rawValue, defaults.logLevel.rawValue, "least severe log level")
        add(
            ["host", "drain_s"], AppConfiguration.seconds(drainMilliseconds),
            AppConfiguration.seconds(defaults.drainMilliseconds),
            "time that publishers have to finish when the server stops")
        if let tls {
            add(["tls", "certificate"], tls.certificate, nil, "PEM chain")
            add(["tls", "key"], tls.key, nil, "PEM private key")
        }
        let milliseconds = LimitDefinition.Unit.milliseconds.rawValue
        add(
            ["auth", "deadline_ms"], "\(authDeadlineMilliseconds)", "\(defaults.authDeadlineMilliseconds)", unit: milliseconds,
            "time for an auth plugin to answer")
        add(["auth", "cache_entries"], "\(authCacheEntries)", "\(defaults.authCacheEntries)", "verdicts kept")
        for app in apps {
            for step in app.steps {
                let path = (["app", app.name, "step"] as ConfigurationPath).appending(step.index)
                add(path, "\(step.name): \(step.use) from \(step.from)", nil, "what is made of its streams")
            }
            for source in app.sources {
                let path = (["app", app.name, "source"] as ConfigurationPath).appending(source.index)
                add(path, "\(source.stream): \(source.use)", nil, "a stream that the server brings on air")
            }
            for setting in app.settings { add(["app", app.name, setting.key], setting.value, setting.fallback, setting.summary) }
        }
        for limit in LimitDefinition.all {
            let unit = limit.unit == .count ? "" : limit.unit.rawValue
            add(["limits", limit.key], "\(limits[keyPath: limit.field])", "\(limit.defaultValue)", unit: unit, limit.summary)
        }
        return lines
    }
}

extension AppConfiguration {
    /// Milliseconds as the seconds that the file has.
    fileprivate static func seconds(_ milliseconds: Int) -> String {
        milliseconds % 1000 == 0 ? "\(milliseconds / 1000)" : "\(Double(milliseconds) / 1000)"
    }

    fileprivate var settings: [(key: String, value: String, fallback: String?, summary: String)] {
        let standard = AppConfiguration(name: name)
        let chain = auth.map { "\($0.plugin) (\($0.onFailure), \($0.deadlineMilliseconds) ms)" }.joined(separator: ", ")
        let seconds = Self.seconds
        return [
            ("open", "\(isOpen)", "false", "no authentication"),
            ("auth", chain, "", "authentication chain"),
            ("outputs", outputs.joined(separator: ", "), nil, "what serves its streams"),
            ("latency", latency.rawValue, standard.latency.rawValue, "flush per video frame, or per 100 ms"),
            ("duplicate", duplicate.rawValue, standard.duplicate.rawValue, "what a second publisher meets"),
            (
                "stall_s", seconds(stallMilliseconds), seconds(standard.stallMilliseconds),
                "silence after which a publisher counts as stalled"
            ),
            ("linger_s", seconds(lingerMilliseconds), seconds(standard.lingerMilliseconds), "wait for a lost publisher"),
            ("wait_s", seconds(waitMilliseconds), seconds(standard.waitMilliseconds), "wait of a player for its stream"),
            ("viewers", "\(viewers)", "0", "players per stream; 0: no limit"),
            ("play_header", playHeader?.description ?? "", "", "what requests to play by HTTP have to carry, else 403"),
        ]
    }
}

extension ConfigurationSchema {
    /// Every setting of a completed value, secrets shown as `(secret)`.
    /// - Parameters:
    ///   - written: the value before defaults were filled in, which tells what was set.
    ///   - path: where it stands.
    public func report(of completed: JSONObject, written: JSONObject, at path: ConfigurationPath, file: String) -> [SettingReport]
    {
        root.report(.object(completed), written: .object(written), at: path, file: file)
    }
}

extension SchemaNode {
    fileprivate func report(_ value: JSONValue, written: JSONValue?, at path: ConfigurationPath, file: String) -> [SettingReport]
    {
        if type == .object, !properties.isEmpty {
            return properties.flatMap { name, node in
                value[name].map { node.report($0, written: written?[name], at: path.appending(name), file: file) } ?? []
            }
        }
        return [
            SettingReport(
                path: path, value: writeOnly ? "(secret)" : value.serialized(), unit: "",
                defaultValue: defaultValue?.serialized(),
                origin: written == nil ? nil : file, summary: description)
        ]
    }
}

extension TOMLDocument {
    /// The value as written, nil when it is not.
    func value(at path: ConfigurationPath) -> JSONValue? {
        path.parts.reduce(JSONValue.object(root) as JSONValue?) { value, part in
            switch part {
            case .key(let key): value?[key]
            case .index(let index): value?[index]
            }
        }
    }
}
