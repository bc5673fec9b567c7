import SluiceJSON
import Testing

@testable import HostConfig

@Suite struct ConfigurationSchemaTests {
    static let schema = """
        {"type": "object", "required": ["url"], "properties": {
            "url": {"type": "string", "minLength": 1, "description": "address of the service"},
            "mode": {"type": "string", "enum": ["local", "remote"], "default": "local"},
            "timeout_ms": {"type": "integer", "minimum": 100, "maximum": 60000, "default": 8000},
            "ratio": {"type": "number", "minimum": 0, "maximum": 1.5},
            "on": {"type": "boolean", "default": true},
            "names": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 2},
            "secret": {"type": "string", "maxLength": 4, "writeOnly": true},
            "inner": {"type": "object", "properties": {"deep": {"type": "integer", "default": 3}, "x": {"type": "string"}}},
            "bare": {"type": "object", "properties": {
                "x": {"type": "string"}, "in": {"type": "object", "properties": {"y": {"type": "string"}}}}},
            "free": {"type": "object", "additionalProperties": true}
        }}
        """

    @Test func fillsInDefaultsAndKeepsTheRest() throws {
        let schema = try ConfigurationSchema(parsing: Self.schema)
        let (completed, violations) = schema.check(["url": "u", "ratio": 1, "free": ["a": [1]]])
        #expect(violations.isEmpty)
        // Of two objects that nobody wrote the one that has no default inside is not there.
        #expect(
            completed
                == [
                    "url": "u", "mode": "local", "timeout_ms": 8000, "ratio": 1.0, "on": true, "inner": ["deep": 3],
                    "free": ["a": [1]],
                ])
    }

    static let violations: [(value: JSONValue, told: [String])] = [
        ([:], [#"c needs "url": address of the service"#]),
        (["url": ""], ["c.url: 0 characters, at least 1 are needed"]),
        (["url": 1], ["c.url: expected a text, found 1"]),
        (["url": "u", "mod": "local"], [#"unknown key "mod" in [c]; did you mean "mode"?"#]),
        (["url": "u", "mode": "lokal"], [#"c.mode: expected one of "local", "remote", found "lokal"; did you mean "local"?"#]),
        (["url": "u", "timeout_ms": 99], ["c.timeout_ms: 99 is less than 100"]),
        (["url": "u", "timeout_ms": 60001], ["c.timeout_ms: 60001 is more than 60000"]),
        (["url": "u", "timeout_ms": 100.0], ["c.timeout_ms: expected an integer, found 100.0"]),
        (["url": "u", "ratio": 2], ["c.ratio: 2 is more than 1.5"]),
        (["url": "u", "on": "yes"], [#"c.on: expected true or false, found "yes""#]),
        (["url": "u", "names": []], ["c.names: 0 elements, at least 1 are needed"]),
        (
            ["url": "u", "names": ["a", 2, "c"]],
            ["c.names: 3 elements, at most 2 are allowed", "c.names[1]: expected a text, found 2"]
        ),
        (["url": "u", "secret": "hunter2"], ["c.secret: 7 characters, at most 4 are allowed"]),
        (["url": "u", "secret": 31337], ["c.secret: expected a text, found something else (not shown: it is a secret)"]),
        (["url": "u", "inner": ["deeep": 1]], [#"unknown key "deeep" in [c.inner]; did you mean "deep"?"#]),
        (["url": "u", "inner": 4], ["c.inner: expected a table, found 4"]),
    ]

    @Test func formatsNameWhatIsLookedFor() throws {
        let text = #"""
            {"type": "object", "properties": {"a": {"type": "string", "format": "egress"}, "b": {"type": "string"},
             "c": {"type": "string", "format": "plugin-file", "default": ""}}}
            """#
        let schema = try ConfigurationSchema(parsing: text)
        let found = schema.formatted(["a": "https://h", "b": "x", "c": ""])
        #expect(found.map(\.key) == ["a"] && found.first?.format == .egress && found.first?.text == "https://h")
        #expect(schema.formatted(["c": "f"]).map(\.format) == [.pluginFile])
        #expect(schema.hasProperty("c") && !schema.hasProperty("d"))
        #expect(throws: ConfigurationSchema.Malformed.self) {
            try ConfigurationSchema(parsing: text.replacing("egress", with: "colour"))
        }
    }

    @Test(arguments: violations) func tellsEveryViolation(value: JSONValue, told: [String]) throws {
        let (_, violations) = try ConfigurationSchema(parsing: Self.schema).check(value, at: ["c"])
        #expect(violations.map(\.description) == told)
    }

    @Test(arguments: [
        ("[", "the schema is no JSON: JSON: the text ends inside a value at byte 1"), ("[]", "the schema: not an object"),
        ("{}", "the schema's type has to be \"object\""), (#"{"type": "map"}"#, "the schema: unknown type \"map\""),
        (#"{"type": "object", "pattern": "x"}"#, "the schema: unknown word \"pattern\""),
        (#"{"type": "object", "required": ["x"], "properties": {}}"#, "the schema: required: \"x\" is no property"),
        (
            #"{"type": "object", "properties": {"a": {"type": "integer", "default": "1"}}}"#,
            "the schema at a: the default breaks it: a: expected an integer, found \"1\""
        ),
        (#"{"type": "object", "properties": {"a": {"minimum": "1"}}}"#, "the schema at a: minimum is of the wrong type"),
    ])
    func aBadSchemaIsThePluginsFault(text: String, told: String) {
        #expect(throws: ConfigurationSchema.Malformed(description: told)) { try ConfigurationSchema(parsing: text) }
    }

    @Test func nestingIsBounded() {
        let text =
            String(repeating: #"{"type":"object","properties":{"a":"#, count: 40) + "{}" + String(repeating: "}}", count: 40)
        #expect(throws: ConfigurationSchema.Malformed.self) { try ConfigurationSchema(parsing: text) }
    }

    @Test func violationsInAManifestHaveAPlace() throws {
        let text = PluginManifestTests.minimal + "[config]\nurl = \"u\"\n[config.inner]\n  deeep = 1\n  deep = \"x\""
        let manifest = try PluginManifest(parsing: text, file: "m")
        do throws(ConfigurationErrors) {
            _ = try manifest.configuration(checkedBy: try? ConfigurationSchema(parsing: Self.schema))
            Issue.record("accepted")
        } catch {
            #expect(
                error.errors.map(\.description) == [
                    #"m:7:3: unknown key "deeep" in [config.inner]; did you mean "deep"?"#,
                    #"m:8:10: config.inner.deep: expected an integer, found "x""#,
                ])
        }
    }

    @Test func withoutASchemaThereAreNoSettings() throws {
        #expect(try PluginManifest(parsing: PluginManifestTests.minimal, file: "m").configuration(checkedBy: nil).isEmpty)
        let manifest = try PluginManifest(parsing: PluginManifestTests.minimal + "[config]\na = 1", file: "m")
        #expect(throws: ConfigurationErrors.self) { try manifest.configuration(checkedBy: nil) }
    }

    @Test func theReportHidesSecrets() throws {
        let schema = try ConfigurationSchema(parsing: Self.schema)
        let written: JSONObject = ["url": "u", "secret": "abcd"]
        let completed = try #require(schema.check(.object(written)).completed.objectValue)
        let report = schema.report(of: completed, written: written, at: ["config"], file: "m")
        #expect(
            report.map { "\($0.path)=\($0.value) \($0.origin ?? "default")" } == [
                "config.url=\"u\" m", "config.mode=\"local\" default", "config.timeout_ms=8000 default", "config.on=true default",
                "config.secret=(secret) m", "config.inner.deep=3 default",
            ])
    }
}
