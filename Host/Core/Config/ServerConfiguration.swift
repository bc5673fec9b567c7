import SluiceJSON

/// The server's configuration, `sluice.toml`, read and checked as far as it can be without the plugins' manifests.
///
/// Reading never touches a file: text and path come in. Every error has its place; all are told at once.
public struct ServerConfiguration: Sendable, Equatable {
    /// `[host] log_level`.
    public enum LogLevel: String, Sendable, CaseIterable {
        case trace, debug, info, notice, warning, error, critical
    }

    /// `[tls]`: PEM files, paths made absolute against the configuration file's folder.
    public struct TLS: Sendable, Equatable {
        public var certificate: String
        public var key: String
    }

    /// `[listen.NAME]`: what the operator overrides; nil leaves what the manifest or the host says.
    public struct ListenOverride: Sendable, Equatable {
        public var address: String?
        public var port: Int?
        public var enabled: Bool?
        public var tls: Bool?
    }

    /// The file's path as given, for messages.
    public var file: String
    /// The folder of the manifests, relative paths resolved against the file's folder; default `plugins.d`.
    public var pluginsFolder: String
    /// I/O threads; 0, the default, is one per CPU of the affinity mask.
    public var threads = 0
    /// Refuses manifests without `sha256`; default false.
    public var requireHash = false
    /// Default `info`.
    public var logLevel = LogLevel.info
    /// How long a server that was told to stop lets publishers finish; default 10 s (`drain_s`), 0 ends them at once.
    public var drainMilliseconds = 10_000
    /// Nil without `[tls]`.
    public var tls: TLS?
    /// By the listener's name.
    public var listen: [String: ListenOverride] = [:]
    /// By name, in the order of the names.
    public var apps: [AppConfiguration] = []
    /// How long an auth plugin may take unless its chain entry says otherwise; default 10 s.
    public var authDeadlineMilliseconds = 10_000
    /// Verdicts kept at most; default 10,000.
    public var authCacheEntries = 10_000
    /// `[limits]`.
    public var limits = Limits()

    /// The text, for places.
    let document: TOMLDocument

    /// Reads the text of a configuration.
    /// - Parameters:
    ///   - text: the TOML text.
    ///   - file: its path; relative paths inside are relative to its folder.
    /// - Throws: all errors, in the order of the text.
    public init(parsing text: String, file: String) throws(ConfigurationErrors) {
        let document = try TOMLDocument(text, file: file)
        let report = ErrorCollector(document)
        self.init(document)
        let root = TableReader(document.root, at: [], report)
        if let host = root.table("host") { read(host: host) }
        if let tls = root.table("tls") { read(tls: tls) }
        if let listen = root.table("listen") { read(listen: listen) }
        if let auth = root.table("auth") { read(auth: auth) }
        if let limits = root.table("limits") { read(limits: limits) }
        if let apps = root.table("app") { read(apps: apps) }
        root.finish()
        try report.throwIfAny()
    }

    /// The configuration of an empty file: no app, all defaults.
    public init(file: String) {
        self.init(TOMLDocument(file: file))
    }

    private init(_ document: TOMLDocument) {
        self.document = document
        file = document.file
        pluginsFolder = FilePaths.resolve("plugins.d", besides: document.file)
    }

    /// The app of that name.
    public func app(_ name: String) -> AppConfiguration? { apps.first { $0.name == name } }

    /// Where a value or its table stands in the file.
    public func position(of path: ConfigurationPath) -> SourcePosition? { document.position(of: path) }
}
