/// A timer of the plugin's control thread; cancelled when it is released. Make and release it on the control thread.
public final class Timer {
    private let host: Host
    private let fire: @Sendable () -> Void
    private var handle: sluice_handle = 0

    fileprivate init(host: Host, fire: @escaping @Sendable () -> Void) {
        self.host = host
        self.fire = fire
    }

    fileprivate func start(afterNanoseconds delay: UInt64, everyNanoseconds period: UInt64) throws(PluginError) {
        guard let time = host.time else { throw PluginError("the time service is not granted", code: SLUICE_E_DENIED) }
        let context = Unmanaged.passUnretained(self).toOpaque()
        let status = time.pointee.start(
            host.pointer, delay, period,
            { context, _ in
                guard let context else { return }
                Unmanaged<Timer>.fromOpaque(context).takeUnretainedValue().fire()
            }, context, &handle)
        if status != SLUICE_OK { throw PluginError("too many timers", code: status) }
    }

    deinit {
        if handle != 0, let time = host.time { _ = time.pointee.cancel(host.pointer, handle) }
    }
}

extension Host {
    /// Calls `fire` on the control thread every `period` nanoseconds for as long as the timer is kept.
    public func timer(everyNanoseconds period: UInt64, _ fire: @escaping @Sendable () -> Void) throws(PluginError) -> Timer {
        let timer = Timer(host: self, fire: fire)
        try timer.start(afterNanoseconds: period, everyNanoseconds: period)
        return timer
    }
}
