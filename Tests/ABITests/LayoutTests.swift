import Foundation
import Testing

/// Sizes, offsets and constants are what `PluginAPI/ABI/v1.layout.json` says. After a change that the law allows:
/// `SLUICE_UPDATE_LAYOUT=1 swift test --filter LayoutTests`, and a line in `PluginAPI/ABI/CHANGES.md`.
@Suite struct LayoutTests {
    private func read() throws -> HeaderReader {
        try HeaderReader(Repository.headers().map { try Repository.text(ofHeader: $0) })
    }

    @Test func layoutIsAsCommitted() throws {
        let found = try Self.layout(try read())
        if ProcessInfo.processInfo.environment["SLUICE_UPDATE_LAYOUT"] == "1" {
            try found.write(to: Repository.layout, atomically: true, encoding: .utf8)
        }
        let committed = try String(contentsOf: Repository.layout, encoding: .utf8)
        let changed = found.split(separator: "\n").difference(from: committed.split(separator: "\n"))
        #expect(
            found == committed,
            "the ABI's layout has changed: \(changed.map(String.init(describing:)).prefix(20).joined(separator: "\n"))")
        #expect((try? JSONSerialization.jsonObject(with: Data(committed.utf8))) != nil)
    }

    @Test func everyStructIsSeen() throws {
        let reader = try read()
        let text = try Repository.headers().map { try Repository.text(ofHeader: $0) }.joined()
        #expect(reader.structs.count == text.matches(of: /(?m)^typedef struct \w+ \{/).count)
        #expect(reader.structs.count > 30)
        #expect(reader.integers.contains("SLUICE_E_STALE") && reader.texts.contains("SLUICE_SERVICE_AUTH"))
    }

    /// Law 3. The four that have none are values that can never grow: two words, or two texts.
    @Test func everyStructBeginsWithItsSize() throws {
        let values: Set = ["sluice_text", "sluice_bytes", "sluice_pair", "sluice_log_format"]
        for one in try read().structs where !values.contains(one.name) {
            #expect(one.fields.first == "struct_size", "\(one.name)")
        }
    }

    /// The reader sees what it should in the shapes that occur, and refuses the rest.
    @Test func readerReadsTheHouseStyle() throws {
        let reader = try HeaderReader([
            """
            #define SLUICE_A 1u /* one */
            #define SLUICE_B "b/0"
            #define SLUICE_F(a, b) (a)
            typedef struct s {
                uint32_t struct_size; /* } */
                const char *const *list;
                char text[SLUICE_A];
                const void *(*get)(const struct s *s, int32_t (*inner)(void *));
            } s;
            """
        ])
        #expect(reader.structs == [HeaderReader.Struct(name: "s", fields: ["struct_size", "list", "text", "get"])])
        #expect(reader.integers == ["SLUICE_A"] && reader.texts == ["SLUICE_B"])
        #expect(throws: HeaderReader.Unreadable.self) { try HeaderReader(["typedef struct a { uint32_t b : 3; } a;"]) }
    }

    // MARK: The generator

    private static func layout(_ reader: HeaderReader) throws -> String {
        var program = "#include <sluice/sluice.h>\n#include <stdio.h>\nint main(void) {\n"
        func line(_ format: String, _ values: String = "") { program += "printf(\"\(format)\\n\"\(values));\n" }
        line("{")
        line("  \\\"abi\\\": \\\"%u.%u\\\",", ", SLUICE_ABI_MAJOR, SLUICE_ABI_MINOR")
        line("  \\\"structs\\\": {")
        for (index, one) in reader.structs.enumerated() {
            line("    \\\"\(one.name)\\\": {\\\"size\\\": %zu, \\\"fields\\\": {", ", sizeof(\(one.name))")
            for (place, field) in one.fields.enumerated() {
                let comma = place + 1 < one.fields.count ? "," : ""
                line(
                    "      \\\"\(field)\\\": {\\\"offset\\\": %zu, \\\"size\\\": %zu}\(comma)",
                    ", offsetof(\(one.name), \(field)), sizeof(((\(one.name) *)0)->\(field))")
            }
            line("    }}\(index + 1 < reader.structs.count ? "," : "")")
        }
        line("  },")
        line("  \\\"integers\\\": {")
        for (index, name) in reader.integers.enumerated() {
            line("    \\\"\(name)\\\": %lld\(index + 1 < reader.integers.count ? "," : "")", ", (long long)\(name)")
        }
        line("  },")
        line("  \\\"texts\\\": {")
        for (index, name) in reader.texts.enumerated() {
            line("    \\\"\(name)\\\": \\\"%s\\\"\(index + 1 < reader.texts.count ? "," : "")", ", \(name)")
        }
        line("  }")
        line("}")
        program += "return 0;\n}\n"
        let folder = try TemporaryFolder()
        let source = try folder.write("layout.c", program)
        let binary = folder.url.appendingPathComponent("layout").path
        let built = try CCompiler.c().run(["-std=c11", "-Wall", "-I", Repository.include.path, source, "-o", binary])
        try #require(built.status == 0, "\(built.output)")
        return try CCompiler.run(binary, []).output
    }
}
