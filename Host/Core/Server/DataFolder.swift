import Glibc
import SluiceJSON

/// `DIR`: one server per data folder, the admin token, and where a running server is found.
public final class DataFolder {
    public let path: String
    private var lock: Int32 = -1

    /// Makes the folder when it isn't there. Throws a text for the operator.
    public init(_ path: String) throws {
        do {
            try Files.makeFolder(path, mode: 0o750)
        } catch {
            throw StartFailure("data folder: \(error)")
        }
        guard let resolved = Files.resolve(path) else { throw StartFailure("data folder: cannot resolve \(path)") }
        self.path = resolved
    }

    /// Takes the folder for this process; a second server is refused with the first one's process id.
    public func takeForServer() throws {
        let file = Files.join(path, "server.lock")
        lock = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw StartFailure("cannot open \(file): \(String(cString: strerror(errno)))") }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let holder = (try? Files.read(Files.join(path, "run.json"), limit: 4096)).flatMap { try? JSONValue(parsing: $0) }
            let pid = holder?["pid"]?.intValue.map { " (process \($0))" } ?? ""
            throw StartFailure("another server\(pid) uses the data folder \(path)")
        }
    }

    /// The admin token, made at the first start, mode 0600.
    public func adminToken() throws -> String {
        let file = Files.join(path, "admin.token")
        if let bytes = try? Files.read(file, limit: 4096) {
            let text = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
            if text.utf8.count >= 16 {
                guard chmod(file, 0o600) == 0 else { throw StartFailure("admin token: cannot keep \(file) to its owner") }
                return text
            }
        }
        let token = Digest.hex(Digest.random(24))
        do {
            try Files.replace(file, with: Array((token + "\n").utf8), mode: 0o600)
        } catch {
            throw StartFailure("admin token: \(error)")
        }
        return token
    }

    /// Writes `run.json`: process id, ports and admin address.
    public func writeRun(adminPort: Int, ports: [(String, Int)]) throws {
        let listeners = JSONObject(ports.map { ($0.0, JSONValue($0.1)) })
        let object: JSONObject = [
            "pid": JSONValue(Int(getpid())), "admin": .string("127.0.0.1:\(adminPort)"), "listeners": .object(listeners),
            "version": .string(Server.version),
        ]
        do {
            try Files.replace(
                Files.join(path, "run.json"), with: JSONValue.object(object).serializedBytes(pretty: true), mode: 0o644)
        } catch {
            throw StartFailure("run.json: \(error)")
        }
    }

    public func removeRun() { unlink(Files.join(path, "run.json")) }
}
