import CSluice

/// What a plugin's process says of its library once it is open: the descriptor by value, and the hardening that is in force.
struct ModuleDescription: Equatable, Sendable {
    var abiMajor: UInt32 = 0
    var abiMinor: UInt32 = 0
    var id = ""
    var version = ""
    var summary = ""
    var interfaces: [String] = []
    var configSchema = ""
    var appConfigSchema = ""
    var stepSchema = ""
    var sourceSchema = ""
    /// Fit for a listing: "no_new_privs, capabilities, limits, landlock 7, seccomp".
    var sandbox = ""

    static let textLimit = 256 << 10

    init() {}

    init(_ raw: sluice_module) {
        abiMajor = raw.abi_major
        abiMinor = raw.abi_minor
        id = raw.id.copied
        version = raw.version.copied
        summary = raw.description.copied
        configSchema = raw.config_schema.copied
        appConfigSchema = raw.app_config_schema.copied
        stepSchema = raw.step_schema.copied
        sourceSchema = raw.source_schema.copied
        guard let list = raw.interfaces else { return }
        interfaces = (0..<min(Int(raw.interface_count), 64)).compactMap { list[$0].map { String(cString: $0) } }
    }

    func write(_ writer: inout WireWriter) {
        writer.u32(abiMajor)
        writer.u32(abiMinor)
        for text in [id, version, summary, configSchema, appConfigSchema, stepSchema, sourceSchema, sandbox] { writer.text(text) }
        writer.texts(interfaces)
    }

    init(_ reader: inout WireReader) throws(WireError) {
        abiMajor = try reader.u32()
        abiMinor = try reader.u32()
        id = try reader.string(limit: 64)
        version = try reader.string(limit: 64)
        summary = try reader.string(limit: 1024)
        configSchema = try reader.string(limit: Self.textLimit)
        appConfigSchema = try reader.string(limit: Self.textLimit)
        stepSchema = try reader.string(limit: Self.textLimit)
        sourceSchema = try reader.string(limit: Self.textLimit)
        sandbox = try reader.string(limit: 512)
        interfaces = Array(try reader.strings().prefix(64))
        try reader.end()
    }
}
