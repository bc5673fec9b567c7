import CSluice
import Glibc
import HostIsolation
import SluiceKit
import Synchronization

/// The Kaltura plugin in its process, by the tables through which the host calls it; what it says of its work is dropped.
final class HostedKaltura: @unchecked Sendable {
    struct Failure: Error, CustomStringConvertible { let description: String }
    struct Answer: Sendable {
        var decision: UInt32
        var reason: String
        var time: UInt64
    }

    let answers = Mutex<[UInt64: Answer]>([:])
    private let module: ProcessModule
    private let host: UnsafeMutablePointer<sluice_host>
    private var instance: OpaquePointer?
    private var auth: UnsafePointer<sluice_auth_interface>?

    static func beside(_ name: String) -> String {
        var path = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &path, path.count - 1)
        let program = String(decoding: path.prefix(max(length, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return program.prefix(through: program.lastIndex(of: "/") ?? program.startIndex) + name
    }

    /// Made, configured and active. - Parameter folder: its data folder.
    init(_ folder: String, config: String, ports: [UInt16]) throws {
        var settings = ProcessSettings(
            library: Self.beside("libSluiceKaltura.so"), runner: Self.beside("sluice-runner"), dataFolder: folder,
            hostVersion: "0.1.0")
        settings.connectPorts = ports
        module = try ProcessModule.start(settings) { _ in }
        host = .allocate(capacity: 1)
        host.initialize(to: sluice_host())
        host.pointee.struct_size = UInt32(MemoryLayout<sluice_host>.size)
        host.pointee.get_service = { _, id in id.flatMap { Services.all[String(cString: $0)] } }
        host.pointee.context = Unmanaged.passUnretained(self).toOpaque()
        var error = sluice_error()
        error.struct_size = UInt32(MemoryLayout<sluice_error>.size)
        let table = module.module.pointee
        try check("create", table.create?(host, &instance, &error))
        try check("configure", withText(config) { table.configure?(instance, $0, &error) })
        try check("activate", table.activate?(instance, &error))
        auth = table.get_interface?(instance, SLUICE_INTERFACE_AUTH)?.assumingMemoryBound(to: sluice_auth_interface.self)
    }

    private func check(_ step: String, _ status: Int32?) throws {
        guard status == SLUICE_OK else { throw Failure(description: "\(step) failed: \(status ?? -1)") }
    }

    /// Asks whether an encoder with this address may connect.
    func ask(_ question: UInt64, _ address: String) {
        withText(address) { url in
            withText("kLive") { app in
                withText("203.0.113.5") { peer in
                    withText("rtmp") { scheme in
                        var request = sluice_auth_request()
                        request.struct_size = UInt32(MemoryLayout<sluice_auth_request>.size)
                        request.action = SLUICE_ACTION_CONNECT
                        request.connection = question + 1
                        (request.protocol, request.scheme) = (scheme, scheme)
                        (request.app, request.raw_app, request.url, request.peer_address) = (app, app, url, peer)
                        request.deadline_ns = monotonic() + 10_000_000_000
                        _ = auth?.pointee.decide?(instance, question, &request)
                    }
                }
            }
        }
    }

    func waitForAnswers(_ count: Int, seconds: Int) -> Bool {
        let end = monotonic() + UInt64(seconds) * 1_000_000_000
        while answers.withLock({ $0.count }) < count {
            guard monotonic() < end else { return false }
            usleep(10_000)
        }
        return true
    }

    func end() {
        module.module.pointee.deactivate?(instance)
        module.module.pointee.destroy?(instance)
        module.stop()
    }

    /// The services as far as this plugin needs them.
    private enum Services {
        static func keep<T>(_ table: T) -> UnsafeRawPointer {
            let place = UnsafeMutablePointer<T>.allocate(capacity: 1)
            place.initialize(to: table)
            return UnsafeRawPointer(place)
        }

        nonisolated(unsafe) static let all: [String: UnsafeRawPointer] = [
            SLUICE_SERVICE_TIME: keep(sluice_time_service()), SLUICE_SERVICE_TASK: keep(sluice_task_service()),
            SLUICE_SERVICE_BUFFER: keep(sluice_buffer_service()), SLUICE_SERVICE_AUTH: keep(auth),
            SLUICE_SERVICE_LOG: keep(
                sluice_log_service(struct_size: 0, reserved: 0, enabled: { _, _ in 0 }, write: { _, _, _, _, _ in })),
            SLUICE_SERVICE_METRICS: keep(metrics),
            // What it answers is the process' own.
            SLUICE_SERVICE_CONFIG: keep(
                sluice_config_service(
                    struct_size: 0, reserved: 0, app: { _, _, _, _ in SLUICE_E_NOT_FOUND }, apps: { _, _, _ in },
                    data_folder: { _ in sluice_text() })),
        ]

        static let metrics = sluice_metrics_service(
            struct_size: 0, reserved: 0,
            define: { _, _, _, _, _, _, metric in
                metric?.pointee = 1
                return SLUICE_OK
            }, record: { _, _, _ in })

        static let auth = sluice_auth_service(
            struct_size: 0, reserved: 0, ask: { _, _, _, _, _, _ in SLUICE_E_INVALID }, cancel: { _, _ in SLUICE_E_STALE },
            answer: { host, question, verdict in
                guard let context = host?.pointee.context, let raw = verdict?.pointee else { return SLUICE_E_INVALID }
                let answer = Answer(decision: raw.decision, reason: raw.reason.string, time: monotonic())
                Unmanaged<HostedKaltura>.fromOpaque(context).takeUnretainedValue().answers.withLock { $0[question] = answer }
                return SLUICE_OK
            })
    }
}
