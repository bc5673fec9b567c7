import SluiceJSON

/// One plugin as the operator installed it: `plugins.d/NAME.toml`. Every key is described in `plugins.d/README.md`.
///
/// Reading never touches a file and never runs plugin code.
public struct PluginManifest: Sendable, Equatable {
    /// Where the plugin's code runs.
    public enum Isolation: String, Sendable, CaseIterable {
        /// In the host's process.
        case host
        /// In a process of its own: its death ends nothing else.
        case process

        /// What a manifest that says nothing gets: a process, when all its interfaces work in one (`HostIsolation.ProcessModule.interfaces`).
        static func standard(_ interfaces: [String]) -> Isolation {
            let able = [
                "auth", "command", "observer", "routes", "selftest", "sink", "handover", "protocol", "source", "transform",
            ]
            let all = interfaces.allSatisfy { id in able.contains { id.hasPrefix("sluice.\($0)/") } }
            return all && !interfaces.isEmpty ? .process : .host
        }
    }

    /// `process_per`: whether all transforms of a plugin share its process, or each group of streams or each stream has one of its own.
    public enum ProcessPer: String, Sendable, CaseIterable {
        case plugin, group, stream
    }

    /// Whether a plugin's process may run without a part of the hardening that the kernel lacks.
    public enum Sandbox: String, Sendable, CaseIterable {
        /// No: the plugin is FAILED with what is missing.
        case required
        /// Yes; listings say what is in force.
        case bestEffort = "best-effort"
    }

    /// `[[listen]]`: a listener that the plugin's protocol wants.
    public struct Listen: Sendable, Equatable {
        /// The layer that the plugin's bytes come in by.
        public enum Transport: String, Sendable, CaseIterable {
            case tcp, udp
        }

        /// Unique over all plugins; `[listen.NAME]` of the server's configuration overrides it.
        public var name: String
        public var transport: Transport
        public var port: Int
        /// The port with `--port-base N` is N + offset.
        public var offset: Int
        /// Opened only when the server has a certificate; the plugin gets the clear bytes.
        public var tls: Bool
    }

    /// `commands`: a word of the command line that is the plugin's.
    public struct Command: Sendable, Equatable {
        public var name: String
        /// One line for `sluice --help`.
        public var summary: String
    }

    /// `[permissions]`.
    public struct Permissions: Sendable, Equatable {
        /// Services that touch media, connections or the network and must be granted by name (`stream`, not `sluice.stream/1`).
        public static let grantable = ["stream", "net", "broadcast", "exchange", "fetch", "auth", "kv"]
        /// Services that every plugin has.
        public static let always = [
            "log", "config", "time", "buffer", "metrics", "event", "task", "command", "transform", "source",
            "handover",
        ]

        /// Granted on top of `always`.
        public var services: [String] = []
        /// Origins that `fetch` may reach: `https://api.example.com`.
        public var egress: [String] = []
        /// Files and folders that a plugin's process may read, and folders that it may write to, besides its own.
        public var read: [String] = []
        public var write: [String] = []
        /// TCP ports that a plugin's process may connect to with sockets of its own, for libraries that can't use `fetch`.
        public var connect: [Int] = []
        /// Names under which what a plugin has on the admin listener is there without `/api/v1/plugins/ID` too: `diagnostics`.
        public var admin: [String] = []
        /// Which are the host's own.
        static let adminNames: Set<String> = ["api", "metrics", "healthz", "readyz"]

        public init() {}

        /// Whether `get_service` may answer this id (`sluice.stream/1`, any revision).
        public func grants(_ serviceID: String) -> Bool {
            guard serviceID.hasPrefix("sluice."), let slash = serviceID.lastIndex(of: "/") else { return false }
            let noun = String(serviceID[..<slash].dropFirst("sluice.".count))
            return Self.always.contains(noun) || services.contains(noun)
        }
    }

    /// What follows when a call takes longer than the hard budget, besides being told.
    public enum OnOverrun: String, Sendable, CaseIterable {
        case report
        /// The plugin is QUARANTINED: it gets no further call.
        case bypass
        /// A new generation of it takes over.
        case restart
    }

    /// `[budgets]`: how long one call into the plugin may take, in milliseconds.
    public struct Budgets: Sendable, Equatable {
        /// A longer call is counted and logged; default 2.
        public var softMilliseconds = 2
        /// A longer call is counted and logged as an error, while it lasts; default 500.
        public var hardMilliseconds = 500
        public var onOverrun = OnOverrun.report
        /// Writable private memory of the plugin's process, in MiB; default 512.
        public var memoryMegabytes = 512
        /// How much its processes step back for others; default 0.
        public var nice = 0
        /// Processors that each of its processes may run on; default 0: all.
        public var processorsEach = 0
        /// Hundredths of a processor that the processes of its transforms may use together; default 0: nine tenths of all.
        public var processorsTogether = 0
    }

    /// The file's path as given.
    public var file: String
    public var id = ""
    /// A file name, or a path; see `plugins.d/README.md` for where it is looked for.
    public var library = ""
    /// When given, the library has to say the same.
    public var version: String?
    /// Interface ids; the library has to offer exactly these.
    public var interfaces: [String] = []
    /// Default true.
    public var enabled = true
    public var isolation = Isolation.host
    public var sandbox = Sandbox.bestEffort
    /// How many processes its transforms have.
    public var processPer = ProcessPer.plugin
    /// 64 lower-case hexadecimal digits.
    public var sha256: String?
    public var permissions = Permissions()
    public var listen: [Listen] = []
    public var budgets = Budgets()
    /// `[reload] drain_s`: how long sessions that can't be handed over may stay with a replaced generation; default 60.
    public var drainSeconds = 60
    public var commands: [Command] = []
    /// Codecs that the players of an output play, by their four bytes, preferred ones first; empty: it says nothing.
    public var plays: [String] = []
    /// `[config]` as written; see `configuration(checkedBy:)`.
    public var config = JSONObject()

    /// The file's text as it was read.
    public let text: String

    let document: TOMLDocument

    /// Reads the text of a manifest.
    /// - Throws: all errors, in the order of the text.
    public init(parsing text: String, file: String) throws(ConfigurationErrors) {
        document = try TOMLDocument(text, file: file)
        self.text = text
        self.file = file
        let report = ErrorCollector(document)
        read(TableReader(document.root, at: [], report))
        try report.throwIfAny()
    }

    /// Whether it names an interface of this noun, of any revision: `sink` for `sluice.sink/1`.
    public func offers(_ noun: String) -> Bool {
        interfaces.contains { $0.hasPrefix("sluice.\(noun)/") }
    }

    /// Whether a live generation can take this manifest in the place of `before`: all but `[config]` is the same.
    public func differsOnlyInConfig(from before: PluginManifest) -> Bool {
        library == before.library && version == before.version && interfaces == before.interfaces && enabled == before.enabled
            && isolation == before.isolation && sandbox == before.sandbox && sha256 == before.sha256
            && permissions == before.permissions
            && listen == before.listen
            && budgets == before.budgets && commands == before.commands && drainSeconds == before.drainSeconds
            && plays == before.plays && processPer == before.processPer
    }

    /// Where a value or its table stands in the file.
    public func position(of path: ConfigurationPath) -> SourcePosition? { document.position(of: path) }
}
