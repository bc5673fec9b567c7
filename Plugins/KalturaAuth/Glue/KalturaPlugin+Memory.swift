import Glibc
import KalturaCatalogue
import KalturaCore
import SluiceKit

/// `let_in.json` in the plugin's folder: who is on air and who was let in lately, so that a plugin that is reloaded, or whose process died,
/// cuts nobody while the back end is away, goes on registering, and withdraws what has ended meanwhile.
extension KalturaPlugin {
    private var memoryFile: String { "\(host.dataFolder)/let_in.json" }

    private var backEndName: String {
        let configuration = rules.configuration
        return "\(configuration.api.serverURL) \(configuration.address.ownPartner ?? BroadcastAddress.unknownPartner)"
    }

    /// Writes the file, when something changed, one write at a time; off the control thread.
    func save() {
        guard rules.configuration.backend == .kaltura, backEnd.beginSaving() else { return }
        Task { [backEnd] in
            try? await host.worker { self.write() }
            backEnd.endSaving()
        }
    }

    /// [worker] or [control, at the end]
    func write() {
        let (now, wall) = (backEnd.now, host.wallMicroseconds / 1_000_000)
        var memory = backEnd.memory
        memory.backEnd = backEndName
        memory.letIn = gate.remembered(now)
        let text = memory.text(wall: wall)
        do throws(CatalogueError) {
            try Self.replace(memoryFile, with: Array(text.utf8))
        } catch {
            host.log(.warning, "cannot note who was let in", ["reason": error.description])
        }
    }

    /// [control] Takes over what an earlier generation noted.
    func recall() {
        guard rules.configuration.backend == .kaltura, access(memoryFile, F_OK) == 0 else { return }
        guard case .success(let bytes) = Self.read(memoryFile) else {
            return host.log(.warning, "cannot read who was let in before", ["file": memoryFile])
        }
        let now = backEnd.now
        let memory = PluginMemory(String(decoding: bytes, as: UTF8.self), wall: host.wallMicroseconds / 1_000_000)
        guard memory.backEnd == backEndName else { return }
        gate.remember(memory.letIn, now: now)
        backEnd.remember(apps: memory.apps)
        var presence: [String: RegistrationBook.Presence] = [:]
        for name in memory.onAir.flatMap(\.streams) { presence[name] = self.presence(name) }
        let over = backEnd.book { [presence] in $0.restore(memory.onAir, now: now) { presence[$0] ?? .gone } }
        if !memory.onAir.isEmpty {
            host.log(
                .info, "took over from before",
                [
                    "on_air": "\(memory.onAir.count - over.count)", "ended_meanwhile": "\(over.count)",
                    "let_in": "\(memory.letIn.count)",
                ])
        }
        for last in over { send(last) }
    }

    /// Whether the host has that stream, in any app of ours.
    func presence(_ name: String) -> RegistrationBook.Presence {
        let states = backEnd.apps.flatMap { host.streams(app: $0, name: name) }.filter { $0.name == name }.map(\.state)
        if states.contains(SLUICE_STREAM_LIVE) { return .live }
        return states.contains(SLUICE_STREAM_LINGERING) ? .lost : .gone
    }

    /// [worker] Puts a file of the server's user alone in the place of another.
    static func replace(_ path: String, with bytes: [UInt8]) throws(CatalogueError) {
        let fresh = path + ".new"
        let file = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw .invalid("cannot write \(fresh): \(String(cString: strerror(errno)))") }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress?.advanced(by: written), bytes.count - written) }
            guard count > 0 else { break }
            written += count
        }
        close(file)
        guard written == bytes.count, rename(fresh, path) == 0 else {
            let reason = String(cString: strerror(errno))
            unlink(fresh)
            throw .invalid("cannot write \(path): \(reason)")
        }
    }
}
