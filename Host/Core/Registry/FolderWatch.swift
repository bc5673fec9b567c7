import Dispatch
import Glibc

/// Tells when files of a folder appear, change, or go; through inotify. The last of a burst of changes counts: `changed` is called once
/// they have been quiet for a moment.
final class FolderWatch: @unchecked Sendable {
    /// How long a folder has to be quiet, milliseconds.
    static let quiet = 200

    private let descriptor: Int32
    private let queue = DispatchQueue(label: "sluice.folder-watch")
    private var source: (any DispatchSourceRead)?
    private var pending: DispatchWorkItem?

    /// `nil`: the folder can't be watched (it is not there, or the system has no watches left).
    init?(_ folder: String, changed: @escaping @Sendable () -> Void) {
        descriptor = inotify_init1(Int32(O_NONBLOCK | O_CLOEXEC))
        guard descriptor >= 0 else { return nil }
        // A rename into the folder is the commit; a file that is written in place counts when its writer closes it.
        let mask = UInt32(IN_MOVED_TO | IN_MOVED_FROM | IN_CLOSE_WRITE | IN_DELETE)
        guard inotify_add_watch(descriptor, folder, mask) >= 0 else {
            close(descriptor)
            return nil
        }
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler { [weak self] in self?.drain(changed) }
        source.setCancelHandler { [descriptor] in close(descriptor) }
        self.source = source
        source.resume()
    }

    private func drain(_ changed: @escaping @Sendable () -> Void) {
        var block = [UInt8](repeating: 0, count: 4096)
        while read(descriptor, &block, block.count) > 0 {}
        pending?.cancel()
        let item = DispatchWorkItem(block: changed)
        pending = item
        queue.asyncAfter(deadline: .now() + .milliseconds(Self.quiet), execute: item)
    }

    func stop() { source?.cancel() }
}
