import CHostGuard
import Glibc
import HostConfig
import Synchronization
import Testing

@testable import HostCore

/// What a crash leaves, and whom the next start keeps out.
@Suite struct CrashMarkTests {
    private static let text = """
        sluice-mark 1 signal 11 own
        thread 10 NIO-ELT-0-#0 failed hls frames 0
        thread 11 NIO-ELT-0-#1 inside rtmp bytes 1
        thread 12 NIO-ELT-1-#0 hung kaltura decide 900
        thread 13 sluice last web get_interface 0
        end

        """

    @Test func theOneThatFailedIsToBlame() throws {
        let mark = try #require(CrashMark(parsing: Self.text))
        #expect(mark.signal == SIGSEGV && mark.isOwn && mark.threads.count == 4)
        #expect(mark.threads.map(\.place) == [.failed, .inside, .hung, .last])
        #expect(mark.suspects.map(\.plugin) == ["hls"])
        #expect(mark.suspects.first?.reason == "the server died inside of it: frames ended it with signal 11 (SIGSEGV)")
    }

    @Test func whenItWasEndedFromOutsideThoseThatHungAre() throws {
        let text = Self.text.replacing("own", with: "outside").replacing("failed", with: "inside").replacing("11 o", with: "6 o")
        #expect(CrashMark(parsing: text)?.suspects.map(\.plugin) == ["kaltura"])
    }

    @Test func exitIsNamed() throws {
        let text = Self.text.replacing("signal 11", with: "signal 0")
        #expect(CrashMark(parsing: text)?.suspects.first?.reason == "the server died inside of it: frames ended the process")
    }

    @Test func whatIsNotWholeIsNothing() {
        for length in 0..<Self.text.utf8.count - 5 {
            #expect(CrashMark(parsing: String(decoding: Array(Self.text.utf8.prefix(length)), as: UTF8.self)) == nil)
        }
        for text in [
            "sluice-mark 2 signal 1 own\nend\n", "sluice-mark 1 signal x own\nend", "end", "\n\n", "sluice-mark 1 signal 1\nend",
        ] {
            #expect(CrashMark(parsing: text) == nil)
        }
        let odd = CrashMark(parsing: "sluice-mark 1 signal 4 own\nthread x y failed a b 0\nthread 1 y what a b 0\nthread\nend")
        #expect(odd?.threads.isEmpty == true && odd?.suspects.isEmpty == true)
    }

    @Test func whatIsWrittenIsRead() throws {
        let folder = try TestFolder()
        let file = folder.file("run.mark")
        let budget = CallBudget(id: "crash-mark-test", softMilliseconds: 60_000, hardMilliseconds: 60_000) { _ in }
        let elsewhere = CallBudget(id: "crash-mark-away", softMilliseconds: 60_000, hardMilliseconds: 60_000, isElsewhere: true) {
            _ in
        }
        func marked() throws -> CrashMark.Thread? {
            #expect(hostguard_mark(file, SIGABRT, 1) == 0)
            let text = String(decoding: try Files.read(file), as: UTF8.self)
            let mark = try #require(CrashMark(parsing: text))
            #expect(mark.signal == SIGABRT && mark.isOwn)
            return mark.threads.first { $0.plugin.hasPrefix("crash-mark-") }
        }
        let inside = try budget.measure(.frames) { Result { try marked() } }.get()
        #expect(inside?.place == .failed && inside?.plugin == "crash-mark-test" && inside?.function == "frames")
        let after = try marked()
        #expect(after?.place == .last && after?.plugin == "crash-mark-test")
        let away = try elsewhere.measure(.decide) { Result { try marked() } }.get()
        #expect(away?.place == .last && away?.plugin == "crash-mark-away", "its code is in another process")
        #expect(try Files.list(folder.path) == ["run.mark"])
    }

    @Test func theNextStartKeepsItOutUntilTheOperatorSaysSo() throws {
        let folder = try TestFolder()
        let data = try DataFolder(folder.file("data"))
        try folder.write("data/run.mark", Self.text.replacing("hls", with: "sieve"))
        let mark = try #require(data.takeCrashMark())
        #expect(data.takeCrashMark() == nil, "once")
        let host = try TestHost("[app.free]\nopen = true\noutputs = [\"sieve\"]\n") { try TestHost.installSieve($0) }
        #expect(host.server.quarantineReason("sieve") == nil)
        host.server.take(mark)
        #expect(host.server.quarantineReason("sieve")?.contains("SIGSEGV") == true)
        // As the next start finds it.
        let server = host.server
        try server.control.sync {
            server.registry.remove { _ in true }
            _ = server.loadPlugins()
        }
        #expect(host.server.registry.record("sieve")?.state == .quarantined)
        #expect(host.server.registry.record("sieve")?.reason.contains("plugin enable sieve") == true)
        #expect(host.server.degradations == ["sieve is QUARANTINED"])
        // Its listener is opened by a worker: the server must not stop meanwhile.
        let isEnabled = Atomic<Bool>(false)
        host.server.enable("sieve") { _ in isEnabled.store(true, ordering: .releasing) }
        #expect(eventually { isEnabled.load(ordering: .acquiring) })
        #expect(eventually { host.server.registry.record("sieve")?.state == .active })
        #expect(host.server.quarantineReason("sieve") == nil)
    }
}
