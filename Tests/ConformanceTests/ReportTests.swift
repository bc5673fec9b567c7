import ConformCommand
import SluiceJSON
import Testing

@testable import Conformance

@Suite struct ReportTests {
    static func result(_ name: String, _ level: Level, _ outcome: CaseResult.Outcome, _ reasons: [String] = []) -> CaseResult {
        CaseResult(
            name: name, level: level, asks: "asks", outcome: outcome, reasons: reasons, notes: ["a < b"], milliseconds: 1042)
    }

    static func report(_ results: [CaseResult], wanted: Level = .reloadable, isPartial: Bool = false) -> Report {
        Report(library: "x.so", id: "x", version: "1.0.0", seed: 7, wanted: wanted, isPartial: isPartial, results: results)
    }

    static let some = [
        result("static.stack", .loads, .passed), result("auth.once", .conforms, .failed, ["said <twice> & \"again\""]),
        result("protocol.opens", .conforms, .notApplicable, ["it serves no protocol"]),
    ]

    @Test func levelIsWhatNothingBelowFails() {
        #expect(Self.report(Self.some).reached == .loads)
        #expect(Self.report([Self.some[0]], wanted: .robust).reached == .robust)
        #expect(Self.report([Self.result("static.stack", .loads, .failed)]).reached == nil)
        #expect(Self.report([Self.result("life.destroy", .reloadable, .failed)]).reached == .robust)
        #expect(Self.report([Self.some[0]], isPartial: true).reached == nil)
    }

    @Test func textNamesCaseAndReason() {
        let text = Self.report(Self.some).text
        #expect(text.contains("FAIL  auth.once"))
        #expect(text.contains("      said <twice> & \"again\""))
        #expect(text.contains("not applicable: it serves no protocol"))
        #expect(text.hasSuffix("3 cases: 1 good, 1 failed, 1 not applicable. Level: loads (wanted: reloadable)\n"))
    }

    @Test func jsonHoldsEverything() throws {
        let json = try JSONValue(parsing: Self.report(Self.some).json)
        #expect(json["reached"]?.stringValue == "loads")
        #expect(json["failed"]?.intValue == 1)
        #expect(json["notApplicable"]?.intValue == 1)
        #expect(json["seed"]?.stringValue == "7")
        #expect(json["cases"]?[1]?["reasons"]?[0]?.stringValue == "said <twice> & \"again\"")
    }

    @Test func junitIsXML() {
        let xml = Self.report(Self.some).junit
        #expect(xml.contains("<testsuites name=\"sluice conform x\" tests=\"3\" failures=\"1\">"))
        #expect(xml.contains("<testsuite name=\"auth\" tests=\"1\" failures=\"1\" skipped=\"0\">"))
        #expect(
            xml.contains("name=\"auth.once\" time=\"1.042\"><failure message=\"said &lt;twice&gt; &amp; &quot;again&quot;\">"))
        #expect(xml.contains("<skipped message=\"it serves no protocol\"/>"))
    }

    @Test func catalogueIsWhole() {
        let names = Case.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.count > 50)
        #expect(
            Set(Case.all.map(\.group)).isSuperset(of: [
                "static", "negotiation", "memory", "threads", "auth", "protocol", "media", "life",
            ]))
        #expect(Set(Case.all.map(\.level)) == Set(Level.allCases))
    }
}

@Suite struct ManifestTextTests {
    @Test func readsWhatManifestsHave() throws {
        let manifest = try Manifest(
            parsing: """
                # a comment
                id = "rtmp"   # another
                version = '1.0.0'
                interfaces = [
                    "sluice.protocol/1",  # the first
                    "sluice.sink/1",
                ]
                commands = [{ name = "x", summary = "a \\"b\\" \\u00e9" }]
                [permissions]
                services = ["net", "stream"]
                [[listen]]
                name = "one"
                port = 1_935
                [[listen]]
                name = "two"
                [config]
                a = 1
                "b c" = true
                d.e = 1.5
                [config.table]
                list = [1, [2, 3]]
                """, file: "x.toml")
        #expect(manifest.id == "rtmp")
        #expect(manifest.version == "1.0.0")
        #expect(manifest.interfaces == ["sluice.protocol/1", "sluice.sink/1"])
        #expect(manifest.services == ["net", "stream"])
        let config = JSONValue.object(manifest.config)
        #expect(config["a"] == .integer(1))
        #expect(config["b c"] == .bool(true))
        #expect(config["d"]?["e"] == .number(1.5))
        #expect(config["table"]?["list"]?[1]?[0] == .integer(2))
    }

    @Test(arguments: [
        "id = ", "id = \"x", "= 1", "id = 2026-01-01", "id = \"\"\"x\"\"\"", "[a", "a = [1 2]", "a = {b 1}", "id = \"\\q\"",
        "a = 1 2",
    ])
    func wrongTextIsRefusedWithItsLine(_ text: String) {
        #expect(throws: ConformanceError.self) { try Manifest(parsing: "# one\n" + text, file: "x.toml") }
        do {
            _ = try Manifest(parsing: "# one\n" + text, file: "x.toml")
        } catch {
            #expect("\(error)".hasPrefix("x.toml:2: "), "\(error)")
        }
    }
}

@Suite struct ConfigSchemaTests {
    static let schema = ConfigSchema(
        """
        {"type":"object","required":["name","kind"],"properties":{
            "name":{"type":"string"},"kind":{"enum":["a","b"]},"limit":{"type":"integer","default":5,"minimum":1,"maximum":9},
            "deep":{"type":"object","properties":{"x":{"type":"boolean","default":true}}}}}
        """)

    @Test func defaultsAreFilledIn() {
        let filled = JSONValue.object(Self.schema.filled(["deep": .object([:])]))
        #expect(filled["limit"] == .integer(5))
        #expect(filled["deep"]?["x"] == .bool(true))
        #expect(filled["name"] == .string("conformance"))
        #expect(filled["kind"] == .string("a"))
        #expect(ConfigSchema("").filled(["a": .integer(1)]) == ["a": .integer(1)])
    }

    @Test func wrongOnesDiffer() {
        let good = Self.schema.filled([:])
        let wrong = Self.schema.wrong(good)
        #expect(wrong.count >= 8)
        #expect(!wrong.contains(good))
    }
}

@Suite struct ConformCommandTests {
    @Test(arguments: [
        [], ["a.so", "b.so"], ["a.so", "--level", "best"], ["a.so", "--format", "yaml"], ["a.so", "--seed", "x"],
        ["a.so", "--wrong", "1"],
        ["a.so", "--level"],
    ])
    func wrongUsageIsTold(_ arguments: [String]) {
        #expect(ConformCommand.run(arguments) == 64)
    }

    @Test func unreadableIsTold() {
        #expect(ConformCommand.run(["no-such-library.so"]) == 2)
        #expect(ConformCommand.run(["/bin/sh", "--manifest", "no-such.toml"]) == 2)
    }
}
