import CHostIsolation
import CSluice
import Glibc

/// `sluice-runner --plugin-host`: one plugin in a process of its own. Descriptor 3 is the socket to the host, 4 the library.
///
/// It is told what to open, hardens itself, opens it, and then does what the host asks until the host is gone.
public enum PluginHost {
    /// Never returns; the process ends with the host, or with the plugin.
    public static func run() -> Never {
        signal(SIGPIPE, SIG_IGN)
        let plugin = HostedPlugin.shared
        var assembler = MessageAssembler()
        guard let message = plugin.link.first(&assembler), message.kind == .start,
            let order = try? message.reading({ try StartOrder(&$0) })
        else { _exit(64) }
        // Threads that begin from here on inherit both.
        _ = nice(order.nice)
        _ = order.processors.withUnsafeBufferPointer { hostiso_set_processors($0.baseAddress, UInt32($0.count)) }
        if order.carriesMedia {
            guard let rings = try? MediaRings.open() else { fail(plugin, message.id, "its media rings cannot be mapped") }
            plugin.media = MediaPort(rings, plugin.link)
        }
        var report = hostiso_report()
        restrict(order, &report)
        let missing = missing(report, order)
        if order.requiresSandbox, !missing.isEmpty {
            fail(plugin, message.id, "sandbox = \"required\", but the kernel has no \(missing.joined(separator: ", "))")
        }
        if let reason = plugin.openLibrary(hostVersion: order.hostVersion) { fail(plugin, message.id, reason) }
        guard let module = plugin.module else { _exit(70) }
        var description = ModuleDescription(module.pointee)
        description.sandbox = inForce(report, order)
        var writer = WireWriter(.described, id: message.id)
        writer.i32(SLUICE_OK)
        writer.text("")
        description.write(&writer)
        guard plugin.link.send(writer.finished()) else { fail(plugin, message.id, "the library's schemas are too large") }
        let rest = assembler
        guard OwnThread("host link", { plugin.link.read(rest) { plugin.receive($0) } }) != nil else { _exit(71) }
        if let media = plugin.media {
            guard OwnThread("media", { media.run { try plugin.receive($0, $1, &$2, $3) } }) != nil else { _exit(71) }
        }
        plugin.control.run()
    }

    private static func fail(_ plugin: HostedPlugin, _ id: UInt64, _ reason: String) -> Never {
        var writer = WireWriter(.described, id: id)
        writer.i32(SLUICE_E_FAILED)
        writer.text(String(reason.prefix(1024)))
        plugin.link.send(writer.finished())
        _exit(1)
    }

    private static func restrict(_ order: StartOrder, _ report: inout hostiso_report) {
        let readable = systemFolders + (order.connectPorts.isEmpty ? [] : networkFolders) + loadedFolders() + order.readable
        let lists = (readable.map { strdup($0) }, order.writable.map { strdup($0) })
        defer { for text in lists.0 + lists.1 { free(text) } }
        let (first, second) = (lists.0.map { UnsafePointer($0) }, lists.1.map { UnsafePointer($0) })
        first.withUnsafeBufferPointer { first in
            second.withUnsafeBufferPointer { second in
                var sandbox = hostiso_sandbox()
                sandbox.readable = first.baseAddress
                sandbox.readable_count = UInt32(first.count)
                sandbox.writable = second.baseAddress
                sandbox.writable_count = UInt32(second.count)
                sandbox.memory = order.memoryBytes
                order.connectPorts.withUnsafeBufferPointer { ports in
                    sandbox.ports = ports.baseAddress
                    sandbox.port_count = UInt32(ports.count)
                    hostiso_restrict(&sandbox, order.parent, &report)
                }
            }
        }
    }

    /// Libraries and what the C library reads; nothing of the user's, nothing secret. Of other processes Landlock shows what anybody may
    /// see; all of /proc, since libdispatch ends the process when it can't read `/proc/THREAD/stat`.
    private static let systemFolders = [
        "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share/zoneinfo", "/etc/ld.so.cache", "/etc/localtime",
        "/etc/nsswitch.conf", "/etc/hosts", "/etc/resolv.conf", "/etc/ssl/certs", "/proc", "/sys/devices/system/cpu",
        "/dev/urandom", "/dev/zero", "/proc/self/fd/4",
    ]

    /// What the resolver and TLS read besides, for a process that may connect somewhere. All of it is everybody's.
    private static let networkFolders = [
        "/etc/host.conf", "/etc/gai.conf", "/etc/services", "/run/systemd/resolve", "/etc/ssl/openssl.cnf",
        "/usr/share/ca-certificates", "/usr/local/share/ca-certificates", "/etc/pki/tls/certs", "/etc/pki/ca-trust/extracted",
    ]

    /// Where this process' own libraries lie: the plugin's need their neighbours.
    private static func loadedFolders() -> [String] {
        guard let file = fopen("/proc/self/maps", "r") else { return [] }
        defer { fclose(file) }
        var folders: Set<String> = []
        var line = [CChar](repeating: 0, count: 8192)
        while fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard text.contains(".so"), let slash = text.firstIndex(of: "/"), let end = text.lastIndex(of: "/"), slash < end
            else {
                continue
            }
            folders.insert(String(text[slash..<end]))
        }
        return folders.sorted()
    }

    private static func parts(_ report: hostiso_report) -> [(name: String, isThere: Bool)] {
        [
            ("no_new_privs", report.no_new_privileges != 0), ("capabilities", report.capabilities != 0),
            ("limits", report.limits != 0), ("landlock", report.landlock != 0), ("seccomp", report.seccomp != 0),
        ]
    }

    private static func missing(_ report: hostiso_report, _ order: StartOrder) -> [String] {
        let missing = parts(report).filter { !$0.isThere }.map(\.name)
        return missing + (order.connectPorts.isEmpty || report.landlock >= 4 ? [] : ["ports of [permissions] connect"])
    }

    private static func inForce(_ report: hostiso_report, _ order: StartOrder) -> String {
        let there = parts(report).filter(\.isThere).map { $0.name == "landlock" ? "landlock \(report.landlock)" : $0.name }
        let missing = missing(report, order)
        return there.joined(separator: ", ") + (missing.isEmpty ? "" : "; not: \(missing.joined(separator: ", "))")
    }
}
