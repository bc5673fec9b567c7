import Testing

/// Every header stands alone, and all stand together, in every language that the promise names.
@Suite struct HeaderTests {
    @Test(arguments: ["c11", "c17", "c++17"])
    func compilesWithoutAWord(_ standard: String) throws {
        let isC = !standard.hasPrefix("c++")
        let compiler = try isC ? CCompiler.c() : CCompiler.cxx()
        let folder = try TemporaryFolder()
        let headers = try Repository.headers() + Repository.drafts()
        #expect(headers.count > 20)
        let suffix = isC ? "c" : "cc"
        var files = try headers.map {
            try folder.write("\(Self.symbol($0)).\(suffix)", "#include <sluice/\($0)>\nextern int \(Self.symbol($0));\n")
        }
        // Twice, and in the wrong order: the guards hold.
        let all = (headers.reversed() + headers).map { "#include <sluice/\($0)>\n" }.joined()
        files.append(
            try folder.write(
                "all.\(suffix)", all + "const sluice_module *entry(void);\nconst sluice_module *entry(void) { return 0; }\n"))
        let result = try compiler.run(
            ["-std=\(standard)", "-fsyntax-only", "-Wall", "-Wextra", "-pedantic", "-Werror", "-I", Repository.include.path]
                + files)
        #expect(result.status == 0, "\(result.output)")
    }

    private static func symbol(_ header: String) -> String { "stands_alone_\(header.dropLast(2).replacing("/", with: "_"))" }

    /// The flags above do refuse what they should.
    @Test func theCompilerWouldComplain() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            "bad.c", "#include <sluice/core.h>\nstatic int unused(void) { long long a[0]; return sizeof a; }\n")
        let result = try CCompiler.c().run(
            ["-std=c11", "-fsyntax-only", "-Wall", "-Wextra", "-pedantic", "-Werror", "-I", Repository.include.path, file])
        #expect(result.status != 0)
    }

    @Test func sluiceHeaderNamesAllOthers() throws {
        let text = try Repository.text(ofHeader: "sluice.h")
        for header in try Repository.headers() where header != "sluice.h" { #expect(text.contains("#include \"\(header)\"")) }
        #expect(!text.contains("#include \"draft/"))
        let drafts = try Repository.text(ofHeader: "draft/drafts.h")
        for header in try Repository.drafts() where header != "draft/drafts.h" {
            #expect(drafts.contains("#include \"\(header.dropFirst(6))\""))
        }
    }

    /// A frozen header includes no draft; an id of revision 0 stands in a draft, which says what it is, and nowhere else.
    @Test func draftsAreApart() throws {
        for header in try Repository.headers() {
            let text = try Repository.text(ofHeader: header)
            #expect(!text.contains("#include \"draft"), "\(header)")
            #expect(text.matches(of: /#define SLUICE_(SERVICE|INTERFACE)_\w+ "sluice\.[a-z]+\/0"/).isEmpty, "\(header)")
        }
        for header in try Repository.drafts() where header != "draft/drafts.h" {
            let text = try Repository.text(ofHeader: header)
            #expect(text.contains("Draft: this header may change with any release"), "\(header)")
            #expect(text.matches(of: /#define SLUICE_(SERVICE|INTERFACE)_\w+ "sluice\.[a-z]+\/[^0]/).isEmpty, "\(header)")
        }
    }
}
