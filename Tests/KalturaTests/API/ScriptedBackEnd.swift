import KalturaCore
import SluiceJSON
import Synchronization

/// A transport with a clock of its own and answers by script; it keeps what was asked.
final class ScriptedBackEnd: APITransport {
    struct Asked: Sendable {
        var name: String
        var fields: [String: String]
        var milliseconds: UInt64
        var at: UInt64
    }

    private struct State {
        var now: UInt64 = 1000
        var asked: [Asked] = []
        var pauses: [UInt64] = []
        var secret: Secret? = Secret("secret-of-the-test")
        var secretsRead = 0
        var atOnce = 0
        var mostAtOnce = 0
    }

    private let state = Mutex(State())
    private let answer: @Sendable (Asked, Int) async -> APIOutcome

    /// `answer` is given the call and how many there were before it.
    init(_ answer: @escaping @Sendable (Asked, Int) async -> APIOutcome) { self.answer = answer }

    var asked: [Asked] { state.withLock { $0.asked } }
    var pauses: [UInt64] { state.withLock { $0.pauses } }
    var secretsRead: Int { state.withLock { $0.secretsRead } }
    var mostAtOnce: Int { state.withLock { $0.mostAtOnce } }
    var now: UInt64 { state.withLock { $0.now } }
    var wall: Int64 { Int64(now / 1000) }

    func advance(_ milliseconds: UInt64) { state.withLock { $0.now += milliseconds } }
    func set(secret: Secret?) { state.withLock { $0.secret = secret } }

    func pause(milliseconds: UInt64) async {
        state.withLock { state in
            state.pauses.append(milliseconds)
            state.now += milliseconds
        }
    }

    func secret() async -> Secret? {
        state.withLock { state in
            state.secretsRead += 1
            return state.secret
        }
    }

    func send(_ request: APIRequest, milliseconds: UInt64) async -> APIOutcome {
        let parts = request.url.split(separator: "/").map(String.init)
        var fields: [String: String] = [:]
        for pair in String(decoding: request.body, as: UTF8.self).split(separator: "&") {
            let words = pair.split(separator: "=", maxSplits: 1).map(String.init)
            fields[words[0].replacing("%3A", with: ":")] = words.count > 1 ? words[1] : ""
        }
        let name = "\(parts.dropLast(2).last ?? "").\(parts.last ?? "")"
        let (asked, number) = state.withLock { state in
            let asked = Asked(name: name, fields: fields, milliseconds: milliseconds, at: state.now)
            state.asked.append(asked)
            state.atOnce += 1
            state.mostAtOnce = max(state.mostAtOnce, state.atOnce)
            return (asked, state.asked.count - 1)
        }
        defer { state.withLock { $0.atOnce -= 1 } }
        return await answer(asked, number)
    }

    /// A client of this back end.
    func client(_ settings: APISettings? = nil, partner: Int32? = nil) -> APIClient {
        let client = APIClient(self)
        var standard = APISettings()
        standard.serverURL = "https://www.example.com"
        client.configure(settings ?? standard, partner: partner, clientTag: "sluice-test")
        return client
    }

    // Answers

    static func json(_ text: String) -> APIOutcome { .answer(status: 200, headers: [], body: Array(text.utf8)) }

    static func entry(_ id: String = "0_ab12cd34", partner: Int = 102) -> APIOutcome {
        json("{\"objectType\":\"KalturaLiveStreamEntry\",\"id\":\"\(id)\",\"partnerId\":\(partner)}")
    }

    static func error(_ code: String, args: String = "[]") -> APIOutcome {
        json("{\"code\":\"\(code)\",\"message\":\"kS-iN-tHe-TeXt\",\"objectType\":\"KalturaAPIException\",\"args\":\(args)}")
    }
}
