// A protocol of lines: what comes in goes back, line by line; "quit" ends the connection. The host owns the socket, this is the logic:
// bytes in, bytes out, whole or in pieces.

import SluiceJSON
import SluiceKit
import Synchronization

final class EchoPlugin: Plugin, ProtocolServer {
    static let module = ModuleDescription(
        id: "swift-protocol", version: "0.1.0", description: "lines come back",
        configSchema: """
            {"type": "object", "properties": {"greeting": {"type": "string", "maxLength": 200, "default": "hello",
            "description": "the first line that a client gets"}}}
            """)

    private let greeting = Mutex("hello")

    init(host: Host) {}

    func configure(_ json: String) throws {
        let found = try JSONValue(parsing: json)["greeting"]?.stringValue ?? "hello"
        greeting.withLock { $0 = found }
    }

    func openSession(_ connection: Connection) throws -> any ProtocolSession {
        connection.send(Array("\(greeting.withLock { $0 })\r\n".utf8))
        return EchoSession(connection)
    }
}

/// One connection's. All calls come on its lane, one after the other.
final class EchoSession: ProtocolSession {
    private let connection: Connection
    private var lines = Lines()

    init(_ connection: Connection) {
        self.connection = connection
        // Who says nothing does not stay: the timer holds until the first line.
        connection.setTimer(connection.host.monotonicNanoseconds + connection.handshakeNanoseconds)
    }

    func receive(_ bytes: UnsafeRawBufferPointer, at now: UInt64) throws {
        for byte in bytes {
            guard let line = try lines.take(byte) else { continue }
            connection.setTimer(nil)
            if line == Array("quit".utf8) { return connection.close(reason: "the client quit") }
            connection.send(line + Array("\r\n".utf8))
        }
    }

    func timer(at now: UInt64) throws { throw PluginError("no line came in time", code: SLUICE_E_TIMEOUT) }

    func stop(reason: String) { connection.close(reason: reason) }
}

/// Bytes become lines. Bounded: nothing that a peer can grow is without a limit.
struct Lines {
    static let limit = 1024
    private var line: [UInt8] = []

    /// The line that this byte ends, without its end.
    mutating func take(_ byte: UInt8) throws(PluginError) -> [UInt8]? {
        if byte == UInt8(ascii: "\n") {
            defer { line = [] }
            return line
        }
        guard line.count < Self.limit else {
            throw PluginError("a line is longer than \(Self.limit) bytes", code: SLUICE_E_LIMIT)
        }
        if byte != UInt8(ascii: "\r") { line.append(byte) }
        return nil
    }
}

@c(sluice_module_v1)
public func entry(
    _ hello: UnsafePointer<sluice_hello>?, _ error: UnsafeMutablePointer<sluice_error>?
) -> UnsafePointer<sluice_module>? {
    SluiceModule.entry(EchoPlugin.self, hello, error)
}
