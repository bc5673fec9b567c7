import KalturaCore
import Testing

@Suite struct IngestRulesTests {
    let rules = IngestRules(Configuration())
    static let entry = EntryID("0_ab12cd34")

    private func context(_ server: ServerIndex = .primary) throws -> AuthenticatedEntry {
        AuthenticatedEntry(entry: LiveEntry(id: try #require(Self.entry), partner: 102), server: server)
    }

    private func admitted(_ stream: String, _ configuration: Configuration = Configuration()) throws -> RefusalReason? {
        let context = try context()
        let text = address("rtmp://h/kLive?p=102&e=0_ab12cd34&i=0&t=x", stream)
        do throws(Refusal) {
            let verdict = try IngestRules(configuration).admit(context, text)
            #expect(verdict.key.entry == context.entry.id)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test(arguments: [
        "rtmp://h/kLive", "rtmp://h/kLive/", "rtmp://h/kLive?x=1", "rtmp://h/kLive/p", "rtmp://h/kLive?p=102&i=0&t=x",
    ])
    func `a connect that names no entry or no credentials is decided later`(url: String) {
        #expect(rules.connect(address(url)) == .later)
    }

    @Test func `a connect with credentials is asked, one with a part missing refused at once`() throws {
        let whole = address("rtmp://h/kLive?p=102&e=0_ab12cd34&i=1&t=a1b2c3d4")
        guard case .ask(let credentials) = rules.connect(whole) else {
            Issue.record("not asked")
            return
        }
        #expect(credentials.server == .backup)
        #expect(rules.connect(address("rtmp://h/kLive?p=102&e=0_ab12cd34&i=1")) == .refuse(Refusal(.missingToken)))
        #expect(rules.connect(address("rtmp://h/other?p=102&e=0_ab12cd34&i=1&t=x")) == .notServed)
    }

    @Test func `a publish is asked with the connect address, else with the stream key`() throws {
        let connected = address("rtmp://h/kLive?p=102&e=0_ab12cd34&i=1&t=a1b2c3d4", "0_ab12cd34_1?t=other")
        #expect(rules.publish(connected) == rules.connect(connected))
        guard case .ask = rules.publish(address("rtmp://h/kLive", "0_ab12cd34_1?p=102&i=0&t=x")) else {
            Issue.record("not asked")
            return
        }
        #expect(rules.publish(address("rtmp://h/kLive", "0_ab12cd34_1")) == .refuse(Refusal(.missingToken)))
        #expect(rules.publish(address("rtmp://h/live", "x")) == .notServed)
    }

    @Test(
        arguments: [
            ("0_ab12cd34_1", nil), ("0_ab12cd34_999999999", nil), ("0_ab12cd34_0", nil), ("7", nil), ("0_ab12cd34_1?x=y", nil),
            ("", .badStreamName), ("0_ab12cd34", .badStreamName), ("0_ab12cd34_", .badStreamName),
            ("0_ab12cd34_1 ", .badStreamName),
            ("0_ab12cd34_+1", .badStreamName), ("0_ab12cd34_1234567890", .badStreamName), ("-1", .badStreamName),
            ("x/0_ab12cd34_1", .badStreamName), ("0_ab12cd34_1~b", .badStreamName), ("0_zzzzzzzz_1", .entryMismatch),
        ] as [(String, RefusalReason?)])
    func `a publish is checked by name, then entry`(stream: String, reason: RefusalReason?) throws {
        #expect(try admitted(stream) == reason)
    }

    @Test func `the index is checked last, when there is a limit`() throws {
        var configuration = Configuration()
        configuration.maxStreamIndex = 3
        #expect(try admitted("0_ab12cd34_3", configuration) == nil)
        for name in ["0_ab12cd34_4", "0_ab12cd34_0", "4"] {
            #expect(try admitted(name, configuration) == .badStreamIndex)
        }
        #expect(try admitted("0_zzzzzzzz_4", configuration) == .entryMismatch)
        configuration.allowBareIndex = false
        #expect(try admitted("1", configuration) == .badStreamName)
    }

    @Test func `primary and backup of one stream have different names and groups`() throws {
        let text = address("rtmp://h/kLive", "0_ab12cd34_01")
        let primary = try rules.admit(try context(), text)
        let backup = try rules.admit(try context(.backup), text)
        #expect(primary.key.name == "0_ab12cd34_1")
        #expect(backup.key.name == "0_ab12cd34_1~b")
        #expect(primary["group"] == "0_ab12cd34")
        #expect(backup["group"] == "0_ab12cd34~b")
        #expect(primary.principal == "102/0_ab12cd34")
    }

    @Test func `an answer about something else is an error`() throws {
        let credentials = Credentials(entry: try #require(Self.entry), partner: 102, server: .primary, token: Token("x"))
        let other = LiveEntry(id: try #require(EntryID("0_zzzzzzzz")), partner: 102)
        #expect(throws: Refusal.self) { try rules.verify(other, answers: credentials) }
        #expect(throws: Refusal.self) { try rules.verify(LiveEntry(id: credentials.entry, partner: 103), answers: credentials) }
        try rules.verify(LiveEntry(id: credentials.entry, partner: 102), answers: credentials)
    }

    @Test func `play is open by default and can be denied`() {
        #expect(rules.play(address("rtmp://h/kLive", "0_ab12cd34_1?x")) == .allow(stream: "0_ab12cd34_1"))
        #expect(rules.play(address("rtmp://h/live", "x")) == .notServed)
        var configuration = Configuration()
        configuration.play = .deny
        guard case .refuse(let refusal) = IngestRules(configuration).play(address("rtmp://h/kLive", "x")) else {
            Issue.record("allowed")
            return
        }
        #expect(refusal.reason == .noPermission)
    }
}
