import Glibc
import HostPaths
import Logging
import SluiceJSON
import Synchronization
import Testing

@testable import HostCore

@Suite struct ViewerTokenTests {
    private let tokens = ViewerTokens(key: [UInt8](repeating: 1, count: 32))

    @Test func holdsForItsStreamUntilItsEnd() throws {
        let key = try #require(StreamKey(app: "live", stream: "x"))
        let group = try #require(StreamKey(app: "live", stream: "g"))
        let other = try #require(StreamKey(app: "live", stream: "y"))
        let token = tokens.make(for: key, viewer: 7, notAfter: 1_000_000)
        #expect(tokens.isValid(token, for: [key], now: 999_999))
        #expect(tokens.isValid(token, for: [other, key], now: 0))
        #expect(!tokens.isValid(token, for: [key], now: 1_000_000))
        #expect(!tokens.isValid(token, for: [other], now: 0) && !tokens.isValid(token, for: [], now: 0))
        #expect(!ViewerTokens(key: [UInt8](repeating: 2, count: 32)).isValid(token, for: [key], now: 0))
        #expect(tokens.isValid(tokens.make(for: group, viewer: 7, notAfter: 10), for: [key, group], now: 0))
        #expect(token.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        #expect(tokens.make(for: key, viewer: 8, notAfter: 1_000_000) != token)
    }

    @Test func namesAreNotMixed() throws {
        let (a, b) = (try #require(StreamKey(app: "a", stream: "bc")), try #require(StreamKey(app: "ab", stream: "c")))
        #expect(!tokens.isValid(tokens.make(for: a, viewer: 0, notAfter: 10), for: [b], now: 0))
    }

    @Test func changedTokensAreRefused() throws {
        let key = try #require(StreamKey(app: "live", stream: "x"))
        let token = Array(tokens.make(for: key, viewer: 7, notAfter: 1_000_000).utf8)
        for index in token.indices {
            var changed = token
            changed[index] = changed[index] == 0x30 ? 0x31 : 0x30
            #expect(!tokens.isValid(String(decoding: changed, as: UTF8.self), for: [key], now: 0))
            #expect(!tokens.isValid(String(decoding: token.prefix(index), as: UTF8.self), for: [key], now: 0))
        }
        for text in ["", String(repeating: "é", count: 28), String(repeating: "+", count: 56), String(repeating: "f", count: 57)]
        {
            #expect(!tokens.isValid(text, for: [key], now: 0))
        }
    }
}

@Suite struct KeyValueStoreTests {
    @Test func outlivesTheProcess() throws {
        let folder = try TestFolder()
        let store = KeyValueStore(file: folder.file("kv.json"))
        try store.put("b", [0, 255, 16])
        try store.put("a", [])
        try store.put("a.x", [1])
        try store.put("gone", [9])
        try store.put("gone", nil)
        try store.put("never", nil)
        let again = KeyValueStore(file: folder.file("kv.json"))
        #expect(again.get("b") == [0, 255, 16] && again.get("a") == [] && again.get("gone") == nil)
        #expect(again.each(prefix: "a").map(\.0) == ["a", "a.x"])
        #expect(TestFolder.mode(folder.file("kv.json")) == 0o600)
    }

    @Test func isBounded() throws {
        let store = KeyValueStore(file: try TestFolder().file("kv.json"))
        #expect(throws: KeyValueStore.Refusal.self) { try store.put("", [1]) }
        #expect(throws: KeyValueStore.Refusal.self) { try store.put(String(repeating: "k", count: 257), [1]) }
        #expect(throws: KeyValueStore.Refusal.self) { try store.put("k", [UInt8](repeating: 0, count: 64 << 10 | 1)) }
        #expect(store.get("k") == nil)
    }

