import Foundation
import Testing

@testable import Conformance

/// The newest samples in a host that knows only v1.0: they are built with headers in which every struct has grown, the host that judges
/// them shows what v1.0 has.
@Suite struct NewerPluginTests {
    private static let bad = "PluginAPI/Conformance/BadPlugins/bad.c"

    private static func library(_ file: String, _ flags: [String] = []) throws -> String {
        let kit = Built.root.appendingPathComponent("PluginAPI/CKit").path
        return try Built.library(file, ["-I", NewerHeaders.include, "-I", kit] + flags)
    }

    @Test(.enabled(if: Built.judge != nil), arguments: ["c-auth", "c-protocol", "c-routes", "c-sink"])
    func samplesOfTomorrowWorkToday(_ name: String) async throws {
        let report = try await Built.report(
            Self.library("PluginAPI/Templates/\(name)/plugin.c"), match: "negotiation.exact-structs")
        #expect(report.failures.isEmpty && report.count(.passed) == 1, "\(report.complaints)")
    }

    /// What v1.0 has not is not there: who reads it all the same is caught, who looks at `struct_size` is not.
    @Test(.enabled(if: Built.judge != nil)) func whoReadsBehindTheEndIsCaught() async throws {
        let reads = try await Built.report(Self.library(Self.bad, ["-DREADS_NEWER"]), match: "negotiation.exact-structs")
        #expect(reads.failures == ["negotiation.exact-structs"])
        #expect(
            reads.complaints.first?.contains("what is behind the end of the request of decide") == true, "\(reads.complaints)")
        let looks = try await Built.report(Self.library(Self.bad, ["-DLOOKS_FIRST"]), match: "negotiation.exact-structs")
        #expect(looks.failures.isEmpty && looks.count(.passed) == 1, "\(looks.complaints)")
    }

    /// A plugin that says that it needs more than this is no plugin for this host.
    @Test(.enabled(if: Built.judge != nil)) func whoNeedsMoreIsRefused() async throws {
        let report = try await Built.report(
            Self.library("PluginAPI/Templates/c-auth/plugin.c", ["-DKIT_ABI_MINOR=\(NewerHeaders.minor)"]),
            match: "static.descriptor")
        #expect(report.failures == ["static.descriptor"])
        #expect(report.complaints.first?.contains("it needs ABI 1.\(NewerHeaders.minor)") == true, "\(report.complaints)")
    }

    /// The judge's own headers may grow: what it shows, when asked for exact structs, stays what v1.0 had.
    @Test func aJudgeOfTomorrowShowsTheSizesOf10() throws {
        let source = """
            #include "judge.h"
            #include <stdio.h>
            hostility hostile;
            void broke(uint32_t what, const char *format, ...) { (void)what, (void)format; }
            int main(void) {
                hostile.exact = 1;
                loan *l = loan_open("a call");
                sluice_auth_request request = {.struct_size = sizeof request};
                sluice_frame frames[2] = {{.track = 1}, {.track = 2}};
                uint32_t stride = 0;
                const sluice_auth_request *lent = loan_struct(l, &request);
                const sluice_frame *list = loan_array(l, frames, 2, &stride);
                const sluice_frame *second = (const sluice_frame *)(const void *)((const char *)list + stride);
                printf("%u %u %u %u %d\\n", lent->struct_size, list->struct_size, stride, second->track, sizeof request > lent->struct_size);
                return 0;
            }
            """
        let judge = Built.root.appendingPathComponent("PluginAPI/Conformance/Judge").path
        let program = try Built.program(
            source, ["-I", NewerHeaders.include, "-I", judge, "-I", "\(judge)/include", "\(judge)/loan.c", "-lpthread"])
        #expect(try Built.output(of: program) == "240 96 96 2 1\n")
    }
}
