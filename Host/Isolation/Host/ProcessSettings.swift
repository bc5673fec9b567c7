/// How many processes the transforms of a plugin have.
public enum ProcessSharing: String, Sendable, CaseIterable {
    /// One, with everything else of the plugin.
    case plugin
    /// One for all streams of an app whose attribute `group` is the same; a stream without the attribute has its own.
    case group
    /// One for each stream.
    case stream
}

/// How a plugin's process is run.
public struct ProcessSettings: Sendable {
    /// The staged library; opened once, so that its name may go away.
    public var library: String
    /// The `sluice-runner` executable.
    public var runner: String
    /// `DIR/plugins/ID`: the only folder that the process may write to, unless `writable` names others.
    public var dataFolder: String
    public var hostVersion: String
    /// `sandbox = "required"`: refuse to run when the kernel lacks a part of the hardening. Default: use what there is, and say so.
    public var requiresSandbox = false
    /// Writable private memory; four times as much address space. Default 512 MiB.
    public var memoryBytes: UInt64 = 512 << 20
    /// TCP ports that it may connect to; empty: it gets no internet socket. Kernels before Landlock 4 know no ports: there any.
    public var connectPorts: [UInt16] = []
    /// Files and folders that it may read, besides the system's libraries.
    public var readable: [String] = []
    /// Folders that it may write to, besides its own.
    public var writable: [String] = []
    /// How long opening, create, configure, self-test and activate may take, each. Default 5 s.
    public var loadMilliseconds = 5000
    /// How long the control thread may be busy with one call before the process is ended as one that loops. Default 500 ms, and as
    /// much grace; what it waited for a processor does not count.
    public var hardMilliseconds = 500

    /// How much its processes step back for others, 0 to 19.
    public var nice = 0
    /// Processors that each process may run on; 0: all. The next process gets the next ones, round and round.
    public var processorsEach = 0
    /// Processors that the processes of transforms may use together; 0: nine tenths of those that there are. A further one is refused
    /// rather than that those that run fall behind.
    public var processorsTogether = 0.0
    public var sharing = ProcessSharing.plugin

    /// Whether it has a media interface: then it gets rings of shared memory.
    public var carriesMedia = false
    /// Runs work on the lane of a session (by its connection's handle) or of a stream (by a sink's handle), later, in order. `false`: it is
    /// gone, and nothing is run.
    public var postToLane: @Sendable (_ handle: UInt64, _ work: @escaping @Sendable () -> Void) -> Bool = { _, _ in false }
    /// [lane] The publications of a connection.
    public var publications: @Sendable (_ connection: UInt64) -> [UInt64] = { _ in [] }
    /// [lane] Tells a connection's session what its former code was not told any more.
    public var deliver: @Sendable (_ connection: UInt64, SessionEvent) -> Void = { _, _ in }

    public init(library: String, runner: String, dataFolder: String, hostVersion: String) {
        self.library = library
        self.runner = runner
        self.dataFolder = dataFolder
        self.hostVersion = hostVersion
    }
}
