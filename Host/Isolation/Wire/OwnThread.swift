import CHostIsolation
import Glibc

/// A thread of our own that runs `body` once. It can be joined.
struct OwnThread: @unchecked Sendable {
    private let thread: pthread_t

    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// nil: the system has no thread left.
    init?(_ name: String, _ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let name = String(name.prefix(15))
        let box = Unmanaged.passRetained(
            Body {
                hostiso_name_thread(name)
                body()
            })
        let status = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, box.toOpaque())
        guard status == 0 else {
            box.release()
            return nil
        }
        self.thread = thread
    }

    func join() { pthread_join(thread, nil) }
    func detach() { pthread_detach(thread) }
    var isCurrent: Bool { pthread_equal(thread, pthread_self()) != 0 }
}
