import SluiceJSON

extension ServerConfiguration {
    mutating func read(host: TableReader) {
        if let folder = host.string("plugins") { pluginsFolder = FilePaths.resolve(folder, besides: file) }
        threads = host.integer("threads", 0...256) ?? threads
        requireHash = host.bool("require_hash") ?? requireHash
        logLevel = host.word("log_level") ?? logLevel
        drainMilliseconds = host.milliseconds(seconds: "drain_s", 0...3_600) ?? drainMilliseconds
        host.finish()
    }

    mutating func read(tls table: TableReader) {
        let certificate = table.string("certificate")
        let key = table.string("key")
        if table.object["certificate"] == nil { table.missing("certificate", "\"server.pem\"") }
        if table.object["key"] == nil { table.missing("key", "\"server.key\"") }
        table.finish()
        guard let certificate, let key else { return }
        tls = TLS(certificate: FilePaths.resolve(certificate, besides: file), key: FilePaths.resolve(key, besides: file))
    }

    /// The names are checked later, when the manifests are known (`Listener.plan`).
    mutating func read(listen: TableReader) {
        for name in listen.object.keys {
            guard let table = listen.table(name) else { continue }
            self.listen[name] = ListenOverride(
                address: table.string("address"), port: table.integer("port", 0...65_535), enabled: table.bool("enabled"),
                tls: table.bool("tls"))
            table.finish()
        }
    }

    mutating func read(auth table: TableReader) {
        authDeadlineMilliseconds = table.integer("deadline_ms", 100...60_000) ?? authDeadlineMilliseconds
        authCacheEntries = table.integer("cache_entries", 0...1_000_000) ?? authCacheEntries
        table.finish()
    }

    mutating func read(limits table: TableReader) {
        for definition in LimitDefinition.all {
            guard let value = table.integer(definition.key, definition.range) else { continue }
            limits[keyPath: definition.field] = value
        }
        table.finish()
    }

    mutating func read(apps table: TableReader) {
        for name in table.object.keys {
            guard let app = table.table(name) else { continue }
            if let reason = AppName.refusal(name) { app.refuseTable("app \(ConfigurationPath.quoted(name)): \(reason)") }
            apps.append(AppConfiguration(reading: app, name: name, deadline: authDeadlineMilliseconds))
        }
    }
}

extension AppConfiguration {
    init(reading table: TableReader, name: String, deadline: Int) {
        self.init(name: name)
        isOpen = table.bool("open") ?? false
        auth = Self.chain(table, deadline: deadline)
        outputs = table.strings("outputs", of: "plugin ids", where: PluginID.isValid) ?? []
        latency = table.word("latency") ?? latency
        duplicate = table.word("duplicate") ?? duplicate
        stallMilliseconds = table.milliseconds(seconds: "stall_s", 1...3_600) ?? stallMilliseconds
        lingerMilliseconds = table.milliseconds(seconds: "linger_s", 0...86_400) ?? lingerMilliseconds
        waitMilliseconds = table.milliseconds(seconds: "wait_s", 0...3_600) ?? waitMilliseconds
        viewers = table.integer("viewers", 0...1_000_000) ?? viewers
        if let text = table.string("play_header") {
            playHeader = PlayHeader(text)
            // Without what was found: it may be the secret.
            if playHeader == nil { table.refuse("play_header", "\(table.name) play_header: expected \"NAME: VALUE\"") }
        }
        read(steps: table)
        if table.object["outputs"] == nil { table.missing("outputs", "[\"rtmp\", \"http-flv\", \"hls\"]") }
        let hasChain = table.object["auth"].map { $0 != [] } ?? false
        if isOpen, hasChain {
            table.refuse("open", "\(table.name) has both open = true and auth: it is open or it asks, not both")
        } else if !hasChain, !isOpen {
            table.refuseTable("\(table.name) has no authentication: name a chain (auth = [\"PLUGIN\"]) or say open = true")
        }
        finish(table)
    }

    /// Tables that are no key of an app are a plugin's settings, checked when the manifests are known; anything else is unknown.
    private func finish(_ table: TableReader) {
        for (key, value) in table.object where !PluginID.isValid(key) || value.objectValue == nil {
            table.unknownUnlessRead(key)
        }
    }

    private static func chain(_ table: TableReader, deadline: Int) -> [AuthChainEntry] {
        guard let elements = table.read("auth", "an array of plugin ids", { $0.arrayValue }) else { return [] }
        var chain: [AuthChainEntry] = []
        for (index, element) in elements.enumerated() {
            guard let entry = entry(element, at: index, table, deadline: deadline) else { continue }
            if chain.contains(where: { $0.plugin == entry.plugin }) {
                table.refuse(element: index, of: "auth", "\(table.name) auth: \"\(entry.plugin)\" twice")
            }
            chain.append(entry)
        }
        return chain
    }

    private static func entry(_ value: JSONValue, at index: Int, _ table: TableReader, deadline: Int) -> AuthChainEntry? {
        if let id = value.stringValue, PluginID.isValid(id) { return AuthChainEntry(plugin: id, deadlineMilliseconds: deadline) }
        guard let entry = table.table(element: index, of: "auth", value) else {
            table.refuse(
                element: index, of: "auth",
                "\(table.name) auth: expected a plugin id or a table with \"plugin\", found \(TableReader.describe(value))")
            return nil
        }
        let plugin = entry.read("plugin", "a plugin id", { $0.stringValue.flatMap { PluginID.isValid($0) ? $0 : nil } })
        let policy = entry.read("on_failure", "\"closed\", \"open\" or \"stale:30s\"") {
            $0.stringValue.flatMap(AuthChainEntry.FailurePolicy.init)
        }
        let own = entry.integer("deadline_ms", 100...60_000)
        if entry.object["plugin"] == nil { entry.missing("plugin", "\"kaltura\"") }
        entry.finish()
        return plugin.map { AuthChainEntry(plugin: $0, onFailure: policy ?? .closed, deadlineMilliseconds: own ?? deadline) }
    }
}
