// What a plugin's author writes: a class that conforms to Plugin and to one protocol per interface that it offers, and one line:
//
//     @c(sluice_module_v1)
//     public func entry(_ hello: UnsafePointer<sluice_hello>?, _ error: UnsafeMutablePointer<sluice_error>?)
//         -> UnsafePointer<sluice_module>? { SluiceModule.entry(MyPlugin.self, hello, error) }
//
// Everything else of the C border is here: tables, boxes, ownership, and turning thrown errors into a status with a reason.

/// A plugin: one instance per generation, made, configured, activated and ended by the host on its control thread.
public protocol Plugin: AnyObject, Sendable {
    /// What the library says of itself; id and interfaces have to equal the manifest's.
    static var module: ModuleDescription { get }

    /// Makes the instance. A thrown error is the reason of the refusal.
    init(host: Host) throws

    /// The whole configuration as JSON text, checked against the schema, before `activate` and at each change.
    func configure(_ json: String) throws

    /// From now on the interfaces are called.
    func activate() throws

    /// No session, sink or request is open any more; end what the plugin began by itself.
    func deactivate()
}

extension Plugin {
    public func configure(_ json: String) throws {}
    public func activate() throws {}
    public func deactivate() {}
}

/// What a library is.
public struct ModuleDescription: Sendable {
    /// `[a-z0-9-]`, at most 32 bytes.
    public var id: String
    /// `1.2.3`.
    public var version: String
    /// One line for listings.
    public var description: String
    /// JSON schema of the manifest's `[config]`; empty: the plugin takes none.
    public var configSchema: String
    /// JSON schema of `[app.NAME.ID]`.
    public var appConfigSchema: String
    /// JSON schema of the further keys of an `[[app.NAME.step]]`.
    public var stepSchema: String
    /// JSON schema of `settings` of an `[[app.NAME.source]]`.
    public var sourceSchema: String
    /// The oldest minor of the ABI that the plugin works with: older hosts refuse it. 0 unless it cannot do without what came later.
    public var abiMinor: UInt32

    /// Id, version and description are the least.
    public init(
        id: String, version: String, description: String, configSchema: String = "", appConfigSchema: String = "",
        stepSchema: String = "", sourceSchema: String = "", abiMinor: UInt32 = 0
    ) {
        self.id = id
        self.version = version
        self.description = description
        self.configSchema = configSchema
        self.appConfigSchema = appConfigSchema
        self.stepSchema = stepSchema
        self.sourceSchema = sourceSchema
        self.abiMinor = abiMinor
    }
}

/// A failure with a reason, as it crosses the border: `text` is one line, fit for a log, free of secrets.
public struct PluginError: Error, Sendable, CustomStringConvertible {
    /// One of `SLUICE_E_*`.
    public var code: Int32
    /// The reason.
    public var text: String
    /// The reason.
    public var description: String { text }

    /// A reason and its status.
    public init(_ text: String, code: Int32 = SLUICE_E_FAILED) {
        self.text = text
        self.code = code
    }
}
