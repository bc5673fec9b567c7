import KalturaCore
import Synchronization
import Testing

@Suite struct APIClientTests {
    private let call = APICall("livestream", "authenticate", ["entryId": "0_ab12cd34", "token": "tOkEn&1"], actingFor: 102)

    private func failure(_ outcome: APIConversation.Outcome) -> APIFailure? {
        guard case .failure(let failure) = outcome else { return nil }
        return failure
    }

    @Test func `a call is a form with its session, signed here`() async throws {
        let server = ScriptedBackEnd { _, _ in ScriptedBackEnd.entry() }
        let outcome = await server.client().call(call, milliseconds: 5000)
        #expect(failure(outcome) == nil)
        let asked = try #require(server.asked.first)
        #expect(asked.name == "livestream.authenticate" && server.asked.count == 1)
        #expect(
            asked.fields["entryId"] == "0_ab12cd34" && asked.fields["token"] == "tOkEn%261" && asked.fields["partnerId"] == "102")
        #expect(asked.fields["format"] == "1" && asked.fields["clientTag"] == "sluice-test")
        #expect(asked.milliseconds == 5000)
        let ks = KS(try #require(asked.fields["ks"]).replacing("%3D", with: "="))
        let session = try Session(ks, secret: Secret("secret-of-the-test"), now: server.wall)
        #expect(session.partner == -5 && session.isAdministrator && session.user == "MediaServer")
        #expect(session.expiry == server.wall + 86_400)
    }

