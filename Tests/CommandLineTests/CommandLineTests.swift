import HostConfig
import SluiceJSON
import Testing

@testable import sluice

@Suite struct CommandLineTests {
    @Test(
        arguments: [
            ([], nil, []), (["--help"], nil, ["--help"]), (["serve", "--data", "d"], "serve", ["serve", "--data", "d"]),
            (["--data", "d", "stream", "list", "--json"], "stream", ["stream", "list", "--json", "--data", "d"]),
            (["--port-base=7", "--config", "c", "check"], "check", ["check", "--port-base=7", "--config", "c"]),
            (["--data"], nil, ["--data"]),
        ] as [([String], String?, [String])])
    func commonOptionsMayStandAnywhere(arguments: [String], word: String?, parsed: [String]) {
        let line = LeadingOptions(arguments)
        #expect(line.word == word)
        #expect(line.forParser == parsed)
    }

    @Test func aPluginsOwnArgumentsAreLeftAlone() {
        let arguments = ["entry", "add", "0_ab", "--token", "t", "--data", "d", "--", "--data", "x"]
        let line = PluginCommandLine(word: "kaltura", arguments: arguments, common: [])
        #expect(line.arguments == ["entry", "add", "0_ab", "--token", "t", "--data", "x"])
    }

    @Test func everyCommandIsReservedForTheHost() {
        for command in Sluice.configuration.subcommands {
            let name = command.configuration.commandName ?? ""
            #expect(PluginCommandLine.isOwn(name), "\(name)")
            #expect(PluginID.reserved.contains(name), "\(name)")
        }
    }

    @Test(
        arguments: [
            (["serve", "--port-base", "20000"], true), (["serve", "--port-base", "0"], false),
            (["stream", "kick", "live/a"], true),
            (["stream", "kick", "live"], false), (["stream", "kick", "a/b/c"], false), (["stream"], true),
            (["plugin", "show", "rtmp"], true),
            (["plugin", "show"], false), (["session", "kick", "7", "--data", "d"], true), (["events", "--json"], true),
            (["check", "--json"], true),
            (["plugin", "reload", "x"], true), (["plugin", "reload"], false),
            (["plugin", "install", "x.so", "--no-enable"], true), (["plugin", "install"], false),
            (["new", "plugin", "x", "--kind", "auth", "--language", "c"], true),
            (["new", "plugin", "x", "--kind", "auth"], false),
        ] as [([String], Bool)])
    func takesWhatTheHelpSays(arguments: [String], isGood: Bool) {
        #expect(((try? Sluice.parseAsRoot(arguments)) != nil) == isGood)
    }

    @Test func tablesAlignAndDisarm() {
        var table = Table("NAME", "STATE", "REASON")
        table.rows = [["rtmp", "ACTIVE", ""], ["web-player", "REJECTED", "no\u{1B}[31m file\nx"]]
        #expect(
            table.lines == [
                "NAME        STATE     REASON", "rtmp        ACTIVE    -", "web-player  REJECTED  no\u{FFFD}[31m file\u{FFFD}x",
            ])
    }

    @Test func detailsAreIndented() {
        let value: JSONValue = [
            "name": "a", "list": [1, "x"], "publisher": ["peer": "p", "tls": true],
            "tracks": [["id": 0, "codec": "avc1"], ["id": 1]],
            "none": .null,
        ]
        #expect(
            Details.lines(value) == [
                "name  a", "list  1, x", "publisher", "  peer  p", "  tls   true", "tracks", "  id=0 codec=avc1", "  id=1",
                "none  -",
            ])
    }

    @Test func sizesAreShownWhole() {
        #expect(CheckReport.shown("4194304", "bytes") == "4 MiB")
        #expect(CheckReport.shown("262144", "bytes") == "256 KiB")
        #expect(CheckReport.shown("1000", "bytes") == "1000 bytes")
        #expect(CheckReport.shown("0", "bytes") == "0")
        #expect(CheckReport.shown("500", "milliseconds") == "500 ms")
        #expect(CheckReport.shown("x", "") == "x")
    }

    @Test func eventsPrintAsOneObjectPerLine() {
        #expect(
            EventsCommand.json(.init(name: "stream.live", data: #"{"app":"a"}"#))
                == #"{"event":"stream.live","data":{"app":"a"}}"#)
        #expect(EventsCommand.json(.init(name: "x", data: "text")) == #"{"event":"x","data":"text"}"#)
    }
}
