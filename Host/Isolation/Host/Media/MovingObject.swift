/// A session or sink in another process that can be given to another generation. All calls come on its lane.
protocol MovableProxy: BorderObject {
    var decision: ((String?) -> Void)? { get set }
    func abandon()
    func hold()
    func goOn()
}

extension MovableProxy {
    /// Tells who waits, once.
    func decide(_ refusal: String?) {
        guard let decision else { return }
        self.decision = nil
        decision(refusal)
    }
}

/// A session or sink whose code runs in another process, on its way from or to another generation. On its lane.
///
/// A process is asked and answers later: the old generation's side is put on hold, and is told that it is forgotten, or that it goes on,
/// once the new one's has said whether it takes it.
public struct MovingObject {
    private let proxy: any MovableProxy

    /// `pointer`: what `session_open` or `import_session` of a `ProcessModule` gave.
    public init?(session pointer: UnsafeMutableRawPointer?) {
        guard let proxy = SessionProxy.from(pointer) else { return nil }
        self.proxy = proxy
    }

    /// `pointer`: what `open` or `import_sink` of a `ProcessModule` gave.
    public init?(sink pointer: UnsafeMutableRawPointer?) {
        guard let proxy = SinkProxy.from(pointer) else { return nil }
        self.proxy = proxy
    }

    // MARK: Of the new generation

    /// Right after an import, in its turn: `done` is called once in a later one, with nil when the process has taken it, else with the
    /// reason; its death is one. Not called after `abandon`. There is no deadline: who waits has one.
    public func whenDecided(_ done: @escaping (_ refusal: String?) -> Void) { proxy.decision = done }

    /// Takes the import back, decided or not. The last call.
    public func abandon() { proxy.abandon() }

    // MARK: Of the old generation

    /// From the export on, in its turn: nothing is told to the process; if it dies it is not told of the object again. Until
    /// `forget_session` or `forget_sink`, `close`, or `goOn`.
    public func hold() { proxy.hold() }

    /// It stays where it is.
    public func goOn() { proxy.goOn() }
}
