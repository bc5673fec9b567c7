import CSluice
import Foundation
import Synchronization

@testable import HostIsolation

/// A bad plugin in a process, driven through the C tables as the host does it.
final class HostedBad: @unchecked Sendable {
    struct Failure: Error, CustomStringConvertible { let description: String }

    let host = FakeHost()
    let module: ProcessModule
    let folder: String
    private(set) var instance: OpaquePointer?
    private let nextHandle = Atomic<UInt64>(1000)

    /// Made, configured, tested and active, unless `until` says otherwise.
    init(
        _ library: String, until last: String = "activate", configuration: String = "{}",
        _ change: (inout ProcessSettings) -> Void = { _ in }
    ) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("sluice-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var settings = ProcessSettings(
            library: library, runner: try BadPlugin.beside("sluice-runner"), dataFolder: folder, hostVersion: "0.1.0")
        change(&settings)
        let host = host
        module = try ProcessModule.start(settings) { notice in host.told.withLock { $0.notices.append(notice) } }
        if last == "start" { return }
        var error = sluice_error.make()
        try check("create", module.module.pointee.create?(host.pointer, &instance, &error), error)
        if last == "create" { return }
        try configure(configuration)
        if let table: UnsafePointer<sluice_selftest_interface> = table(SLUICE_INTERFACE_SELFTEST) {
            try check("selftest", table.pointee.run?(instance, &error), error)
        }
        if last == "selftest" { return }
        try check("activate", module.module.pointee.activate?(instance, &error), error)
    }

    deinit {
        end()
        module.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    func end() {
        guard let instance else { return }
        self.instance = nil
        module.module.pointee.deactivate?(instance)
        module.module.pointee.destroy?(instance)
    }

    private func check(_ step: String, _ status: Int32?, _ error: sluice_error) throws {
        guard status == SLUICE_OK else { throw Failure(description: "\(step): \(error.reason(or: "?"))") }
    }

    func configure(_ json: String) throws {
        var error = sluice_error.make()
        let status = sluice_text.with(json) { module.module.pointee.configure?(instance, $0, &error) }
        try check("configure", status, error)
    }

    func table<T>(_ id: String) -> UnsafePointer<T>? {
        module.module.pointee.get_interface?(instance, id)?.assumingMemoryBound(to: T.self)
    }

    var state: ProcessFigures.State { module.figures.state }

    func handle() -> UInt64 { nextHandle.wrappingAdd(10, ordering: .relaxed).newValue }

    /// Asks; nil: refused at once.
    func ask(_ stream: String, token: String = "secret") -> UInt64? {
        guard let table: UnsafePointer<sluice_auth_interface> = table(SLUICE_INTERFACE_AUTH) else { return nil }
        let question = handle()
        let status = sluice_text.with(stream) { stream in
            sluice_text.with(token) { token in
                sluice_text.with("t") { key in
                    let pairs = [sluice_pair(key: key, value: token)]
                    return pairs.withUnsafeBufferPointer { pairs in
                        var request = sluice_auth_request()
                        request.struct_size = UInt32(MemoryLayout<sluice_auth_request>.size)
                        request.action = SLUICE_ACTION_PUBLISH
                        request.stream = stream
                        request.app = stream
                        request.query = pairs.baseAddress
                        request.query_count = 1
                        request.deadline_ns = monotonicNanoseconds() + 60_000_000_000
                        return table.pointee.decide?(instance, question, &request) ?? SLUICE_E_UNSUPPORTED
                    }
                }
            }
        }
        return status == SLUICE_OK ? question : nil
    }

    func cancel(_ question: UInt64) {
        let table: UnsafePointer<sluice_auth_interface>? = table(SLUICE_INTERFACE_AUTH)
        table?.pointee.cancel?(instance, question)
    }

    /// Asks and waits for the answer.
    func decide(_ stream: String, token: String = "secret") -> FakeHost.Answer? {
        guard let question = ask(stream, token: token) else { return nil }
        return answer(question)
    }

    func answer(_ question: UInt64) -> FakeHost.Answer? {
        eventually { !self.host.answers(question).isEmpty } ? host.answers(question).first : nil
    }

    func run(_ arguments: String...) -> FakeHost.Reply? {
        guard let table: UnsafePointer<sluice_command_interface> = table(SLUICE_INTERFACE_COMMAND) else { return nil }
        let call = handle()
        var blocks: [UnsafeMutablePointer<CChar>] = []
        defer { for block in blocks { free(block) } }
        let argv = arguments.compactMap { argument -> sluice_text? in
            guard let block = strdup(argument) else { return nil }
            blocks.append(block)
            return sluice_text(data: block, size: UInt64(argument.utf8.count))
        }
        var error = sluice_error.make()
        guard table.pointee.run?(instance, call, argv, UInt32(argv.count), &error) == SLUICE_OK else {
            return FakeHost.Reply(code: -1, output: "", errors: error.reason(or: "?"))
        }
        return eventually { self.host.reply(call) != nil } ? host.reply(call) : nil
    }

    func request(route: UInt32, body: [UInt8]) -> FakeHost.Responded? {
        guard let table: UnsafePointer<sluice_routes_interface> = table(SLUICE_INTERFACE_ROUTES) else { return nil }
        let exchange = handle()
        var error = sluice_error.make()
        let status = body.withUnsafeBufferPointer { body in
            sluice_text.with("POST") { method in
                var raw = sluice_request()
                raw.struct_size = UInt32(MemoryLayout<sluice_request>.size)
                raw.route = route
                raw.exchange = exchange
                raw.method = method
                raw.body = sluice_bytes(data: body.baseAddress, size: UInt64(body.count))
                return table.pointee.handle?(instance, &raw, nil, &error) ?? SLUICE_E_UNSUPPORTED
            }
        }
        guard status == SLUICE_OK else { return nil }
        return eventually { self.host.response(exchange) != nil } ? host.response(exchange) : nil
    }

    func event(_ type: String) {
        let table: UnsafePointer<sluice_observer_interface>? = table(SLUICE_INTERFACE_OBSERVER)
        sluice_text.with(type) { type in sluice_text.with("{}") { table?.pointee.event?(instance, type, $0) } }
    }

    func waitUntilRunning(restarts: Int) -> Bool {
        eventually { self.module.figures.state == .running && self.module.figures.restarts >= restarts }
    }
}

/// Waits until `isTrue`, at most 60 s.
func eventually(_ isTrue: () -> Bool) -> Bool {
    let end = monotonicNanoseconds() + 60_000_000_000
    while monotonicNanoseconds() < end {
        if isTrue() { return true }
        usleep(200)
    }
    return isTrue()
}
