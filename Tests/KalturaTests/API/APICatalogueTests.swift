import KalturaCore
import Testing

@Suite struct APICatalogueTests {
    private func question(partner: Int32?, hostname: String? = "edge-a") throws -> CatalogueQuestion {
        let id = try #require(EntryID("0_ab12cd34"))
        let credentials = Credentials(entry: id, partner: partner, server: .backup, token: Token("a1b2c3d4"))
        return CatalogueQuestion(credentials: credentials, source: "192.0.2.1", hostname: hostname, now: 0)
    }

    private func catalogue(_ server: ScriptedBackEnd, own: Int32? = nil) -> APICatalogue {
        let client = server.client(partner: own)
        return APICatalogue(application: "kLive", ownPartner: own, partners: PartnerMemory()) { call in
            await client.call(call, milliseconds: 5000)
        }
    }

    @Test func `a known partner is one call, acting for it`() async throws {
        let server = ScriptedBackEnd { _, _ in ScriptedBackEnd.entry() }
        let found = await catalogue(server).authenticate(try question(partner: 102))
        #expect(try found.answer.get().partner == 102)
        #expect(server.asked.map(\.name) == ["livestream.authenticate"])
        let fields = server.asked[0].fields
        #expect(fields["partnerId"] == "102" && fields["token"] == "a1b2c3d4" && fields["entryId"] == "0_ab12cd34")
        #expect(fields["hostname"] == "edge-a" && fields["mediaServerIndex"] == "1" && fields["applicationName"] == "kLive")
    }

    @Test func `an unknown partner is looked up first, as ourselves, and remembered`() async throws {
        let server = ScriptedBackEnd { _, _ in ScriptedBackEnd.entry(partner: 104) }
        let catalogue = catalogue(server)
        for _ in 0..<2 { #expect(try await catalogue.authenticate(try question(partner: nil)).answer.get().partner == 104) }
        #expect(server.asked.map(\.name) == ["livestream.get", "livestream.authenticate", "livestream.authenticate"])
        #expect(server.asked[0].fields["partnerId"] == nil && server.asked[0].fields["token"] == nil)
        #expect(server.asked[1].fields["partnerId"] == "104")
    }

    @Test func `an own partner acts for nobody`() async throws {
        let server = ScriptedBackEnd { _, _ in ScriptedBackEnd.entry() }
        #expect(try await catalogue(server, own: 102).authenticate(try question(partner: 102)).answer.get().partner == 102)
        #expect(server.asked.count == 1 && server.asked[0].fields["partnerId"] == nil)
    }

    @Test func `an answer about something else is refused`() async throws {
        let other = ScriptedBackEnd { _, _ in ScriptedBackEnd.entry("0_zzzzzzzz") }
        #expect(await catalogue(other).authenticate(try question(partner: 102)).answer.refusal?.reason == .entryMismatch)
        #expect(await catalogue(other).authenticate(try question(partner: nil)).answer.refusal?.reason == .entryMismatch)
        let foreign = ScriptedBackEnd { _, _ in ScriptedBackEnd.entry(partner: 103) }
        #expect(await catalogue(foreign).authenticate(try question(partner: 102)).answer.refusal?.reason == .partnerMismatch)
        let between = ScriptedBackEnd { _, number in ScriptedBackEnd.entry(partner: 103 + number) }
        #expect(await catalogue(between).authenticate(try question(partner: nil)).answer.refusal?.reason == .partnerMismatch)
    }

    @Test func `without a hostname the call leaves no trace`() async throws {
        let server = ScriptedBackEnd { _, _ in ScriptedBackEnd.entry() }
        _ = await catalogue(server).authenticate(try question(partner: 102, hostname: nil))
        #expect(server.asked[0].fields["hostname"] == nil && server.asked[0].fields["mediaServerIndex"] == nil)
    }

    @Test func `an unknown entry ends at the look-up`() async throws {
        let server = ScriptedBackEnd { _, _ in ScriptedBackEnd.error("ENTRY_ID_NOT_FOUND") }
        #expect(await catalogue(server).authenticate(try question(partner: nil)).answer.refusal?.reason == .noEntry)
        #expect(server.asked.count == 1)
    }
}

extension Result where Success == LiveEntry, Failure == Refusal {
    var refusal: Refusal? {
        guard case .failure(let refusal) = self else { return nil }
        return refusal
    }
}
