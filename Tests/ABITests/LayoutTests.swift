import Foundation
import Testing

/// The frozen headers are what `PluginAPI/ABI/v1.layout.json` says and have only grown since `v1.0.layout.json`; the drafts are what
/// `draft.layout.json` says. After a change that the rules allow: `SLUICE_UPDATE_LAYOUT=1 swift test --filter LayoutTests`, and a line in
/// `PluginAPI/ABI/CHANGES.md`. What the rules forbid is not written. Nothing writes `v1.0.layout.json`.
@Suite struct LayoutTests {
    private static let updates = ProcessInfo.processInfo.environment["SLUICE_UPDATE_LAYOUT"] == "1"

    private func read() throws -> HeaderReader {
        try HeaderReader((Repository.headers() + Repository.drafts()).map { try Repository.text(ofHeader: $0) })
    }

    @Test func frozenHeadersHaveOnlyGrown() throws {
        let found = try Layout(measuring: Repository.headers())
        for file in [Repository.layoutOf10, Repository.layout] {
            let locked = try Layout(parsing: String(contentsOf: file, encoding: .utf8))
            let violations = LayoutLock.violations(of: locked, by: found)
            try #require(
                violations.isEmpty, "\(file.lastPathComponent) is broken: \(violations.joined(separator: "; ")); see ABI/RULES.md"
            )
        }
        try Self.compare(found, Repository.layout)
    }

    @Test func draftsAreAsCommitted() throws {
        let frozen = try Layout(measuring: Repository.headers())
        let all = try Layout(measuring: Repository.headers() + Repository.drafts())
        try Self.compare(all.without(frozen), Repository.draftLayout)
    }

    /// The hostile host cuts structs to these.
    @Test func judgeKnowsTheSizesOf10() throws {
        let locked = try Layout(parsing: String(contentsOf: Repository.layoutOf10, encoding: .utf8))
        #expect(try String(contentsOf: Repository.sizesOf10, encoding: .utf8) == Self.sizes(locked))
    }

    /// What was frozen stays what it was. Whoever changes this line changes what every plugin of v1.0 was promised.
    @Test func layoutOf10IsUntouched() throws {
        let text = try String(contentsOf: Repository.layoutOf10, encoding: .utf8)
        #expect(Self.sum(text) == 12_114_818_801_932_297_591)
        #expect(try Layout(parsing: text).text == text)
    }

    /// Whoever copies a struct whole breaks when it grows: plugins of v1.0 make less of it, hosts of v1.0 show less of it. Name it in
    /// `readBySize` once the host, SluiceKit and the kit for C take its new fields only where `struct_size` or the stride covers them.
    @Test func whatGrowsIsReadBySize() throws {
        let readBySize: Set = ["sluice_module"]
        let before = try Layout(parsing: String(contentsOf: Repository.layoutOf10, encoding: .utf8))
        let now = try Layout(measuring: Repository.headers())
        for (name, old) in before.structs where now.structs[name]?.size != old.size {
            #expect(readBySize.contains(name), "\(name) has grown: is it read by its size everywhere?")
        }
    }

    private static func compare(_ found: Layout, _ file: URL) throws {
        if updates { try found.text.write(to: file, atomically: true, encoding: .utf8) }
        let committed = try String(contentsOf: file, encoding: .utf8)
        let changed = found.text.split(separator: "\n").difference(from: committed.split(separator: "\n"))
        #expect(
            found.text == committed,
            "the layout has changed: \(changed.map(String.init(describing:)).prefix(20).joined(separator: "\n"))")
        #expect((try? JSONSerialization.jsonObject(with: Data(committed.utf8))) != nil)
    }

    /// FNV-1a.
    private static func sum(_ text: String) -> UInt64 {
        text.utf8.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    }

    static func sizes(_ layout: Layout) -> String {
        var out = """
            /* Sizes of the structs of ABI 1.0, made from PluginAPI/ABI/v1.0.layout.json: what a host knows that knows nothing newer. */
            #ifndef SLUICE_JUDGE_V1_0_H
            #define SLUICE_JUDGE_V1_0_H
            #include <sluice/sluice.h>

            #define V1_0_MINOR 0u

            /* Of the value's type; what came later has its own. */
            #define V1_0_SIZE(value) \\
                _Generic((value), \\

            """
        for (name, one) in layout.structs.sorted(by: { $0.key < $1.key }) where one.fields.first?.name == "struct_size" {
            out += "        \(name): \(one.size)u, \\\n"
        }
        return out + "        default: sizeof(value))\n\n#endif\n"
    }

    @Test func everyStructIsSeen() throws {
        let reader = try read()
        let text = try (Repository.headers() + Repository.drafts()).map { try Repository.text(ofHeader: $0) }.joined()
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
        #expect(
            reader.structs == [
                HeaderReader.Struct(
                    name: "s", fields: ["struct_size", "list", "text", "get"],
                    declarations: [
                        "uint32_t struct_size", "const char *const *list", "char text[SLUICE_A]",
                        "const void *(*get)(const struct s *s, int32_t (*inner)(void *))",
                    ])
            ])
        #expect(reader.integers == ["SLUICE_A"] && reader.texts == ["SLUICE_B"])
        #expect(throws: HeaderReader.Unreadable.self) { try HeaderReader(["typedef struct a { uint32_t b : 3; } a;"]) }
    }
}
