import KalturaCore
import Testing

@testable import KalturaCatalogue

/// A token that is searched for in every text that the plugin makes.
@Suite struct SecretTests {
    static let canary = "cAnArY0123456789tOkEn"

    private func leaks(_ text: String) -> Bool { text.contains(Self.canary.dropFirst(4)) }

    @Test func `no answer, text, error or description holds a token or a secret`() throws {
        let temporary = try TemporaryCatalogue()
        let canary = Self.canary
        var texts: [String] = []
        func run(_ line: String) {
            for arguments in [line, line + " --json"] {
                let output = temporary.run(arguments)
                texts += [output.standardOutput, output.standardError]
            }
        }
        for line in [
            "entry add 0_ab12cd34 --partner 102 --token \(canary)", "entry add 0_ab12cd34 --partner 102 --token \(canary)",
            "entry add 0_ab12cd35 --partner 999 --token \(canary)", "entry add \(canary) --partner 102 --token x",
            "entry add 0_ab12cd36 --partner \(canary) --token x", "entry set-token 0_aaaaaaaa --token \(canary)",
            "entry set-token 0_zzzzzzzz --token \(canary)", "entry set-token 0_aaaaaaaa --token-sha256 \(canary)",
            "entry set-token 0_aaaaaaaa \(canary)", "entry add 0_ab12cd37 --partner 102 --tokn=\(canary)", "entry \(canary)",
            canary,
            "entry list", "entry show 0_ab12cd34", "partner list", "partner show 102", "rejections",
            "entry list --limit \(canary)",
        ] { run(line) }
        for body in [
            "{\"token\":\"\(canary)\"}", "{\"token\":\"\(canary)\",\"x\":1}", "{\"valid_to\":\"\(canary)\"}",
            "{\"token\":\"\(canary)",
        ] {
            texts.append(
                temporary.admin.handle(AdminRequest("PATCH", ["entries", "0_aaaaaaaa"], body: Array(body.utf8))).json.serialized()
            )
        }
        #expect(texts.count > 30)
        #expect(!texts.contains(where: leaks))
        #expect(!texts.contains { $0.contains("s3cr3t-of-partner") || $0.contains("deadbeef") || $0.contains("correct-horse") })
    }

    @Test func `no refusal, context, verdict or cache text holds a token`() throws {
        let temporary = try TemporaryCatalogue()
        let rules = IngestRules(Configuration())
        var texts: [String] = []
        let streams = [
            "0_aaaaaaaa_1", "1", Self.canary, "0_aaaaaaaa_1?t=\(Self.canary)", "\(Self.canary)?p=102",
            "0_aaaaaaaa_\(Self.canary)",
        ]
        let queries = [
            "p=102&e=0_aaaaaaaa&i=0&t=\(Self.canary)", "p=\(Self.canary)&e=0_aaaaaaaa&i=0&t=x",
            "e=\(Self.canary)&t=\(Self.canary)&p=1&i=0",
            "i=\(Self.canary)", "\(Self.canary)", "\(Self.canary)=1", "token=\(Self.canary)",
        ]
        for stream in streams {
            for query in queries {
                let text = address("rtmp://h/kLive?\(query)", stream)
                texts.append("\(MaskedAddress(text, rules: AddressRules()))")
                let steps = [rules.connect(text), rules.publish(text)]
                for step in steps {
                    switch step {
                    case .refuse(let refusal): texts += ["\(refusal)", refusal.reason.clientText]
                    case .ask(let credentials):
                        texts.append("\(credentials)")
                        let question = CatalogueQuestion(credentials: credentials, source: "", hostname: nil, now: 0)
                        do throws(Refusal) { _ = try temporary.catalogue.authenticate(question) } catch {
                            texts.append("\(error)")
                        }
                    default: break
                    }
                }
                let context = AuthenticatedEntry(
                    entry: LiveEntry(id: try #require(EntryID("0_aaaaaaaa")), partner: 102), server: .primary)
                do throws(Refusal) { texts.append("\(try rules.admit(context, text))") } catch { texts.append("\(error)") }
            }
        }
        #expect(texts.count > 100)
        #expect(texts.filter(leaks).isEmpty)
    }
}
