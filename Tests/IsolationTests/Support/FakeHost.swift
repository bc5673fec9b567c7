import CSluice
import Foundation
import Synchronization

@testable import HostIsolation

/// The host's side of the ABI, as far as a plugin in a process needs it: it writes down what it is told.
final class FakeHost: @unchecked Sendable {
    struct Answer: Equatable, Sendable {
        var decision: UInt32
        var reason: String
        var detail: String
        var attributes: [String]
        var time: UInt64
    }

    struct Reply: Equatable, Sendable {
        var code: Int32
        var output: String
        var errors: String
    }

    struct Responded: Equatable, Sendable {
        var status: UInt32
        var headers: [String]
        var body: String
    }

    struct Told: Sendable {
        var answers: [UInt64: [Answer]] = [:]
        var replies: [UInt64: Reply] = [:]
        var responses: [UInt64: Responded] = [:]
        var begun: [UInt64: Responded] = [:]
        var lines: [String] = []
        var events: [String] = []
        var values: [String: [UInt8]] = [:]
        var recorded: [UInt64: Double] = [:]
        var notices: [ProcessNotice] = []
        /// Log → what was appended; its last prefix.
        var appended: [UInt64: [String]] = [:]
        var prefixes: [UInt64: String] = [:]
        /// Sink → key → body of what was released under it; how often.
        var released: [String: [String]] = [:]
        var parked: [UInt64: String] = [:]
        var attached: [UInt64: String] = [:]
        var attributes: [UInt64: [String: String]] = [:]
        /// Transform → labels of its outputs.
        var outputs: [UInt64: [String]] = [:]
        /// Transform → bytes of its still picture; its report.
        var stills: [UInt64: [UInt8]] = [:]
        var reports: [UInt64: String] = [:]
        /// Source → its timer, and why it ended; stream → what was pushed to it.
        var timers: [UInt64: UInt64] = [:]
        var ended: [UInt64: String] = [:]
        var tracks: [UInt64: Int] = [:]
        var pushed: [UInt64: [Int64]] = [:]
    }

    let told = Mutex(Told())
    /// What became of connections; see FakeHost+Sessions.
    let connections = Mutex<[UInt64: Connected]>([:])
    let questions = Mutex(Questions())
    let pointer: UnsafeMutablePointer<sluice_host>

    init() {
        pointer = .allocate(capacity: 1)
        pointer.initialize(to: sluice_host())
        pointer.pointee.struct_size = UInt32(MemoryLayout<sluice_host>.size)
        pointer.pointee.context = Unmanaged.passUnretained(self).toOpaque()
        pointer.pointee.get_service = { _, id in
            guard let id else { return nil }
            return Tables.all[String(cString: id)]
        }
    }

    deinit { pointer.deallocate() }

    static func from(_ host: UnsafePointer<sluice_host>?) -> FakeHost? {
        (host?.pointee.context).map { Unmanaged<FakeHost>.fromOpaque($0).takeUnretainedValue() }
    }

    var notices: [ProcessNotice] { told.withLock { $0.notices } }
    func answers(_ question: UInt64) -> [Answer] { told.withLock { $0.answers[question] ?? [] } }
    func reply(_ call: UInt64) -> Reply? { told.withLock { $0.replies[call] } }
    func response(_ exchange: UInt64) -> Responded? { told.withLock { $0.responses[exchange] } }

    /// The services; fetch is not granted.
    private enum Tables {
        static func keep<T>(_ table: T) -> UnsafeRawPointer {
            let place = UnsafeMutablePointer<T>.allocate(capacity: 1)
            place.initialize(to: table)
            return UnsafeRawPointer(place)
        }

        static func pairs(_ list: UnsafePointer<sluice_pair>?, _ count: UInt32) -> [String] {
            guard let list else { return [] }
            return (0..<Int(count)).map { "\(list[$0].key.copied)=\(list[$0].value.copied)" }
        }

        static func bytes(_ blob: sluice_bytes) -> [UInt8] {
            Array(UnsafeRawBufferPointer(start: blob.data, count: Int(blob.size)))
        }

        nonisolated(unsafe) static let all: [String: UnsafeRawPointer] = [
            SLUICE_SERVICE_TIME: keep(sluice_time_service()), SLUICE_SERVICE_TASK: keep(sluice_task_service()),
            SLUICE_SERVICE_BUFFER: keep(sluice_buffer_service()), SLUICE_SERVICE_LOG: keep(log),
            SLUICE_SERVICE_CONFIG: keep(config),
            SLUICE_SERVICE_AUTH: keep(auth), SLUICE_SERVICE_COMMAND: keep(command), SLUICE_SERVICE_EVENT: keep(event),
            SLUICE_SERVICE_METRICS: keep(metrics), SLUICE_SERVICE_KV: keep(kv), SLUICE_SERVICE_STREAM: keep(stream),
            SLUICE_SERVICE_NET: keep(FakeHost.net), SLUICE_SERVICE_HANDOVER: keep(sluice_handover_service()),
            SLUICE_SERVICE_EXCHANGE: keep(exchange), SLUICE_SERVICE_BROADCAST: keep(broadcast),
            SLUICE_SERVICE_TRANSFORM: keep(transform), SLUICE_SERVICE_SOURCE: keep(source),
        ]

