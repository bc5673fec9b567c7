import Glibc
import HostConfig
import SluiceJSON

/// A running server as its data folder tells: `DIR/run.json` (`pid`, `admin`: address) and `DIR/admin.token`.
struct RunningServer: Equatable {
    /// Host name or address, without brackets.
    var host: String
    var port: Int
    var token: String

    /// Looks into the data folder.
    /// - Returns: nil when no server runs there.
    /// - Throws: `Failure` when one runs and cannot be talked to.
    static func find(in data: String) throws -> RunningServer? {
        let file = FilePaths.join(data, "run.json")
        guard let text = try? ConfigurationFiles.text(of: file) else { return nil }
        guard let record = try? JSONValue(parsing: text) else { throw Failure(Exit.noServer, "\(file) is no JSON") }
        guard let pid = record["pid"]?.intValue.flatMap({ pid_t(exactly: $0) }), pid > 0, isAlive(pid) else { return nil }
        guard let address = record["admin"]?.stringValue, let (host, port) = parse(address) else {
            throw Failure(Exit.noServer, "\(file) has no admin address that this command can use")
        }
        let tokenFile = FilePaths.join(data, "admin.token")
        let token: String
        do throws(ConfigurationErrors) {
            token = try ConfigurationFiles.text(of: tokenFile)
        } catch {
            throw Failure(Exit.notAllowed, "a server runs (process \(pid)), but the token \(error)")
        }
        return RunningServer(host: host, port: port, token: String(token.filter { !$0.isWhitespace }))
    }

    /// As `find`, but without a server it fails.
    static func require(in data: String) throws -> RunningServer {
        guard let server = try find(in: data) else {
            throw Failure(Exit.noServer, "no server runs on the data folder \(data) (start one: sluice serve --data \(data))")
        }
        return server
    }

    /// `127.0.0.1:9080`, `[::1]:9080`, with or without `http://`.
    static func parse(_ address: String) -> (host: String, port: Int)? {
        var rest = Substring(address)
        if rest.hasPrefix("http://") { rest = rest.dropFirst(7) }
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        guard let colon = rest.lastIndex(of: ":"), let port = Int(rest[rest.index(after: colon)...]), (1...65_535).contains(port)
        else {
            return nil
        }
        var host = rest[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty, !host.contains("/") else { return nil }
        return (String(host), port)
    }

    /// A process of another user counts as alive.
    private static func isAlive(_ pid: pid_t) -> Bool { kill(pid, 0) == 0 || errno == EPERM }
}
