import Conformance
import Testing

/// A plugin that is wrong in one thing is caught by the case made for it, and by no other.
@Suite struct BadPluginTests {
    struct Wrong: Sendable, CustomTestStringConvertible {
        let word: String
        let cases: [String]
        var flags: [String] = []
        var file = "bad.c"
        /// A part of the reason that the author reads.
        let says: String
        var testDescription: String { word }
    }

    static let all: [Wrong] = [
        Wrong(word: "LEAKS", cases: ["memory.leases"], says: "buffer reference(s) are left after destroy"),
        Wrong(word: "BLOCKS", cases: ["threads.blocking"], says: "move work that waits to sluice.task run"),
        Wrong(word: "ANSWERS_TWICE", cases: ["auth.once"], says: "was answered twice"),
        Wrong(word: "WRITES_FRAMES", cases: ["memory.frames-read-only"], says: "it wrote into a frame's data"),
        Wrong(word: "CRASHES_ON_BYTES", cases: ["protocol.noise"], says: "died by SIGABRT in bytes"),
        Wrong(word: "CRASHES_ON_FAILURE", cases: ["memory.failing"], says: "died by SIGSEGV in decide"),
        // Unloading the code under its thread would be a second thing.
        Wrong(
            word: "STARTS_THREAD", cases: ["static.no-threads"], flags: ["-Wl,-z,nodelete"], says: "loading it started 1 thread"),
        Wrong(
            word: "CALLS_LATE", cases: ["life.after-destroy"], flags: ["-Wl,-z,nodelete"],
            says: "log write was called after destroy had returned"),
        Wrong(word: "NEVER_ANSWERS", cases: ["auth.answers"], says: "was not answered before its deadline"),
        Wrong(word: "KEEPS_REQUEST", cases: ["memory.borrowed"], says: "after it was given back, the request of decide"),
        Wrong(word: "TELLS_SECRETS", cases: ["auth.canary"], says: "a log field holds a secret"),
        Wrong(word: "NO_REASON", cases: ["negotiation.refusals"], says: "no reason"),
        Wrong(word: "NO_ERROR_CHECK", cases: ["negotiation.no-error"], says: "died by SIGSEGV in configure"),
        Wrong(
            word: "READS_BEHIND", cases: ["negotiation.exact-structs"], says: "what is behind the end of the request of decide"),
        Wrong(word: "TRUSTS_STRIDE", cases: ["negotiation.inflated-structs"], says: "died by SIGSEGV in sink frames"),
        Wrong(word: "USES_RELEASED", cases: ["memory.released"], says: "after it was given back, a buffer's data"),
        Wrong(word: "WRONG_LANE", cases: ["threads.lanes"], says: "broadcast append was called on [control]"),
        Wrong(word: "WRONG_CONTROL", cases: ["threads.control"], says: "metrics define was called on a lane"),
        Wrong(word: "EXPORTS_MORE", cases: ["static.entry-symbol"], says: "bad_answer"),
        Wrong(word: "CUTS_WRONG", cases: ["protocol.golden"], says: "byte by byte gives another result"),
        Wrong(word: "SILENT_FOREVER", cases: ["protocol.timers"], says: "is never closed"),
        // Two cases count memory, in one image and over many.
        Wrong(word: "LEAKS_MEMORY", cases: ["life.activate-1000", "life.reload-1000"], says: "800 lives left"),
        Wrong(word: "NEVER_ENDS", cases: ["media.transform"], file: "media.c", says: "answer SLUICE_TRANSFORM_END"),
        Wrong(word: "NEVER_TAKES", cases: ["media.transform"], file: "media.c", says: "AGAIN is answered for ever"),
        Wrong(word: "MIXES_TRACKS", cases: ["media.transform"], file: "media.c", says: "a frame of track 1"),
        Wrong(word: "GOES_BACK", cases: ["media.source"], file: "media.c", says: "the dts of track 0 goes from 360 to 40"),
        Wrong(word: "NO_TRACKS", cases: ["media.source"], file: "media.c", says: "which set_tracks has not named"),
    ]

    @Test(.enabled(if: Built.judge != nil), arguments: all)
    func isCaughtByItsCase(_ wrong: Wrong) async throws {
        let library = try Built.library("PluginAPI/Conformance/BadPlugins/\(wrong.file)", ["-D\(wrong.word)"] + wrong.flags)
        let report = try await Built.report(library)
        #expect(report.failures == wrong.cases, "\(report.complaints)")
        let reasons = report.results.filter { $0.outcome == .failed }.flatMap(\.reasons)
        #expect(reasons.contains { $0.contains(wrong.says) }, "\(reasons)")
        #expect(!report.passed)
    }

    /// The same file with nothing wrong in it, and the sample that the documentation names.
    @Test(
        .enabled(if: Built.judge != nil),
        arguments: [
            "PluginAPI/Conformance/BadPlugins/bad.c", "PluginAPI/Conformance/BadPlugins/media.c", "Tests/Fixtures/Plugins/gate.c",
        ])
    func goodOnesPass(_ file: String) async throws {
        let report = try await Built.report(Built.library(file))
        #expect(report.failures.isEmpty, "\(report.complaints)")
        #expect(report.reached == .reloadable)
        #expect(report.count(.passed) > 25)
    }

    @Test(.enabled(if: Built.judge != nil))
    func seedOfAFailureBringsItBack() async throws {
        let library = try Built.library("PluginAPI/Conformance/BadPlugins/bad.c", ["-DCRASHES_ON_BYTES"])
        let report = try await Built.report(library, match: "protocol.noise")
        let reasons = report.results.first?.reasons ?? []
        #expect(reasons.contains { $0.contains("again with --match protocol.noise --seed ") }, "\(reasons)")
        #expect(report.reached == nil, "a selection of cases is no level")
    }

    @Test(.enabled(if: Built.judge != nil))
    func whatIsNoPluginIsRefused() async throws {
        let notes = Built.root.appendingPathComponent("README.md").path
        let report = try await Built.report(notes, match: "static.descriptor")
        #expect(report.failures == ["static.descriptor"])
        #expect(report.complaints.first?.contains("dlopen failed") == true, "\(report.complaints)")
    }
}
