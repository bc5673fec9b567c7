import Formats
import KalturaCore
import SluiceJSON
import Testing

@testable import KalturaCatalogue

@Suite struct CommandTests {
    @Test func `the commands of the specification work, with text and with JSON`() throws {
        let temporary = try TemporaryCatalogue(imported: false)
        #expect(
            temporary.run("partner add 102 --name First --max-passthrough 1 --max-transcoded 2").standardOutput
                == "partner 102 added\n")
        #expect(
            temporary.run("entry add 0_ab12cd34 --partner 102 --token a1b2c3d4 --name=Hall").standardOutput
                == "entry 0_ab12cd34 added\n")
        #expect(temporary.reason("0_ab12cd34", "a1b2c3d4") == nil)
        let listing = temporary.run("entry list").standardOutput
        #expect(listing == "ENTRY       PARTNER  STATE    TOKEN  NAME\n0_ab12cd34  102      enabled  a1…    Hall\n")
        let partners = try JSONValue(parsing: temporary.run("partner list --json").standardOutput)
        #expect(partners["partners"]?.arrayValue?.first?["max_transcoded"]?.int64Value == 2)
        #expect(partners["partners"]?.arrayValue?.first?["entries"]?.int64Value == 1)
        #expect(partners["more"] == .bool(false))
        let entry = try JSONValue(parsing: temporary.run("--json entry show 0_ab12cd34").standardOutput)
        #expect(entry["token"]?.stringValue == "a1…")
        #expect(temporary.run("partner block 102").standardOutput == "partner 102 changed\n")
        #expect(temporary.reason("0_ab12cd34", "a1b2c3d4") == .blocked)
        #expect(temporary.run("partner unblock 102").exitCode == 0)
        #expect(temporary.run("entry set-token 0_ab12cd34 --token-sha256 \(SHA256.hex(Array("other".utf8)))").exitCode == 0)
        #expect(temporary.reason("0_ab12cd34", "a1b2c3d4") == .badToken)
        #expect(temporary.reason("0_ab12cd34", "other") == nil)
        #expect(temporary.run("entry show 0_ab12cd34").standardOutput.contains("sha256"))
        #expect(temporary.run("partner remove 102").exitCode == 1)
        #expect(temporary.run("entry remove 0_ab12cd34").standardOutput == "removed 0_ab12cd34\n")
        #expect(temporary.run("partner remove 102").standardOutput == "removed 102\n")
        #expect(temporary.run("partner list").standardOutput.contains("partner add"))
    }

    @Test func `a generated token is printed once and works`() throws {
        let temporary = try TemporaryCatalogue()
        let output = try JSONValue(
            parsing: temporary.run("entry add 0_ab12cd34 --partner 102 --generate-token --json").standardOutput)
        let token = try #require(output["generated_token"]?.stringValue)
        #expect(token.utf8.count == 32)
        #expect(temporary.reason("0_ab12cd34", token) == nil)
        #expect(!temporary.run("entry show 0_ab12cd34 --json").standardOutput.contains(token))
        let text = temporary.run("entry set-token 0_ab12cd34 --generate-token").standardOutput
        #expect(text.contains("shown this once"))
        #expect(text.contains("rtmp://HOST/kLive?p=102&e=0_ab12cd34&i=0&t="))
        #expect(temporary.reason("0_ab12cd34", token) == .badToken)
    }

    @Test func `import takes the file and says what it took`() throws {
        let temporary = try TemporaryCatalogue(imported: false)
        let output = temporary.run("import /catalogue.json")
        #expect(output.standardOutput == "imported 4 partners, 2 profiles, 7 flavors, 6 entries\npassed over: partner -5\n")
        #expect(temporary.run("import /catalogue.json").exitCode == 0)
        #expect(temporary.run("import /missing").standardError == "cannot read /missing\n")
        #expect(temporary.reason("1_bbbbbbbb", "deadbeef") == nil)
    }

    @Test func `the rejections are shown without their tokens`() throws {
        let temporary = try TemporaryCatalogue()
        var ring = RejectionRing()
        let shown = MaskedAddress(
            address("rtmp://h/kLive?p=102&e=0_ab12cd34&i=0&t=CANARYTOKEN", "0_ab12cd34_1"), rules: AddressRules())
        ring.record(Rejection(time: 1_795_222_923_000_000, address: shown, source: "192.0.2.1", refusal: Refusal(.badToken)))
        let filled = ring
        let admin = AdminService(
            catalogue: { [catalogue = temporary.catalogue] in catalogue }, diagnostics: Diagnostics(rejections: { filled }))
        for arguments in [["rejections"], ["rejections", "--json"]] {
            let text = admin.run(arguments) { _ in .success([]) }.standardOutput
            #expect(text.contains("2026-11-21T01:02:03Z"))
            #expect(text.contains("BAD_TOKEN"))
            #expect(!text.contains("CANARYTOKEN"))
        }
    }

    @Test(arguments: [
        ("entry add 0_ab12cd34 --partner 102", 1, "a token is missing"),
        ("entry add 0_ab12cd34 --token x", 2, "--partner ID is missing"),
        ("entry add 0_ab12cd34 --partner 102 --token x --generate-token", 1, "give one of"),
        ("entry add 0_aaaaaaaa --partner 102 --token x", 1, "entry 0_aaaaaaaa exists already"),
        ("entry add 0_ab12cd34 --partner 999 --token x", 1, "there is no partner 999"),
        ("entry add ab12cd34 --partner 102 --token x", 2, "is no entry id"),
        ("entry add --partner 102 --token x", 2, "ID is missing"),
        ("entry add 0_ab12cd34 0_ab12cd35 --partner 102 --token x", 2, "an argument too many"),
        ("entry add 0_ab12cd34 --partner 102 --token x --segment-ms 5", 2, "1000…20000"),
        ("entry add 0_ab12cd34 --partner 102 --token x --record maybe", 2, "off, append, session"),
        ("entry add 0_ab12cd34 --partner 102 --token x --allowed-sources 1.2.3", 2, "192.0.2.0/24"),
        ("entry add 0_ab12cd34 --partner 102 --tokn x", 2, "did you mean \"--token\""),
        ("entry add 0_ab12cd34 --partner 102 --token-sha256 abc", 1, "64 hexadecimal"),
        ("entry add 0_ab12cd34 --partner", 2, "--partner needs a value"),
        ("entry ad 0_ab12cd34", 2, "did you mean \"add\""),
        ("entri list", 2, "did you mean \"entry\""),
        ("entry show 0_ab12cd34", 1, "there is no entry 0_ab12cd34"),
        ("entry set 0_aaaaaaaa", 2, "nothing to change"),
        ("partner add 102", 1, "partner 102 exists already"),
        ("partner add -5", 2, "is no partner id"),
        ("partner add x", 2, "is no partner id"),
        ("partner list --limit 0", 1, "limit must be within"),
        ("partner remove 102", 1, "--with-entries"),
        ("partner block 102 --with-entries", 2, "unknown option"),
    ])
    func `a mistake is answered with what would be right`(line: String, code: Int32, words: String) throws {
        let output = try TemporaryCatalogue().run(line)
        #expect(output.exitCode == code)
        #expect(output.standardError.contains(words), "\(output.standardError)")
        #expect(output.standardOutput.isEmpty)
    }

    @Test func `every command explains itself`() throws {
        let temporary = try TemporaryCatalogue()
        let overview = temporary.run("--help").standardOutput
        for command in Command.all {
            let name = command.words.joined(separator: " ")
            #expect(overview.contains("  " + name))
            let help = temporary.run(name + " --help")
            #expect(help.exitCode == 0)
            for option in command.options { #expect(help.standardOutput.contains(option.name), "\(name)") }
        }
        #expect(temporary.run("").standardOutput == overview)
        #expect(temporary.run("entry").standardOutput.contains("entry set-token"))
    }

    @Test func `a listing goes on where it ended`() throws {
        let temporary = try TemporaryCatalogue()
        let first = temporary.run("entry list --limit 4").standardOutput
        #expect(first.hasSuffix("there are more: --after 0_eeeeeeee\n"))
        let rest = temporary.run("entry list --after 0_eeeeeeee").standardOutput
        #expect(rest.contains("0_ffffffff") && rest.contains("1_bbbbbbbb") && !rest.contains("0_eeeeeeee"))
        #expect(temporary.run("entry list --partner 104").standardOutput.split(separator: "\n").count == 2)
    }
}
