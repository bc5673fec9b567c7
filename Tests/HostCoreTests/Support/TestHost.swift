import Glibc
import HostConfig
import HostPaths
import SluiceJSON

@testable import HostCore

/// A whole host on ports of its own, with plugins in C.
final class TestHost {
    let folder: TestFolder
    let server: Server
    static let token = "0123456789abcdef0123456789abcdef"

    /// - Parameters:
    ///   - configuration: TOML below `[host]` and the listeners.
    ///   - prepare: puts manifests and libraries into `plugins.d`.
    init(_ configuration: String = "", overrides: [String] = ["sieve"], prepare: (TestFolder) throws -> Void) throws {
        folder = try TestFolder()
        _ = try folder.folder("plugins.d")
        try prepare(folder)
        var text = "[host]\nplugins = \"plugins.d\"\nthreads = 2\nlog_level = \"critical\"\n"
        for name in ["http", "admin"] + overrides { text += "[listen.\(name)]\naddress = \"127.0.0.1\"\nport = 0\n" }
        let parsed = try ServerConfiguration(parsing: text + configuration, file: folder.file("sluice.toml"))
        let data = try DataFolder(folder.file("data"))
        server = try Server(
            configuration: parsed, options: ServerOptions(dataFolder: data.path, portBase: nil), adminToken: Self.token)
        do {
            try server.start()
        } catch {
            server.stop()
            throw error
        }
    }

    deinit { server.stop() }

    func stop() { server.stop() }

    /// Puts a plugin into `plugins.d`.
    static func install(
        _ folder: TestFolder, _ name: String, _ library: [UInt8], id: String, interfaces: [String], isolation: String = "host",
        more: String = ""
    ) throws {
        try folder.write("plugins.d/\(name).so", library)
        let drafts = ["transform", "source"]
        let list = interfaces.map { "\"sluice.\($0)/\(drafts.contains($0) ? 0 : 1)\"" }.joined(separator: ", ")
        let head = "id = \"\(id)\"\nlibrary = \"\(name).so\"\ninterfaces = [\(list)]\nisolation = \"\(isolation)\"\n"
        try folder.write("plugins.d/\(name).toml", head + more)
    }

    static func installGate(_ folder: TestFolder, more: String = "") throws {
        try install(
            folder, "gate", FixturePlugin.library("gate"), id: "gate", interfaces: ["auth", "command"],
            more: "[permissions]\nservices = [\"auth\"]\n" + more)
    }

    /// `kind`: see sieve.c.
    static func installSieve(
        _ folder: TestFolder, kind: Int = 0, isolation: String = "host", plays: [String] = [], more: String = ""
    ) throws {
        let needed = """
            \(plays.isEmpty ? "" : "plays = \(plays)")
            [permissions]
            services = ["net", "auth", "stream", "broadcast"]
            [[listen]]
            name = "sieve"
            transport = "tcp"
            port = 7000
            offset = 20

            """
        try install(
            folder, "sieve", FixturePlugin.library("sieve", kind: kind), id: "sieve",
            interfaces: ["protocol", "sink"] + (kind >= 2 ? ["handover"] : []), isolation: isolation, more: needed + more)
    }

    /// `kind`: see thin.c.
    static func installThin(_ folder: TestFolder, kind: Int = 0) throws {
        try install(folder, "thin", FixturePlugin.library("thin", kind: kind), id: "thin", interfaces: ["transform"])
    }

    /// `kind`: see pattern.c.
    static func installPattern(_ folder: TestFolder, kind: Int = 0) throws {
        try install(
            folder, "pattern", FixturePlugin.library("pattern", kind: kind), id: "pattern", interfaces: ["source"],
            more: "[permissions]\nservices = [\"stream\"]\n")
    }

    func client() throws -> LineClient { try LineClient(port: server.port("sieve") ?? 0) }

    /// An answer of the admin API, as JSON.
    func get(_ path: String) throws -> JSONValue { try ask("GET", path) }

    /// The answer's body to a request of the admin API.
    func ask(_ method: String, _ path: String, _ body: String = "") throws -> JSONValue {
        let client = try LineClient(port: server.port("admin") ?? 0)
        client.send(
            "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(Self.token)\r\n"
                + (body.isEmpty ? "" : "Content-Length: \(body.utf8.count)\r\n") + "Connection: close\r\n\r\n" + body)
        let text = client.rest()
        let body = text.split(separator: "\r\n\r\n", maxSplits: 1).last.map(String.init) ?? ""
        return try JSONValue(parsing: body)
    }

    func stream(_ name: String, app: String = "live") -> LiveStream? {
        StreamKey(app: app, stream: name).flatMap { server.streams[$0] }
    }
}

/// A blocking connection that speaks lines.
final class LineClient {
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    struct NoConnection: Error { let code: Int32 }

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var wait = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw NoConnection(code: errno) }
    }

    deinit { close(descriptor) }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    func hangUp() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// The next line; nil at the end of the connection, or when nothing comes.
    func line() -> String? {
        while true {
            if let end = buffer.firstIndex(of: 0x0A) {
                let line = String(decoding: buffer[..<end], as: UTF8.self)
                buffer.removeSubrange(...end)
                return line
            }
            guard fill() else { return nil }
        }
    }

    /// Everything up to the end of the connection.
    func rest() -> String {
        while fill() {}
        defer { buffer = [] }
        return String(decoding: buffer, as: UTF8.self)
    }

    private func fill() -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        guard count > 0 else { return false }
        buffer += chunk.prefix(count)
        return true
    }
}
