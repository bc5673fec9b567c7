import HostPaths
import SluiceJSON

extension PluginManifest {
    mutating func read(_ root: TableReader) {
        id = readID(root) ?? ""
        library = root.string("library") ?? ""
        if root.object["library"] == nil { root.missing("library", "\"libExample.so\"") }
        version = root.string("version")
        interfaces = root.strings("interfaces", of: "interface ids like \"sluice.auth/1\"", where: Self.isInterface) ?? []
        if root.object["interfaces"] == nil { root.missing("interfaces", "[\"sluice.auth/1\"]") }
        enabled = root.bool("enabled") ?? true
        isolation = root.word("isolation") ?? Isolation.standard(interfaces)
        sandbox = root.word("sandbox") ?? .bestEffort
        processPer = root.word("process_per") ?? .plugin
        if processPer != .plugin, isolation != .process || !offers("transform") {
            root.refuse(
                "process_per", "process_per = \"\(processPer.rawValue)\" is for transforms with isolation = \"process\"")
        }
        plays = root.strings("plays", of: "codecs by their four bytes like \"avc1\"", where: Self.isCodec) ?? []
        sha256 = root.read("sha256", "64 lower-case hexadecimal digits") { $0.stringValue.flatMap { Self.isHash($0) ? $0 : nil } }
        if let table = root.table("permissions") { read(permissions: table) }
        listen = root.tables("listen").compactMap { Listen(reading: $0) }
        if let table = root.table("budgets") { read(budgets: table) }
        if let table = root.table("reload") {
            drainSeconds = table.integer("drain_s", 0...86_400) ?? drainSeconds
            table.finish()
        }
        read(commands: root)
        config = root.read("config", "a table") { $0.objectValue } ?? JSONObject()
        root.finish()
    }

    private func readID(_ root: TableReader) -> String? {
        guard root.object["id"] != nil else {
            root.missing("id", "\"example\"")
            _ = root.value("id")
            return nil
        }
        let wanted = "1 to 32 of a-z, 0-9 and -"
        guard let id = root.read("id", wanted, { $0.stringValue.flatMap { PluginID.isValid($0) ? $0 : nil } }) else { return nil }
        if PluginID.reserved.contains(id) { root.refuse("id", "the id \"\(id)\" is a word of the host's own") }
        return id
    }

    private mutating func read(permissions table: TableReader) {
        let names = table.strings("services", of: "service names like \"stream\"") ?? []
        for (index, name) in names.enumerated() where !Permissions.grantable.contains(name) {
            let message =
                Permissions.always.contains(name)
                ? "[permissions] services: \"\(name)\" is every plugin's; leave it out"
                : "[permissions] services: no service \(ConfigurationPath.quoted(name))"
            table.refuse(
                element: index, of: "services", message, suggestion: Suggestion.nearest(to: name, among: Permissions.grantable))
        }
        permissions.services = names.filter { Permissions.grantable.contains($0) }
        permissions.egress = table.strings("egress", of: "origins like \"https://api.example.com\"", where: Self.isOrigin) ?? []
        permissions.read = table.strings("read", of: "absolute paths", where: { $0.hasPrefix("/") }) ?? []
        permissions.write = table.strings("write", of: "absolute paths", where: { $0.hasPrefix("/") }) ?? []
        permissions.admin =
            table.strings("admin", of: "names like \"diagnostics\", none of the host's own") {
                PluginID.isValid($0) && !Permissions.adminNames.contains($0)
            } ?? []
        permissions.connect = table.integers("connect", of: "TCP ports", 1...65_535) ?? []
        table.finish()
    }

    private mutating func read(budgets table: TableReader) {
        budgets.softMilliseconds = table.integer("soft_ms", 1...60_000) ?? budgets.softMilliseconds
        budgets.hardMilliseconds = table.integer("hard_ms", 1...600_000) ?? budgets.hardMilliseconds
        budgets.onOverrun = table.word("on_overrun") ?? budgets.onOverrun
        budgets.memoryMegabytes = table.integer("memory_mb", 64...65_536) ?? budgets.memoryMegabytes
        budgets.nice = table.integer("nice", 0...19) ?? budgets.nice
        budgets.processorsEach = table.integer("cpus", 1...1024) ?? budgets.processorsEach
        budgets.processorsTogether = table.integer("cpu_percent", 10...102_400) ?? budgets.processorsTogether
        if budgets.hardMilliseconds < budgets.softMilliseconds {
            table.refuseTable(
                "[budgets] hard_ms (\(budgets.hardMilliseconds)) is less than soft_ms (\(budgets.softMilliseconds))")
        }
        table.finish()
    }

    private mutating func read(commands root: TableReader) {
        for (index, table) in root.tables("commands").enumerated() {
            let name = table.read("name", "1 to 32 of a-z, 0-9 and -") {
                $0.stringValue.flatMap { PluginID.isValid($0) ? $0 : nil }
            }
            let summary = table.string("summary")
            if table.object["name"] == nil { table.missing("name", "\"example\"") }
            table.finish()
            guard let name else { continue }
            if PluginID.reserved.contains(name) { table.refuse("name", "the command \"\(name)\" is a word of the host's own") }
            if index > 0 { table.refuse("name", "a plugin has one command: its own words come behind it") }
            commands.append(Command(name: name, summary: summary ?? ""))
        }
        if let command = commands.first, !offers("command") {
            root.refuse("commands", "the command \"\(command.name)\" needs the interface \"sluice.command/1\"")
        }
    }

    // MARK: - Forms

    /// `sluice.noun/REVISION`, or another maker's `name.noun/REVISION`.
    static func isInterface(_ text: String) -> Bool {
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2, text.utf8.count <= 128, UInt16(halves[1]) != nil else { return false }
        let words = halves[0].split(separator: ".", omittingEmptySubsequences: false)
        return words.count >= 2 && words.allSatisfy { PluginID.isValid(String($0)) }
    }

    /// Four printable ASCII bytes.
    static func isCodec(_ text: String) -> Bool {
        text.utf8.count == 4 && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }

    static func isHash(_ text: String) -> Bool {
        text.utf8.count == 64 && text.allSatisfy { $0.isASCII && $0.isHexDigit && !$0.isUppercase }
    }

    /// Scheme, host and perhaps a port, nothing behind.
    static func isOrigin(_ text: String) -> Bool {
        Origin(address: text) != nil && !text.dropFirst("https://".count).contains { "/?#".contains($0) }
    }
}

extension PluginManifest.Listen {
    init?(reading table: TableReader) {
        let name = table.read("name", "1 to 32 of a-z, 0-9 and -") { $0.stringValue.flatMap { PluginID.isValid($0) ? $0 : nil } }
        let transport: Transport? = table.word("transport")
        let port = table.integer("port", 1...65_535)
        let offset = table.integer("offset", 0...999)
        let tls = table.bool("tls") ?? false
        for (key, example) in [("name", "\"rtmp\""), ("transport", "\"tcp\""), ("port", "1935"), ("offset", "16")]
        where table.object[key] == nil {
            table.missing(key, example)
        }
        table.finish()
        if tls, transport == .udp { table.refuse("tls", "\(table.name) tls: only over tcp") }
        guard let name, let transport, let port, let offset else { return nil }
        self.init(name: name, transport: transport, port: port, offset: offset, tls: tls)
    }
}
