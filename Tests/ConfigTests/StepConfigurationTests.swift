import SluiceJSON
import Testing

@testable import HostConfig

/// `[[app.NAME.step]]` and `[[app.NAME.source]]`: a graph that is checked before anything runs.
@Suite struct StepConfigurationTests {
    private static let head = "[app.live]\nopen = true\noutputs = []\n"

    private func read(_ text: String) throws -> AppConfiguration {
        try #require(try ServerConfiguration(parsing: Self.head + text, file: "f").app("live"))
    }

    @Test func readsAGraphInAnyOrder() throws {
        let app = try read(
            """
            [[app.live.step]]
            use = "overlay"
            from = "ladder/720p"
            text = "live"
            [[app.live.step]]
            use = "transcode"
            as = "ladder"
            [[app.live.source]]
            use = "pattern"
            stream = "test"
            settings = { last = 5 }
            """)
        #expect(
            app.steps == [
                StepConfiguration(
                    use: "overlay", name: "overlay", from: .step("ladder", label: "720p"), settings: ["text": "live"], index: 0),
                StepConfiguration(use: "transcode", name: "ladder", from: .source, settings: [:], index: 1),
            ])
        #expect(app.sources == [SourceConfiguration(use: "pattern", stream: "test", settings: ["last": 5], index: 0)])
        #expect(app.steps.map(\.from.description) == ["ladder/720p", "source"])
    }

    static let refused: [(String, [String])] = [
        ("[[app.live.step]]", [#"f:4:12: [[app.live.step]] 1 needs "use", for example use = "transcode""#]),
        (
            "[[app.live.step]]\nuse = \"T\"",
            [#"f:5:7: [[app.live.step]] 1 use: expected a plugin id, found "T""#]
        ),
        (
            "[[app.live.step]]\nuse = \"t\"\n[[app.live.step]]\nuse = \"t\"",
            [#"f:7:7: [[app.live.step]] 2: another step is called "t"; say as = "…""#]
        ),
        (
            "[[app.live.step]]\nuse = \"t\"\nas = \"source\"",
            [#"f:6:6: [[app.live.step]] 1 as: expected 1 to 32 of a-z, 0-9 and -, not "source", found "source""#]
        ),
        (
            "[[app.live.step]]\nuse = \"t\"\nas = \"ladder\"\n[[app.live.step]]\nuse = \"o\"\nfrom = \"lader\"",
            [#"f:9:8: [[app.live.step]] 2 from: no step "lader"; did you mean "ladder"?"#]
        ),
        (
            "[[app.live.step]]\nuse = \"t\"\nfrom = \"a/b/c\"",
            [#"f:6:8: [[app.live.step]] 1 from: expected "source", "STEP" or "STEP/LABEL", found "a/b/c""#]
        ),
        (
            "[[app.live.step]]\nuse = \"t\"\nfrom = \"t\"",
            [#"f:6:8: [[app.live.step]] 1 from: a cycle: t ← t"#]
        ),
        (
            """
            [[app.live.step]]
            use = "d"
            from = "b"
            [[app.live.step]]
            use = "a"
            from = "c/x"
            [[app.live.step]]
            use = "b"
            from = "a"
            [[app.live.step]]
            use = "c"
            from = "b"
            """,
            [#"f:9:8: [[app.live.step]] 2 from: a cycle: a ← c ← b ← a"#]
        ),
        (
            "[[app.live.source]]\nuse = \"p\"\nstrem = \"x\"",
            [
                #"f:4:12: [[app.live.source]] 1 needs "stream", for example stream = "test""#,
                #"f:6:1: unknown key "strem" in [[app.live.source]] 1; did you mean "stream"?"#,
            ]
        ),
        (
            "[[app.live.source]]\nuse = \"p\"\nstream = \"a/b\"",
            [#"f:6:10: [[app.live.source]] 1 stream "a/b": a name is one path part, without /"#]
        ),
        (
            "[[app.live.source]]\nuse = \"p\"\nstream = \"a\"\n[[app.live.source]]\nuse = \"p\"\nstream = \"a\"",
            [#"f:9:10: [[app.live.source]] 2 stream: another source of the app publishes "a""#]
        ),
        ("step = 1", [#"f:4:8: [app.live] step: expected an array of tables, found 1"#]),
    ]

    @Test(arguments: refused) func tellsWhatIsWrongWithItsPlace(text: String, errors: [String]) {
        do throws(ConfigurationErrors) {
            _ = try ServerConfiguration(parsing: Self.head + text, file: "f")
            Issue.record("accepted")
        } catch {
            #expect(error.errors.map(\.description) == errors)
        }
    }

    @Test func whatThePluginsLackIsTold() throws {
        let manifests = [
            try AppPluginTests.manifest("transcode", #""sluice.transform/0""#),
            try AppPluginTests.manifest("pattern", #""sluice.source/0""#),
        ]
        let text = """
            [[app.live.step]]
            use = "transcoder"
            [[app.live.step]]
            use = "pattern"
            [[app.live.source]]
            use = "transcode"
            stream = "x"
            """
        #expect(
            try ServerConfiguration(parsing: Self.head + text, file: "f").errors(against: manifests).map(\.description) == [
                #"f:5:7: [[app.live.step]] 1 use: no plugin "transcoder"; did you mean "transcode"?"#,
                #"f:7:7: [[app.live.step]] 2 use: the plugin "pattern" offers no sluice.transform"#,
                #"f:9:7: [[app.live.source]] 1 use: the plugin "transcode" offers no sluice.source"#,
            ])
    }

    @Test func furtherKeysFollowThePluginsSchema() throws {
        let schema = try ConfigurationSchema(
            parsing: #"{"type":"object","properties":{"height":{"type":"integer","maximum":2160,"default":720}}}"#)
        let text = "[[app.live.step]]\nuse = \"t\"\nhieght = 1\n[[app.live.step]]\nuse = \"u\"\nfrm = \"t\""
        let configuration = try ServerConfiguration(parsing: Self.head + text, file: "f")
        let app = try #require(configuration.app("live"))
        do throws(ConfigurationErrors) {
            _ = try configuration.settings(app: app, step: app.steps[0], schema: schema)
            Issue.record("accepted")
        } catch {
            #expect(error.description == #"f:6:1: unknown key "hieght" in [app.live.step[0]]; did you mean "height"?"#)
        }
        do throws(ConfigurationErrors) {
            _ = try configuration.settings(app: app, step: app.steps[1], schema: nil)
            Issue.record("accepted")
        } catch {
            #expect(
                error.description
                    == #"f:9:1: unknown key "frm" in [[app.live.step]] 2: the plugin "u" takes no settings here; did you mean "from"?"#
            )
        }
        let good = try ServerConfiguration(parsing: Self.head + "[[app.live.step]]\nuse = \"t\"", file: "f")
        let step = try #require(good.app("live"))
        #expect(JSONValue.object(try good.settings(app: step, step: step.steps[0], schema: schema)) == ["height": 720])
    }

    @Test func aStepThatMovedInTheFileIsTheSame() throws {
        let one = try read("[[app.live.step]]\nuse = \"a\"\n[[app.live.step]]\nuse = \"b\"").steps
        let other = try read("[[app.live.step]]\nuse = \"b\"\n[[app.live.step]]\nuse = \"a\"").steps
        #expect(one[0].isSame(as: other[1]) && one[0] != other[1] && !one[0].isSame(as: other[0]))
    }

    @Test(arguments: [("720p", true), ("a.b_c-d", true), ("", false), ("-a", false), ("a/b", false), ("é", false)])
    func labelsArePartsOfNames(label: String, isValid: Bool) { #expect(StepLabel.isValid(label) == isValid) }
}