    /// Hexadecimal doubles what is kept: a full store is read again.
    @Test func aFullStoreIsReadAgain() throws {
        let folder = try TestFolder()
        let value = String(repeating: "ab", count: 64 << 10)
        let pairs = (0..<63).map { "\"key\($0)\":\"\(value)\"" } + ["\"rest\":\"\(value.prefix(130_000))\""]
        try folder.write("kv.json", "{\(pairs.joined(separator: ","))}")
        let store = KeyValueStore(file: folder.file("kv.json"))
        #expect(store.get("key62") == [UInt8](repeating: 0xAB, count: 64 << 10) && store.get("rest")?.count == 65_000)
        #expect(throws: KeyValueStore.Refusal.self) { try store.put("more", [UInt8](repeating: 1, count: 64 << 10)) }
    }

    @Test func whatCannotBeReadIsNotWrittenOver() throws {
        let folder = try TestFolder()
        try folder.write("kv.json", "{\"a\": ")
        let store = KeyValueStore(file: folder.file("kv.json"))
        #expect(store.get("a") == nil)
        #expect(throws: KeyValueStore.Refusal.self) { try store.put("b", [1]) }
        #expect(try Files.read(folder.file("kv.json")) == Array("{\"a\": ".utf8))
    }
}

@Suite struct MetricsRegistryTests {
    @Test func textIsPrometheus() throws {
        let metrics = MetricsRegistry()
        let counter = try #require(
            metrics.define(.counter, owner: "my-plugin", name: "made_total", help: "made\nthings", labels: [("kind", "a\"\\\n")]))
        let gauge = try #require(metrics.define(.gauge, owner: "p", name: "level", help: "h", labels: []))
        let histogram = try #require(metrics.define(.histogram, owner: "p", name: "seconds", help: "h", labels: [("a", "b")]))
        metrics.record(counter, 2)
        metrics.record(counter, -5)
        metrics.record(counter, .nan)
        metrics.record(gauge, 1)
        metrics.record(gauge, -2.5)
        metrics.record(histogram, 0.02)
        metrics.record(histogram, 99)
        metrics.record(12345, 1)
        let text = metrics.text([("sluice_x", .gauge, "x", [("", 3), ("l=\"v\"", 0.5)])])
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines.contains("# HELP sluice_my_plugin_made_total made things"))
        #expect(lines.contains("# TYPE sluice_my_plugin_made_total counter"))
        #expect(lines.contains("sluice_my_plugin_made_total{kind=\"a\\\"\\\\\\n\"} 2"))
        #expect(lines.contains("sluice_p_level -2.5"))
        #expect(lines.contains("sluice_p_seconds_bucket{a=\"b\",le=\"0.01\"} 0"))
        #expect(lines.contains("sluice_p_seconds_bucket{a=\"b\",le=\"0.025\"} 1"))
        #expect(lines.contains("sluice_p_seconds_bucket{a=\"b\",le=\"30\"} 1"))
        #expect(lines.contains("sluice_p_seconds_bucket{a=\"b\",le=\"+Inf\"} 2"))
        #expect(lines.contains("sluice_p_seconds_sum{a=\"b\"} 99.02") && lines.contains("sluice_p_seconds_count{a=\"b\"} 2"))
        #expect(lines.contains("sluice_x 3") && lines.contains("sluice_x{l=\"v\"} 0.5"))
        #expect(text.hasSuffix("\n"))
    }

    @Test func equalDefinitionsAreOneSeries() {
        let metrics = MetricsRegistry()
        let first = metrics.define(.counter, owner: "p", name: "a_total", help: "", labels: [])
        #expect(first != nil && first == metrics.define(.counter, owner: "p", name: "a_total", help: "", labels: []))
        #expect(metrics.define(.gauge, owner: "p", name: "a_total", help: "", labels: []) == nil, "another kind")
        #expect(
            metrics.define(.gauge, owner: "p", name: "a_total", help: "", labels: [("x", "y")]) == nil,
            "another kind in another series")
        #expect(metrics.define(.counter, fullName: "sluice_p_a_total", owner: "q", help: "") == nil, "another owner")
    }

    @Test func badNamesAndTooManyAreRefused() {
        let metrics = MetricsRegistry()
        for name in ["A", "a-b", "a b", "a\n", "é"] {
            #expect(metrics.define(.counter, owner: "p", name: name, help: "", labels: []) == nil)
        }
        for label in ["", "1a", "a-b", "a\"} 1\nevil", "le"] {
            #expect(metrics.define(.counter, owner: "p", name: "a", help: "", labels: [(label, "v")]) == nil)
        }
        let made = (0..<300).compactMap { metrics.define(.counter, owner: "p", name: "n\($0)", help: "", labels: []) }
        #expect(made.count == 256)
        #expect(metrics.define(.counter, owner: "q", name: "n", help: "", labels: []) != nil)
    }
}

