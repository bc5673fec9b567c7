import SluiceJSON
import Testing

@testable import HostConfig

@Suite struct AppPluginTests {
    static func manifest(_ id: String, _ interfaces: String, more: String = "") throws -> PluginManifest {
        try PluginManifest(
            parsing: "id = \"\(id)\"\nlibrary = \"l.so\"\ninterfaces = [\(interfaces)]\n" + more, file: "\(id).toml")
    }

    static func manifests() throws -> [PluginManifest] {
        [
            try manifest("rtmp", #""sluice.protocol/1", "sluice.sink/1""#), try manifest("web-player", #""sluice.routes/1""#),
            try manifest("kaltura", #""sluice.auth/1""#), try manifest("old", #""sluice.sink/1""#, more: "enabled = false"),
        ]
    }

    @Test func whatThePluginsHaveIsFine() throws {
        let text = "[app.a]\nauth = [\"kaltura\"]\noutputs = [\"rtmp\", \"web-player\"]\n[app.a.rtmp]\nx = 1"
        #expect(try ServerConfiguration(parsing: text, file: "f").errors(against: Self.manifests()).isEmpty)
    }

    @Test func whatThePluginsLackIsTold() throws {
        let text = """
            [app.a]
            auth = ["kaltrua", "rtmp"]
            outputs = ["rtpm", "kaltura", "old", "srt"]
            [app.a.web-plyer]
            x = 1
            [app.a.outputz]
            """
        #expect(
            try ServerConfiguration(parsing: text, file: "f").errors(against: Self.manifests()).map(\.description) == [
                #"f:2:9: [app.a] auth: no plugin "kaltrua"; did you mean "kaltura"?"#,
                #"f:2:20: [app.a] auth: the plugin "rtmp" offers no sluice.auth"#,
                #"f:3:12: [app.a] outputs: no plugin "rtpm"; did you mean "rtmp"?"#,
                #"f:3:20: [app.a] outputs: the plugin "kaltura" offers no sluice.sink nor sluice.routes"#,
                #"f:3:31: [app.a] outputs: the plugin "old" is not enabled"#,
                #"f:3:38: [app.a] outputs: no plugin "srt""#,
                #"f:6:8: [app.a.outputz]: neither a key of an app nor a plugin's id; did you mean "outputs"?"#,
                #"f:4:8: [app.a.web-plyer]: neither a key of an app nor a plugin's id; did you mean "web-player"?"#,
            ])
    }

    @Test func idsAndCommandsAreUnique() throws {
        let command = #"commands = [{ name = "tool", summary = "s" }]"#
        let manifests = [
            try Self.manifest("a", #""sluice.command/1""#, more: command),
            try Self.manifest("b", #""sluice.command/1""#, more: command),
            try Self.manifest("a", ""),
        ]
        #expect(
            ServerConfiguration(file: "f").errors(against: manifests).map(\.description) == [
                #"b.toml:4:22: the command "tool" is taken by plugin a"#, #"a.toml:1:6: the id "a" is taken by a.toml"#,
            ])
    }

    @Test func anAppsSettingsFollowThePluginsSchema() throws {
        let schema = try ConfigurationSchema(
            parsing: #"{"type":"object","properties":{"segment_ms":{"type":"integer","minimum":1000,"default":2000}}}"#)
        let text = "[app.a]\nopen = true\noutputs = []\n[app.a.hls]\nsegment_ms = 10\n[app.b]\nopen = true\noutputs = []"
        let configuration = try ServerConfiguration(parsing: text, file: "f")
        let a = try #require(configuration.app("a"))
        let b = try #require(configuration.app("b"))
        #expect(JSONValue.object(try configuration.settings(app: b, plugin: "hls", schema: schema)) == ["segment_ms": 2000])
        do throws(ConfigurationErrors) {
            _ = try configuration.settings(app: a, plugin: "hls", schema: schema)
            Issue.record("accepted")
        } catch {
            #expect(error.description == "f:5:14: app.a.hls.segment_ms: 10 is less than 1000")
        }
        #expect(throws: ConfigurationErrors.self) { try configuration.settings(app: a, plugin: "hls", schema: nil) }
    }
}
