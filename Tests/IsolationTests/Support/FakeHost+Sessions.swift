import CSluice
import Dispatch

@testable import HostIsolation

/// Connections and what sessions do with them. A connection's stream is its handle plus 5000.
extension FakeHost {
    struct Connected: Sendable {
        var sent: [UInt8] = []
        var pushed: [UInt8] = []
        var closed: String?
        var isPaused = false
        var pauses = 0
        var published = 0
        var tracks = 0
        var asked = 0
    }

    /// Who answers questions, and when.
    struct Questions: @unchecked Sendable {
        var lane: DispatchQueue?
        var areHeld = false
        var held: [@Sendable () -> Void] = []
    }

    func connected(_ connection: UInt64) -> Connected { connections.withLock { $0[connection] ?? Connected() } }
    private func change(_ connection: UInt64, _ body: (inout Connected) -> Void) {
        connections.withLock { body(&$0[connection, default: Connected()]) }
    }

    static let net = sluice_net_service(
        struct_size: 0, reserved: 0,
        send: { host, connection, bytes in
            let sent = UnsafeRawBufferPointer(start: bytes.data, count: Int(bytes.size))
            FakeHost.from(host)?.change(connection) { $0.sent.append(contentsOf: sent) }
            return SLUICE_OK
        },
        pending: { _, _ in 0 },
        close: { host, connection, _, reason in
            FakeHost.from(host)?.change(connection) { $0.closed = $0.closed ?? reason.copied }
            return SLUICE_OK
        },
        set_timer: { _, _, _ in SLUICE_OK },
        pause: { host, connection, paused in
            FakeHost.from(host)?.change(connection) {
                $0.isPaused = paused != 0
                $0.pauses += Int(paused)
            }
            return SLUICE_OK
        },
        describe: { _, _, _, _ in SLUICE_OK })

    func ask(
        _ request: UnsafePointer<sluice_auth_request>?, _ done: sluice_auth_done?, _ context: UnsafeMutableRawPointer?,
        _ operation: UnsafeMutablePointer<sluice_handle>?
    ) -> Int32 {
        guard let connection = request?.pointee.connection, let done else { return SLUICE_E_INVALID }
        change(connection) { $0.asked += 1 }
        operation?.pointee = connection + 7000
        nonisolated(unsafe) let context = context
        let answer: @Sendable () -> Void = {
            var answer = sluice_auth_answer()
            answer.struct_size = UInt32(MemoryLayout<sluice_auth_answer>.size)
            answer.decision = SLUICE_VERDICT_ALLOW
            answer.grant = connection + 6000
            done(context, &answer)
        }
        questions.withLock { questions in
            if questions.areHeld { questions.held.append(answer) } else { questions.lane?.async(execute: answer) }
        }
        return SLUICE_OK
    }

    func answerHeld() {
        questions.withLock { questions in
            questions.areHeld = false
            for answer in questions.held { questions.lane?.async(execute: answer) }
            questions.held = []
        }
    }

    func publish(_ request: UnsafePointer<sluice_publish_request>?, _ stream: UnsafeMutablePointer<sluice_handle>?) -> Int32 {
        guard let request = request?.pointee, request.grant == request.connection + 6000 else { return SLUICE_E_DENIED }
        change(request.connection) { $0.published += 1 }
        stream?.pointee = request.connection + 5000
        return SLUICE_OK
    }

    func tracks(_ stream: UInt64) -> Int32 {
        change(stream - 5000) { $0.tracks += 1 }
        return SLUICE_OK
    }

    func push(_ stream: UInt64, _ frames: UnsafePointer<sluice_frame>?, _ stride: UInt32, _ count: UInt32) -> Int32 {
        guard let frames else { return SLUICE_E_INVALID }
        for index in 0..<Int(count) {
            let data = frames[index].data
            let bytes = UnsafeRawBufferPointer(start: data.data, count: Int(data.size))
            change(stream - 5000) { $0.pushed.append(contentsOf: bytes) }
        }
        return SLUICE_OK
    }
}
