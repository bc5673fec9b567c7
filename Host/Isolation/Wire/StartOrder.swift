/// The first message to a plugin's process: what to open and how to be hardened before that. The library itself is descriptor 4.
struct StartOrder: Equatable, Sendable {
    var hostVersion: String
    /// The host's process: who else becomes the parent means that the host is gone.
    var parent: Int32
    /// Files and folders that may be read, besides the system's libraries.
    var readable: [String]
    /// Folders that may be written: the plugin's own first.
    var writable: [String]
    var memoryBytes: UInt64
    /// TCP ports to connect to; with none it has no internet sockets.
    var connectPorts: [UInt16]
    /// Refuse to run when part of the hardening can't be had.
    var requiresSandbox: Bool
    /// Descriptors 5 … 8 are its media rings.
    var carriesMedia = false
    /// How much it steps back for others, 0 to 19 (setpriority(2)).
    var nice: Int32 = 0
    /// The processors that it may run on; empty: all.
    var processors: [UInt32] = []

    func message(id: UInt64) -> [UInt8]? {
        var writer = WireWriter(.start, id: id)
        writer.text(hostVersion)
        writer.i32(parent)
        writer.texts(readable)
        writer.texts(writable)
        writer.u64(memoryBytes)
        writer.texts(connectPorts.map { String($0) })
        writer.u32(requiresSandbox ? 1 : 0)
        writer.u32(carriesMedia ? 1 : 0)
        writer.i32(nice)
        writer.u32(UInt32(truncatingIfNeeded: processors.count))
        for processor in processors { writer.u32(processor) }
        return writer.finished()
    }

    init(
        hostVersion: String, parent: Int32, readable: [String], writable: [String], memoryBytes: UInt64, connectPorts: [UInt16],
        requiresSandbox: Bool, carriesMedia: Bool = false, nice: Int32 = 0, processors: [UInt32] = []
    ) {
        self.hostVersion = hostVersion
        self.parent = parent
        self.readable = readable
        self.writable = writable
        self.memoryBytes = memoryBytes
        self.connectPorts = connectPorts
        self.requiresSandbox = requiresSandbox
        self.carriesMedia = carriesMedia
        self.nice = nice
        self.processors = processors
    }

    init(_ reader: inout WireReader) throws(WireError) {
        hostVersion = try reader.string()
        parent = try reader.i32()
        readable = try reader.strings()
        writable = try reader.strings()
        memoryBytes = try reader.u64()
        connectPorts = try reader.strings().compactMap { UInt16($0) }
        requiresSandbox = try reader.u32() != 0
        carriesMedia = try reader.u32() != 0
        nice = try reader.i32()
        for _ in 0..<(try reader.count(each: 4)) { processors.append(try reader.u32()) }
        try reader.end()
    }
}
