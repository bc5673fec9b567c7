import SluiceJSON

extension ServerConfiguration {
    /// What the apps ask of plugins that the manifests cannot give: unknown or disabled ids, a missing interface, ids and commands
    /// used twice, settings for a plugin that is not there.
    public func errors(against manifests: [PluginManifest]) -> [ConfigurationError] {
        var errors = Self.duplicates(manifests)
        for app in apps {
            for (index, entry) in app.auth.enumerated() {
                let path = path(app).appending("auth").appending(index)
                if let error = missing(entry.plugin, needs: ["auth"], for: "[\(self.path(app))] auth", at: path, manifests) {
                    errors.append(error)
                }
            }
            for (index, output) in app.outputs.enumerated() {
                let path = path(app).appending("outputs").appending(index)
                if let error = missing(
                    output, needs: ["sink", "routes"], for: "[\(self.path(app))] outputs", at: path, manifests)
                {
                    errors.append(error)
                }
            }
            for step in app.steps {
                let place = path(app).appending("step").appending(step.index).appending("use")
                if let error = missing(
                    step.use, needs: ["transform"], for: "[[\(self.path(app)).step]] \(step.index + 1) use", at: place, manifests)
                {
                    errors.append(error)
                }
            }
            for source in app.sources {
                let place = path(app).appending("source").appending(source.index).appending("use")
                if let error = missing(
                    source.use, needs: ["source"], for: "[[\(self.path(app)).source]] \(source.index + 1) use", at: place,
                    manifests)
                {
                    errors.append(error)
                }
            }
            for id in pluginTables(of: app) where !manifests.contains(where: { $0.id == id }) {
                errors.append(
                    document.error(
                        at: path(app).appending(id), "[\(path(app).appending(id))]: neither a key of an app nor a plugin's id",
                        suggestion: Suggestion.nearest(to: id, among: manifests.map(\.id) + AppConfiguration.keys), value: false))
            }
        }
        return errors
    }

    /// The ids under which an app has a table of settings.
    public func pluginTables(of app: AppConfiguration) -> [String] {
        let table = document.root["app"]?[app.name]?.objectValue ?? JSONObject()
        return table.keys.filter { !AppConfiguration.keys.contains($0) && table[$0]?.objectValue != nil }
    }

    /// `[app.NAME.ID]`, checked and completed by the plugin's schema.
    /// - Parameter schema: what the plugin declares for an app; nil when it takes no settings.
    /// - Throws: every violation with its place.
    public func settings(app: AppConfiguration, plugin id: String, schema: ConfigurationSchema?) throws(ConfigurationErrors)
        -> JSONObject
    {
        let path = path(app).appending(id)
        return try document.checked(document.root["app"]?[app.name]?[id]?.objectValue, at: path, by: schema, plugin: id)
    }

    /// The further keys of a step, checked and completed by the plugin's schema.
    /// - Parameter schema: what the plugin declares for a step; nil when it takes no settings.
    /// - Throws: every violation with its place.
    public func settings(app: AppConfiguration, step: StepConfiguration, schema: ConfigurationSchema?) throws(ConfigurationErrors)
        -> JSONObject
    {
        let path = path(app).appending("step").appending(step.index)
        guard let schema else {
            let name = "[[\(self.path(app)).step]] \(step.index + 1)"
            let errors = step.settings.keys.map { key in
                document.error(
                    at: path.appending(key),
                    "unknown key \(ConfigurationPath.quoted(key)) in \(name): the plugin \"\(step.use)\" takes no settings here",
                    suggestion: Suggestion.nearest(to: key, among: AppConfiguration.stepKeys), value: false)
            }
            guard errors.isEmpty else { throw ConfigurationErrors(errors) }
            return JSONObject()
        }
        return try document.checked(step.settings, at: path, by: schema, plugin: step.use)
    }

    /// `settings` of a source, checked and completed by the plugin's schema.
    /// - Parameter schema: what the plugin declares for a source; nil when it takes no settings.
    /// - Throws: every violation with its place.
    public func settings(app: AppConfiguration, source: SourceConfiguration, schema: ConfigurationSchema?)
        throws(ConfigurationErrors) -> JSONObject
    {
        let path = path(app).appending("source").appending(source.index).appending("settings")
        return try document.checked(source.settings, at: path, by: schema, plugin: source.use)
    }

    private func path(_ app: AppConfiguration) -> ConfigurationPath { ["app", app.name] }

    private func missing(
        _ id: String, needs nouns: [String], for place: String, at path: ConfigurationPath, _ manifests: [PluginManifest]
    ) -> ConfigurationError? {
        let able = manifests.filter { manifest in nouns.contains { manifest.offers($0) } }.map(\.id)
        guard let manifest = manifests.first(where: { $0.id == id }) else {
            let suggestion = Suggestion.nearest(to: id, among: able)
            return document.error(at: path, "\(place): no plugin \"\(id)\"", suggestion: suggestion)
        }
        guard manifest.enabled else {
            return document.error(at: path, "\(place): the plugin \"\(id)\" is not enabled")
        }
        guard !able.contains(id) else { return nil }
        let wanted = nouns.map { "sluice.\($0)" }.joined(separator: " nor ")
        return document.error(
            at: path, "\(place): the plugin \"\(id)\" offers no \(wanted)")
    }

    private static func duplicates(_ manifests: [PluginManifest]) -> [ConfigurationError] {
        var errors: [ConfigurationError] = []
        var ids: [String: String] = [:]
        var commands: [String: String] = [:]
        for manifest in manifests {
            if let other = ids.updateValue(manifest.file, forKey: manifest.id) {
                errors.append(manifest.document.error(at: ["id"], "the id \"\(manifest.id)\" is taken by \(other)"))
            }
            for (index, command) in manifest.commands.enumerated() {
                guard let other = commands.updateValue(manifest.id, forKey: command.name), other != manifest.id else { continue }
                let path = (["commands"] as ConfigurationPath).appending(index).appending("name")
                errors.append(manifest.document.error(at: path, "the command \"\(command.name)\" is taken by plugin \(other)"))
            }
        }
        return errors
    }
}

extension AppConfiguration {
    /// The keys of `[app.NAME]`; a table under any other key is a plugin's settings.
    static let keys = [
        "auth", "outputs", "open", "latency", "duplicate", "stall_s", "linger_s", "wait_s", "viewers", "play_header", "step",
        "source",
    ]
}

extension PluginManifest {
    /// `[config]`, checked and completed by the plugin's schema.
    /// - Parameter schema: what the library declares; nil when it takes no configuration.
    /// - Throws: every violation with its place.
    public func configuration(checkedBy schema: ConfigurationSchema?) throws(ConfigurationErrors) -> JSONObject {
        try document.checked(config, at: ["config"], by: schema, plugin: id)
    }
}

extension TOMLDocument {
    func checked(
        _ object: JSONObject?, at path: ConfigurationPath, by schema: ConfigurationSchema?, plugin id: String
    ) throws(ConfigurationErrors) -> JSONObject {
        guard let schema else {
            guard let object, !object.isEmpty else { return JSONObject() }
            throw ConfigurationErrors([error(at: path, "[\(path)]: the plugin \"\(id)\" takes no settings here", value: false)])
        }
        let (completed, violations) = schema.check(.object(object ?? JSONObject()), at: path)
        guard violations.isEmpty else {
            throw ConfigurationErrors(
                violations.map { error(at: $0.path, $0.message, suggestion: $0.suggestion, value: !$0.concernsKey) })
        }
        return completed.objectValue ?? JSONObject()
    }
}
