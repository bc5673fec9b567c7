import Dispatch
import Glibc

/// Tells when files of a folder appear, change, or go; through inotify. The last of a burst of changes counts: `changed` is called once
/// they have been quiet for a moment.
final class FolderWatch: @unchecked Sendable {
    /// How long a folder has to be quiet, milliseconds.
    static let quiet = 200

    private let folder: String
    private let descriptor: Int32
    private let queue = DispatchQueue(label: "sluice.folder-watch")
    private var source: (any DispatchSourceRead)?
    private var pending: DispatchWorkItem?

    /// `nil`: the folder can't be watched (it is not there, or the system has no watches left).
    init?(_ folder: String, changed: @escaping @Sendable () -> Void) {
        self.folder = folder
        descriptor = inotify_init1(Int32(O_NONBLOCK | O_CLOEXEC))
        guard descriptor >= 0 else { return nil }
        // A rename into the folder is the commit; a file that is written in place counts when its writer closes it.
        // Links are whole when they appear.
        let mask = UInt32(IN_MOVED_TO | IN_MOVED_FROM | IN_CLOSE_WRITE | IN_DELETE | IN_CREATE)
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
        var counts = false
        while true {
            let size = read(descriptor, &block, block.count)
            guard size > 0 else { break }
            if isMeant(block.prefix(size)) { counts = true }
        }
        guard counts else { return }
        pending?.cancel()
        let item = DispatchWorkItem(block: changed)
        pending = item
        queue.asyncAfter(deadline: .now() + .milliseconds(Self.quiet), execute: item)
    }

    /// Whether one of the events (inotify(7): four words, then a name of the fourth's size) is more than a file that begins to be written.
    private func isMeant(_ events: ArraySlice<UInt8>) -> Bool {
        var rest = events
        while rest.count >= 16 {
            let words = rest.prefix(16).withUnsafeBytes { bytes in
                (
                    bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self),
                    bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self)
                )
            }
            rest = rest.dropFirst(16)
            let name = String(decoding: rest.prefix(Int(words.1)).prefix { $0 != 0 }, as: UTF8.self)
            rest = rest.dropFirst(Int(words.1))
            guard words.0 & UInt32(IN_CREATE) != 0 else { return true }
            var info = stat()
            if lstat(Files.join(folder, name), &info) == 0, info.st_mode & S_IFMT != S_IFREG { return true }
        }
        return false
    }

    func stop() { source?.cancel() }
}
