import Glibc

/// Runs the floor on one or more threads.
enum Floor {
    private final class Work: Sendable {
        let options: FloorOptions
        init(_ options: FloorOptions) { self.options = options }
    }

    static func run(_ options: FloorOptions) throws(UsageError) {
        let first = try FloorLoop(options)
        for _ in 1..<max(1, options.threads) {
            try start(options)
        }
        first.run()
    }

    private static func start(_ options: FloorOptions) throws(UsageError) {
        var thread = pthread_t()
        let work = Unmanaged.passRetained(Work(options))
        let failure = pthread_create(
            &thread, nil,
            { pointer in
                guard let pointer else { return nil }
                let work = Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue()
                do { try FloorLoop(work.options).run() } catch { complain("\(error)") }
                return nil
            }, work.toOpaque())
        guard failure == 0 else { throw UsageError("cannot start a thread: \(systemError(failure))") }
    }
}
