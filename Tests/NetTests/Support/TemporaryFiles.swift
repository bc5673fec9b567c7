import Foundation

/// A folder of its own, removed by its test.
struct TemporaryFiles: Sendable {
    let folder = NSTemporaryDirectory() + "/net-\(UUID().uuidString)"

    init() { try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }

    func path(_ name: String) -> String { folder + "/" + name }
    func write(_ name: String, _ text: String) throws { try text.write(toFile: path(name), atomically: true, encoding: .utf8) }
    func remove() { try? FileManager.default.removeItem(atPath: folder) }
}

/// Subject of the certificate that a port presents, by the openssl program.
func subject(of port: Int) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
        "-c", "openssl s_client -connect 127.0.0.1:\(port) </dev/null 2>/dev/null | openssl x509 -noout -subject",
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
}