@Suite struct LineLogTests {
    @Test(arguments: [
        ("word", "word"), ("", "\"\""), ("two words", "\"two words\""), ("a=b", "\"a=b\""), ("say \"x\"", "\"say \\\"x\\\"\""),
        ("a\\b c", "\"a\\\\b c\""), ("a\nb", "\"a\nb\""),
    ])
    func quoting(value: String, quoted: String) { #expect(LineLogHandler.quoted(value) == quoted) }

    @Test func timestampIsUTC() {
        let text = LineLogHandler.timestamp()
        #expect(text.wholeMatch(of: /20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d\d\dZ/) != nil)
    }
}

@Suite struct GateTests {
    @Test func rateGate() {
        let gate = RateGate(perSecond: 3)
        #expect((0..<5).map { _ in gate.pass(at: 1_500_000_000) } == [true, true, true, false, false])
        #expect(gate.pass(at: 2_000_000_000))
    }
}

@Suite struct FilesTests {
    @Test func replacesWholeFiles() throws {
        let folder = try TestFolder()
        let file = folder.file("a")
        try Files.replace(file, with: [1, 2], mode: 0o600)
        try Files.replace(file, with: [3], mode: 0o640)
        #expect(try Files.read(file) == [3])
        #expect(TestFolder.mode(file) == 0o640)
        #expect(try Files.list(folder.path) == ["a"], "no temporary file stays")
        #expect(throws: Files.Failure.self) { try Files.read(file, limit: 0) }
        #expect(throws: Files.Failure.self) { try Files.read(folder.path) }
        #expect(throws: Files.Failure.self) { try Files.makeFolder(file) }
        try Files.makeFolder(folder.file("x/y/z"))
        #expect(Files.exists(folder.file("x/y/z")))
    }

    @Test(arguments: [("/a/b", "/a"), ("/a", "/"), ("a", "."), ("a/b/c", "a/b")])
    func parents(path: String, parent: String) { #expect(Files.parent(path) == parent) }
}

@Suite struct DataFolderTests {
    @Test func aSecondServerIsRefused() throws {
        let folder = try TestFolder()
        let first = try DataFolder(folder.file("data"))
        try first.takeForServer()
        try first.writeRun(adminPort: 9080, ports: [("rtmp", 1935)])
        let second = try DataFolder(folder.file("data"))
        let refusal = #expect(throws: StartFailure.self) { try second.takeForServer() }
        #expect(refusal?.description == "another server (process \(getpid())) uses the data folder \(folder.file("data"))")
        let run = try JSONValue(parsing: Files.read(folder.file("data/run.json")))
        #expect(run["admin"]?.stringValue == "127.0.0.1:9080" && run["listeners"]?["rtmp"]?.intValue == 1935)
        first.removeRun()
        #expect(!Files.exists(folder.file("data/run.json")))
    }

    @Test func theTokenIsTheOwnersOnly() throws {
        let folder = try TestFolder()
        let data = try DataFolder(folder.path)
        let token = try data.adminToken()
        #expect(token.utf8.count == 48)
        #expect(try data.adminToken() == token)
        #expect(TestFolder.mode(folder.file("admin.token")) == 0o600)
        chmod(folder.file("admin.token"), 0o644)
        #expect(try data.adminToken() == token)
        #expect(TestFolder.mode(folder.file("admin.token")) == 0o600)
        try folder.write("admin.token", "short\n")
        #expect(try data.adminToken() != "short")
    }

    @Test func aFileIsNoFolder() throws {
        let folder = try TestFolder()
        try folder.write("f", "")
        #expect(throws: StartFailure.self) { try DataFolder(folder.file("f")) }
    }
}
