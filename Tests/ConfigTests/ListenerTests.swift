import Testing

@testable import HostConfig

@Suite struct ListenerTests {
    static func manifest(_ id: String, _ listens: (name: String, port: Int, offset: Int, tls: Bool)...) throws -> PluginManifest {
        let text =
            "id = \"\(id)\"\nlibrary = \"l.so\"\ninterfaces = [\"sluice.protocol/1\"]\n"
            + listens.map {
                "[[listen]]\nname = \"\($0.name)\"\ntransport = \"tcp\"\nport = \($0.port)\noffset = \($0.offset)\ntls = \($0.tls)\n"
            }.joined()
        return try PluginManifest(parsing: text, file: "\(id).toml")
    }

    static func plan(_ text: String, _ manifests: [PluginManifest], portBase: Int? = nil) throws -> ([Listener], [String]) {
        let (listeners, errors) = Listener.plan(
            try ServerConfiguration(parsing: text, file: "f"), manifests: manifests, portBase: portBase)
        return (listeners, errors.map(\.description))
    }

    static func rtmp() throws -> PluginManifest { try manifest("rtmp", ("rtmp", 1935, 0, false), ("rtmps", 1936, 1, true)) }

    @Test func withoutCertificateTLSListenersStayClosed() throws {
        let (listeners, errors) = try Self.plan("", [Self.rtmp()])
        #expect(errors.isEmpty)
        #expect(listeners.map(\.name) == ["http", "https", "admin", "rtmp", "rtmps"])
        #expect(listeners.map(\.port) == [8080, 8443, 9080, 1935, 1936])
        #expect(listeners.map { $0.closedBecause == nil } == [true, false, true, true, false])
        #expect(listeners.map(\.address) == ["0.0.0.0", "0.0.0.0", "127.0.0.1", "0.0.0.0", "0.0.0.0"])
        let (open, _) = try Self.plan("[tls]\ncertificate = \"c\"\nkey = \"k\"", [Self.rtmp()])
        #expect(open.allSatisfy { $0.closedBecause == nil })
    }

    @Test func thePortBaseMovesEverything() throws {
        let (listeners, errors) = try Self.plan("[listen.rtmp]\nport = 1940", [Self.rtmp()], portBase: 20_000)
        #expect(errors.isEmpty)
        #expect(listeners.map(\.port) == [20_002, 20_003, 20_004, 20_000, 20_001])
        let (_, beyond) = try Self.plan("", [Self.rtmp()], portBase: 65_534)
        #expect(beyond.map { $0.hasSuffix("is out of range") } == [true, true, true])
    }

    @Test func overridesHold() throws {
        let text = "[listen.rtmp]\naddress = \"::1\"\nport = 1940\n[listen.admin]\nenabled = false"
        let (listeners, errors) = try Self.plan(text, [Self.rtmp()])
        #expect(errors.isEmpty)
        let rtmp = try #require(listeners.first { $0.name == "rtmp" })
        #expect(rtmp.address == "::1" && rtmp.port == 1940 && rtmp.owner == .plugin("rtmp"))
        #expect(listeners.first { $0.name == "admin" }?.closedBecause == "[listen.admin] enabled = false")
    }

    @Test func aDisabledPluginListensNowhere() throws {
        let text =
            "id = \"a\"\nlibrary = \"l\"\ninterfaces = []\nenabled = false\n[[listen]]\nname = \"http\"\ntransport = \"tcp\"\nport = 8080\noffset = 2"
        let (listeners, errors) = try Self.plan("", [PluginManifest(parsing: text, file: "a.toml")])
        #expect(listeners.count == 3 && errors.isEmpty)
    }

    @Test func clashesAndMistakesAreTold() throws {
        let a = try Self.manifest("a", ("one", 5000, 16, false), ("two", 8080, 17, false))
        let b = try Self.manifest("b", ("one", 5001, 18, false), ("three", 5002, 16, false), ("four", 5003, 4, false))
        #expect(
            try Self.plan("", [a, b]).1 == [
                #"a.toml:10:3: listener "two" of plugin a: tcp port 8080 is taken by "http" of the host"#,
                #"b.toml:4:3: listener "one" of plugin b: the name is taken by plugin a"#,
                #"b.toml:10:3: listener "three" of plugin b: offset 16 is taken by "one" of plugin a"#,
                #"b.toml:16:3: listener "four" of plugin b: offset 4 is taken by "admin" of the host"#,
            ])
        let text = """
            [listen.rtpm]
            port = 1
            [listen.rtmp]
            port = 8080
            [listen.rtmps]
            enabled = true
            [listen.admin]
            address = "0.0.0.0"
            """
        #expect(
            try Self.plan(text, [Self.rtmp()]).1 == [
                #"f:1:9: [listen.rtpm]: no enabled plugin has a listener of that name; did you mean "rtmp"?"#,
                #"f:7:9: listener "admin" of the host: an address other than loopback (0.0.0.0) needs tls = true"#,
                #"f:3:9: listener "rtmp" of plugin rtmp: tcp port 8080 is taken by "http" of the host"#,
                #"f:5:9: listener "rtmps" of plugin rtmp: no [tls] certificate, though [listen.rtmps] enabled = true"#,
            ])
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.9.9.9", true), ("::1", true), ("localhost", true), ("0.0.0.0", false),
        ("127.example.com", false),
    ])
    func knowsLoopback(address: String, isLoopback: Bool) {
        #expect(Listener.isLoopback(address) == isLoopback)
    }
}