        static let log = sluice_log_service(
            struct_size: 0, reserved: 0, enabled: { _, level in level >= 2 ? 1 : 0 },
            write: { host, _, text, fields, count in
                let line = ([text.copied] + pairs(fields, count)).joined(separator: " ")
                FakeHost.from(host)?.told.withLock { if $0.lines.count < 1000 { $0.lines.append(line) } }
            })

        static let config = sluice_config_service(
            struct_size: 0, reserved: 0,
            app: { _, app, receive, context in
                guard app.copied == "kLive" else { return SLUICE_E_NOT_FOUND }
                sluice_text.with("{\"a\":1}") { receive?(context, $0) }
                return SLUICE_OK
            },
            apps: { _, receive, context in for app in ["kLive", "live"] { sluice_text.with(app) { receive?(context, $0) } } },
            data_folder: { _ in sluice_text() })

        static let auth = sluice_auth_service(
            struct_size: 0, reserved: 0,
            ask: { host, request, done, context, operation, _ in
                FakeHost.from(host)?.ask(request, done, context, operation) ?? SLUICE_E_INVALID
            },
            cancel: { _, _ in SLUICE_E_STALE },
            answer: { host, question, verdict in
                guard let host = FakeHost.from(host), let raw = verdict?.pointee else { return SLUICE_E_INVALID }
                let answer = Answer(
                    decision: raw.decision, reason: raw.reason.copied, detail: raw.detail.copied,
                    attributes: pairs(raw.attributes, raw.attribute_count), time: monotonicNanoseconds())
                host.told.withLock { $0.answers[question, default: []].append(answer) }
                return SLUICE_OK
            })

        static let command = sluice_command_service(
            struct_size: 0, reserved: 0,
            reply: { host, call, code, output, errors in
                let reply = Reply(code: code, output: output.copied, errors: errors.copied)
                FakeHost.from(host)?.told.withLock { $0.replies[call] = reply }
                return SLUICE_OK
            })

        static let event = sluice_event_service(
            struct_size: 0, reserved: 0,
            emit: { host, type, json in
                FakeHost.from(host)?.told.withLock { $0.events.append("\(type.copied) \(json.copied)") }
                return SLUICE_OK
            })

        static let metrics = sluice_metrics_service(
            struct_size: 0, reserved: 0,
            define: { _, _, _, _, _, _, metric in
                metric?.pointee = 77
                return SLUICE_OK
            },
            record: { host, metric, value in FakeHost.from(host)?.told.withLock { $0.recorded[metric, default: 0] += value } })

        static let kv = sluice_kv_service(
            struct_size: 0, reserved: 0,
            get: { host, key, receive, context in
                guard let value = FakeHost.from(host)?.told.withLock({ $0.values[key.copied] }) else { return SLUICE_E_NOT_FOUND }
                value.withUnsafeBufferPointer {
                    receive?(context, key, sluice_bytes(data: $0.baseAddress, size: UInt64($0.count)))
                }
                return SLUICE_OK
            },
            put: { host, key, value, _ in
                FakeHost.from(host)?.told.withLock { $0.values[key.copied] = bytes(value) }
                return SLUICE_OK
            },
            remove: { host, key, _ in
                FakeHost.from(host)?.told.withLock { $0.values[key.copied] = nil }
                return SLUICE_OK
            },
            each: { host, prefix, receive, context in
                let values = FakeHost.from(host)?.told.withLock { $0.values } ?? [:]
                for (key, value) in values.sorted(by: { $0.key < $1.key }) where key.hasPrefix(prefix.copied) {
                    sluice_text.with(key) { key in
                        value.withUnsafeBufferPointer {
                            receive?(context, key, sluice_bytes(data: $0.baseAddress, size: UInt64($0.count)))
                        }
                    }
                }
                return SLUICE_OK
            })

