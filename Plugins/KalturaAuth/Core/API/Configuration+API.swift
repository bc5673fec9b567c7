extension Configuration {
    /// Reads the keys of `backend = "kaltura"`; with that backend, what it cannot do without has to be there.
    mutating func readAPI(_ reader: ConfigurationReader) throws(ConfigurationError) {
        api.serverURL =
            try reader.string("server_url").map { (text) throws(ConfigurationError) in try Self.serverURL(text) } ?? ""
        api.secret = Secret(try reader.string("admin_secret") ?? "")
        api.secretFile = try reader.string("admin_secret_file") ?? ""
        if let value = try reader.integer("api_timeout_ms", 500...60_000) { api.timeoutMilliseconds = UInt64(clamping: value) }
        api.ksSource = try reader.choice("ks_source") ?? api.ksSource
        api.ksVersion = Int(clamping: try reader.integer("ks_version", 1...2) ?? Int64(api.ksVersion))
        api.ksSeconds = try reader.integer("ks_expiry_s", 60...31_536_000) ?? api.ksSeconds
        api.ksPrivileges = try reader.string("ks_privileges") ?? api.ksPrivileges
        api.registers = try reader.bool("register") ?? api.registers
        api.keepAliveSeconds = try reader.integer("keepalive_s", 1...100) ?? api.keepAliveSeconds
        api.statusSeconds = try reader.integer("status_interval_s", 0...86_400) ?? api.statusSeconds
        api.alerts = try reader.bool("alerts") ?? api.alerts
        if let text = try reader.string("playable_after") {
            guard let value = APISettings.PlayableAfter(text) else {
                throw ConfigurationError(key: "playable_after", problem: "neither like \"6 s\" nor like \"3 segments\"")
            }
            api.playableAfter = value
        }
        guard backend == .kaltura else { return }
        guard !api.serverURL.isEmpty else {
            throw ConfigurationError(
                key: "server_url", problem: "backend = \"kaltura\" needs the API's address, like \"https://www.example.com\"")
        }
        guard !api.secret.isEmpty || !api.secretFile.isEmpty else {
            throw ConfigurationError(
                key: "admin_secret_file",
                problem: "backend = \"kaltura\" needs the secret of partner_id: admin_secret_file or admin_secret")
        }
        guard api.secret.isEmpty || api.secretFile.isEmpty else {
            throw ConfigurationError(key: "admin_secret_file", problem: "there is an admin_secret too; keep one of them")
        }
        guard !api.ksPrivileges.contains(";") else {
            throw ConfigurationError(key: "ks_privileges", problem: "no \";\" may be in it")
        }
    }

    /// `http(s)://HOST[:PORT][/PATH]` without a last slash; what the API's own path would double is dropped.
    static func serverURL(_ text: String) throws(ConfigurationError) -> String {
        guard !text.isEmpty else { return "" }
        var url = text
        while url.hasSuffix("/") { url.removeLast() }
        if url.hasSuffix("/api_v3") { url.removeLast(7) }
        let rest = url.hasPrefix("https://") ? url.dropFirst(8) : url.hasPrefix("http://") ? url.dropFirst(7) : ""
        let host = rest.prefix { $0 != "/" && $0 != ":" && $0 != "[" }
        let isFit = url.utf8.allSatisfy { ASCII.isPrintable($0) } && !url.contains { "?#@\\\"".contains($0) }
        guard isFit, !host.isEmpty || rest.first == "[", url.utf8.count <= 1024 else {
            throw ConfigurationError(key: "server_url", problem: "not an address like \"https://www.example.com\"")
        }
        return url
    }
}