    @Test func `sessions may be the back end's own: one for all, renewed, and no more calls than that`() async throws {
        let settings = {
            var settings = APISettings()
            (settings.serverURL, settings.ksSource, settings.ksSeconds) = ("https://www.example.com", .api, 1000)
            return settings
        }()
        let isRight = Mutex(true)
        let server = ScriptedBackEnd { asked, number in
            guard asked.name == "session.start" else { return ScriptedBackEnd.entry() }
            let isRight = isRight.withLock { $0 }
            return isRight ? ScriptedBackEnd.json("\"session-\(number)\"") : ScriptedBackEnd.error("START_SESSION_ERROR")
        }
        let client = server.client(settings, partner: 102)
        for _ in 0..<8 { #expect(failure(await client.call(call, milliseconds: 60_000)) == nil) }
        #expect(server.asked.count == 9)
        let start = try #require(server.asked.first)
        #expect(start.name == "session.start" && start.fields["secret"] == "secret-of-the-test")
        #expect(start.fields["partnerId"] == "102")
        #expect(start.fields["expiry"] == "1000" && start.fields["type"] == "2" && start.fields["ks"] == nil)
        #expect(server.asked.dropFirst().allSatisfy { $0.fields["ks"] == "session-0" })
        server.advance(900_000)
        #expect(failure(await client.call(call, milliseconds: 5000)) == nil && server.asked.last?.fields["ks"] == "session-9")
        server.advance(900_000)
        isRight.withLock { $0 = false }
        let refused = failure(await client.call(call, milliseconds: 5000))
        #expect(refused == .session("the back end makes no session of this secret: START_SESSION_ERROR"))
        server.set(secret: nil)
        guard case .session = failure(await client.call(call, milliseconds: 5000)) else {
            Issue.record("without a secret")
            return
        }
        server.set(secret: Secret("x"))
        isRight.withLock { $0 = true }
        #expect(failure(await client.call(call, milliseconds: 5000)) == nil)
    }

    @Test func `who comes while the back end is asked for a session waits for it`() {
        var settings = APISettings()
        (settings.serverURL, settings.ksSource) = ("https://www.example.com", .api)
        var conversation = APIConversation()
        conversation.configure(settings, partner: nil, clientTag: "")
        var (one, two) = (APIConversation.Run(call, deadline: 9000), APIConversation.Run(call, deadline: 9000))
        guard case .needsSession = conversation.next(&one, now: 0), case .pause(50) = conversation.next(&two, now: 1) else {
            Issue.record("two ask")
            return
        }
        #expect(conversation.started(.timeout, now: 10) != nil)
        guard case .needsSession = conversation.next(&two, now: 60) else {
            Issue.record("nobody asks")
            return
        }
        #expect(conversation.started(ScriptedBackEnd.json("\"s\""), now: 70) == nil)
        guard case .send = conversation.next(&one, now: 80) else {
            Issue.record("there is a session")
            return
        }
        for wrong in ["", "7", "\"\"", "{}", "null"] {
            #expect(conversation.started(ScriptedBackEnd.json(wrong), now: 90) != nil)
        }
    }

    @Test func `what is broken is asked once more, after 200 to 400 ms`() async {
        let ways: [APIOutcome] = [
            .failure("no connection"), .answer(status: 500, headers: [], body: []), ScriptedBackEnd.json(""),
            ScriptedBackEnd.json("{\"id\":"), ScriptedBackEnd.json("null"), ScriptedBackEnd.json("{\"id\":\"x\"}"),
            ScriptedBackEnd.json("<html></html>"),
        ]
        for way in ways {
            let server = ScriptedBackEnd { _, number in number == 0 ? way : ScriptedBackEnd.entry() }
            #expect(failure(await server.client().call(call, milliseconds: 5000)) == nil)
            #expect(server.asked.count == 2 && server.pauses.allSatisfy { (200...400).contains($0) })
            let dead = ScriptedBackEnd { _, _ in way }
            guard case .broken = failure(await dead.client().call(call, milliseconds: 5000)) else {
                Issue.record("\(way)")
                continue
            }
            #expect(dead.asked.count == 2)
        }
    }

    @Test func `an error of the API is asked once only`() async {
        let server = ScriptedBackEnd { _, _ in ScriptedBackEnd.error("LIVE_STREAM_INVALID_TOKEN") }
        let found = failure(await server.client().call(call, milliseconds: 5000))
        #expect(found == .error(APIError(code: "LIVE_STREAM_INVALID_TOKEN")) && server.asked.count == 1)
        #expect(found?.refusal.reason == .badToken)
    }

    @Test func `no retry is begun that the caller would not live to see`() async {
        let server = ScriptedBackEnd { _, _ in .failure("no connection") }
        _ = await server.client().call(call, milliseconds: 400)
        #expect(server.asked.count == 1 && server.asked[0].milliseconds == 400)
        _ = await server.client().call(call, milliseconds: 100)
        #expect(server.asked.count == 1)
    }

    @Test func `five failures open the circuit for five seconds, then one asks`() async {
        let isUp = Mutex(false)
        let server = ScriptedBackEnd { _, _ in isUp.withLock { $0 } ? ScriptedBackEnd.entry() : .timeout }
        let client = server.client()
        var failures: [APIFailure?] = []
        for _ in 0..<4 { failures.append(failure(await client.call(call, milliseconds: 500))) }
        #expect(server.asked.count == 4)
        #expect(failure(await client.call(call, milliseconds: 500)) == .broken("no answer in time", opensCircuit: true))
        #expect(failure(await client.call(call, milliseconds: 500)) == .circuitOpen)
        #expect(server.asked.count == 5)
        server.advance(5000)
        #expect(failure(await client.call(call, milliseconds: 5000)) == .broken("no answer in time", opensCircuit: true))
        #expect(failure(await client.call(call, milliseconds: 5000)) == .circuitOpen)
        #expect(server.asked.count == 6)
        server.advance(5000)
        isUp.withLock { $0 = true }
        #expect(failure(await client.call(call, milliseconds: 5000)) == nil)
        #expect(failure(await client.call(call, milliseconds: 5000)) == nil)
    }

    @Test func `an expired session is renewed once, however many calls hear of it`() async {
        let isOver = Mutex<Set<String>>([])
        let server = ScriptedBackEnd { asked, _ in
            let ks = asked.fields["ks"] ?? ""
            let refused = isOver.withLock { over in
                if over.isEmpty { over.insert(ks) }
                return over.contains(ks)
            }
            // All of the first session are under way before the first answer is there.
            try? await Task.sleep(for: .milliseconds(20))
            return refused ? ScriptedBackEnd.error("INVALID_KS", args: "{\"ERR_CODE\":-5}") : ScriptedBackEnd.entry()
        }
        let client = server.client()
        let good = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<10 { group.addTask { failure(await client.call(call, milliseconds: 60_000)) == nil } }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(good == 10)
        #expect(Set(server.asked.map { $0.fields["ks"] }).count == 2)
    }

    @Test func `a session refused again and again ends the call, not the publisher's token`() async {
        for number in [-5, -6] {
            let server = ScriptedBackEnd { _, _ in ScriptedBackEnd.error("INVALID_KS", args: "{\"ERR_CODE\":\(number)}") }
            let found = failure(await server.client().call(call, milliseconds: 5000))
            #expect(server.asked.count == 2 && found?.refusal.reason == .backendDown)
        }
    }

    @Test func `a wrong secret is tried once a minute, and read again each time`() async {
        let server = ScriptedBackEnd { _, _ in ScriptedBackEnd.error("INVALID_KS", args: "{\"ERR_CODE\":\"-1\"}") }
        let client = server.client()
        for _ in 0..<3 { #expect(failure(await client.call(call, milliseconds: 5000))?.refusal.reason == .backendDown) }
        #expect(server.secretsRead == 2 && server.asked.count == 4)
        server.advance(60_000)
        _ = await client.call(call, milliseconds: 5000)
        #expect(server.secretsRead == 3)
        #expect("\(APIFailure.error(APIError(code: "INVALID_KS", sessionNumber: -1)))".contains("admin_secret"))
    }

    @Test func `a session is renewed at nine tenths of its life`() async {
        let server = ScriptedBackEnd { _, _ in ScriptedBackEnd.entry() }
        var settings = APISettings()
        settings.serverURL = "https://www.example.com"
        settings.ksSeconds = 100
        settings.ksVersion = 1
        let client = server.client(settings, partner: 102)
        for (wait, made) in [(0, 1), (89_000, 1), (1000, 2), (89_999, 2), (1, 3)] {
            server.advance(UInt64(wait))
            #expect(failure(await client.call(call, milliseconds: 5000)) == nil)
            #expect(server.secretsRead == made, "after \(wait) ms")
        }
    }

    @Test func `without a secret nothing is sent`() async {
        let server = ScriptedBackEnd { _, _ in ScriptedBackEnd.entry() }
        for secret in [nil, Secret("")] {
            server.set(secret: secret)
            guard case .session = failure(await server.client().call(call, milliseconds: 5000)) else {
                Issue.record("sent")
                continue
            }
        }
        #expect(server.asked.isEmpty)
    }

    @Test func `at most sixteen calls are under way`() async {
        let server = ScriptedBackEnd { _, _ in
            try? await Task.sleep(for: .milliseconds(5))
            return ScriptedBackEnd.entry()
        }
        let client = server.client()
        let good = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<600 { group.addTask { failure(await client.call(call, milliseconds: 60_000)) == nil } }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(good == 600 && server.asked.count == 600 && server.mostAtOnce <= 16)
    }

    @Test func `what the host does not let out opens no circuit`() async {
        let server = ScriptedBackEnd { _, _ in .forbidden("not in egress") }
        let client = server.client()
        for _ in 0..<10 { #expect(failure(await client.call(call, milliseconds: 5000)) == .forbidden("not in egress")) }
    }

    @Test func `neither session nor token is in any text of a call`() async {
        let texts = Mutex<[String]>([])
        let server = ScriptedBackEnd { _, _ in ScriptedBackEnd.error("SOME_ERROR") }
        let outcome = await server.client().call(call, milliseconds: 5000)
        var dumped = ""
        dump(call, to: &dumped)
        dump(outcome, to: &dumped)
        texts.withLock { $0 += ["\(call)", "\(outcome)", String(reflecting: call), dumped] }
        #expect(texts.withLock { all in !all.contains { $0.contains("tOkEn") || $0.contains("kS-iN") } })
    }
}