        static let stream = sluice_stream_service(
            struct_size: 0, reserved: 0,
            publish: { host, request, stream, _ in FakeHost.from(host)?.publish(request, stream) ?? 0 },
            // Sources' streams have small numbers.
            set_tracks: { host, stream, _, _, count, _ in
                guard stream < 5000 else { return FakeHost.from(host)?.tracks(stream) ?? 0 }
                FakeHost.from(host)?.told.withLock { $0.tracks[stream] = Int(count) }
                return SLUICE_OK
            },
            push: { host, stream, frames, stride, count in
                guard stream < 5000 else { return FakeHost.from(host)?.push(stream, frames, stride, count) ?? 0 }
                guard let frames else { return SLUICE_E_INVALID }
                FakeHost.from(host)?.told.withLock { told in
                    for index in 0..<Int(count) { told.pushed[stream, default: []].append(frames[index].dts) }
                }
                return SLUICE_OK
            }, unpublish: { _, _, _ in SLUICE_OK },
            set_attribute: { host, stream, key, value in
                FakeHost.from(host)?.told.withLock { $0.attributes[stream, default: [:]][key.copied] = value.copied }
                return SLUICE_OK
            },
            find: { _, _, name, receive, context in
                guard name.copied == "one" else { return SLUICE_E_NOT_FOUND }
                let tracks = [sluice_track(), sluice_track()]
                tracks.withUnsafeBufferPointer { tracks in
                    var info = sluice_stream_info()
                    info.name = name
                    info.tracks = tracks.baseAddress
                    info.track_count = 2
                    info.track_stride = UInt32(MemoryLayout<sluice_track>.stride)
                    receive?(context, &info)
                }
                return SLUICE_OK
            })

        static let transform = sluice_transform_service(
            struct_size: 0, reserved: 0,
            set_outputs: { host, transform, outputs, _, count, _ in
                let labels = (0..<Int(count)).compactMap { outputs?[$0].label.copied }
                FakeHost.from(host)?.told.withLock { $0.outputs[transform] = labels }
                return SLUICE_OK
            }, ready: { _, _ in SLUICE_OK },
            set_still: { host, transform, jpeg in
                FakeHost.from(host)?.told.withLock { $0.stills[transform] = bytes(jpeg) }
                return SLUICE_OK
            },
            set_report: { host, transform, json in
                FakeHost.from(host)?.told.withLock { $0.reports[transform] = json.copied }
                return SLUICE_OK
            })

        static let source = sluice_source_service(
            struct_size: 0, reserved: 0,
            set_timer: { host, source, deadline in
                FakeHost.from(host)?.told.withLock { $0.timers[source] = deadline }
                return SLUICE_OK
            },
            end: { host, source, reason in
                FakeHost.from(host)?.told.withLock { $0.ended[source] = reason.copied }
                return SLUICE_OK
            })

        static let exchange = sluice_exchange_service(
            struct_size: 0, reserved: 0,
            respond: { host, exchange, response in
                guard let raw = response?.pointee else { return SLUICE_E_INVALID }
                let said = Responded(
                    status: raw.status, headers: pairs(raw.headers, raw.header_count),
                    body: String(decoding: bytes(raw.body), as: UTF8.self))
                FakeHost.from(host)?.told.withLock { $0.responses[exchange] = said }
                return SLUICE_OK
            },
            begin: { host, exchange, response in
                let said = Responded(status: response?.pointee.status ?? 0, headers: [], body: "")
                FakeHost.from(host)?.told.withLock { $0.begun[exchange] = said }
                return SLUICE_OK
            },
            write: { host, exchange, piece in
                let text = String(decoding: bytes(piece), as: UTF8.self)
                FakeHost.from(host)?.told.withLock { $0.begun[exchange]?.body += text }
                return SLUICE_AGAIN
            },
            end: { host, exchange in
                FakeHost.from(host)?.told.withLock { $0.responses[exchange] = $0.begun[exchange] }
                return SLUICE_OK
            },
            park: { host, exchange, key, _ in
                FakeHost.from(host)?.told.withLock { $0.parked[exchange] = key.copied }
                return SLUICE_OK
            },
            release: { host, sink, key, response in
                let body = response.map { String(decoding: bytes($0.pointee.body), as: UTF8.self) } ?? ""
                FakeHost.from(host)?.told.withLock { $0.released["\(sink)/\(key.copied)", default: []].append(body) }
                return 1
            },
            attach: { host, exchange, request, _, _, _ in
                guard let raw = request?.pointee else { return SLUICE_E_INVALID }
                let text = "\(raw.format.copied) \(String(decoding: bytes(raw.head), as: UTF8.self))"
                FakeHost.from(host)?.told.withLock { $0.attached[exchange] = text }
                return SLUICE_OK
            })

        static let broadcast = sluice_broadcast_service(
            struct_size: 0, reserved: 0,
            append: { host, log, first, second, flags in
                let text = String(decoding: bytes(first) + bytes(second).prefix(64), as: UTF8.self)
                FakeHost.from(host)?.told.withLock { $0.appended[log, default: []].append(text) }
                return SLUICE_OK
            },
            set_prefix: { host, log, prefix in
                let text = String(decoding: bytes(prefix), as: UTF8.self)
                FakeHost.from(host)?.told.withLock { $0.prefixes[log] = text }
                return SLUICE_OK
            }, attach: nil, detach: nil)
    }
}
