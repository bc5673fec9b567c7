import Foundation
import Testing

/// The templates, as they lie in the repository: the executable carries them all, each has its files, and none has outgrown its promise.
@Suite struct TemplateTests {
    private static let folder = Repository.root.appendingPathComponent("PluginAPI/Templates")

    private static func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { !$0.hasPrefix(".") }.sorted()
    }

    @Test func theExecutableCarriesWhatIsThere() throws {
        let script = Repository.root.appendingPathComponent("Scripts/templates").path
        let done = try CCompiler.run("/bin/bash", [script, "--check"])
        #expect(done.status == 0, "\(done.output)")
    }

    @Test func eachIsComplete() throws {
        let names = try Self.names()
        #expect(names.count >= 3)
        for name in names {
            let template = Self.folder.appendingPathComponent(name)
            for file in ["\(name).toml", "README.md", "build", "test", ".gitignore", "sdk"] {
                let path = template.appendingPathComponent(file).path
                #expect(FileManager.default.fileExists(atPath: path), "\(name) has no \(file), or it leads nowhere")
                if file == "build" || file == "test" { #expect(FileManager.default.isExecutableFile(atPath: path), "\(path)") }
            }
        }
    }

    /// An author's own file of an authentication plugin: 60 lines at most, comments and all.
    @Test(arguments: ["c-auth/plugin.c", "swift-auth/Sources/Plugin.swift", "rust-auth/src/lib.rs"])
    func anAuthenticationPluginIsShort(file: String) throws {
        let text = try String(contentsOf: Self.folder.appendingPathComponent(file), encoding: .utf8)
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count - 1 <= 60, "\(file)")
    }

    /// The kit for C is strict about warnings, in every dialect that an author may build with.
    @Test(arguments: ["c11", "c17", "gnu11"]) func theKitForCCompilesCleanly(dialect: String) throws {
        let done = try CCompiler.c().run([
            "-std=\(dialect)", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror", "-fsyntax-only", "-I",
            Repository.include.path,
            "-I", Repository.root.appendingPathComponent("PluginAPI/CKit").path,
            Self.folder.appendingPathComponent("c-auth/plugin.c").path,
        ])
        #expect(done.status == 0, "\(done.output)")
    }

    /// Drives the JSON of the kit for C over texts that are whole, cut short everywhere, and wrong, under the sanitizers.
    @Test func theKitForCReadsConfigurations() throws {
        let folder = try TemporaryFolder()
        let source = try folder.write(
            "json.c",
            #"""
            #include "sluice_kit.h"
            #include <assert.h>
            #include <stdio.h>

            static sluice_text get(sluice_text json, const char *key) { return kit_json_get(json, kit_text(key)); }

            int main(void) {
                const char *text = " { \"a\" : [ 1 , \"x,\\\"}]\" , {\"b\":[]}, -7 ] ,\"e\\u006Bs\":{\"k\":\"\\ud83d\\ude00\\n\"},\"n\":12, \"t\":true } ";
                sluice_text json = kit_text(text), key, value;
                assert(kit_json_integer(get(json, "n"), 5) == 12);
                assert(kit_json_integer(get(json, "t"), 5) == 5);
                assert(kit_is(get(json, "t"), "true"));
                assert(get(json, "absent").size == 0 && get(get(json, "n"), "x").size == 0 && get(get(json, "a"), "b").size == 0);
                char *smile = kit_json_string(get(get(json, "eks"), "k"));
                assert(smile && strcmp(smile, "\xF0\x9F\x98\x80\n") == 0);
                free(smile);
                uint64_t cursor = 0;
                int count = 0;
                while (kit_json_next(get(json, "a"), &cursor, &key, &value)) {
                    count++;
                    assert(key.size == 0 && value.size > 0);
                }
                assert(count == 4);
                cursor = 0;
                assert(!kit_json_next(kit_text("{}"), &cursor, &key, &value) && !kit_json_next(kit_text(""), &cursor, &key, &value));
                assert(!kit_json_next(kit_text("12"), &cursor, &key, &value) && !kit_json_string(kit_text("\"")));
                /* Every prefix, and every byte changed, in memory of exactly that size. */
                for (size_t size = 0; size <= strlen(text); size++) {
                    for (size_t flip = 0; flip <= size; flip++) {
                        char *copy = malloc(size ? size : 1);
                        memcpy(copy, text, size);
                        if (flip < size) copy[flip] ^= 0x15;
                        sluice_text part = {copy, size};
                        for (cursor = 0, count = 0; kit_json_next(part, &cursor, &key, &value) && count < 1000; count++) {
                            free(kit_json_string(key));
                            free(kit_json_string(value));
                            uint64_t inner = 0;
                            for (int i = 0; i < 1000 && kit_json_next(value, &inner, &key, &value); i++) inner = inner ? inner : 1;
                        }
                        assert(count < 1000);
                        (void)get(part, "eks");
                        free(copy);
                    }
                }
                assert(kit_equal("a", "a") && !kit_equal("a", "b") && !kit_equal("a", "ab") && kit_equal("", ""));
                puts("read");
                return 0;
            }
            """#)
        let binary = folder.url.appendingPathComponent("json").path
        let built = try CCompiler.c().run([
            "-std=c11", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-I", Repository.include.path, "-I",
            Repository.root.appendingPathComponent("PluginAPI/CKit").path, source, "-o", binary,
        ])
        try #require(built.status == 0, "\(built.output)")
        let done = try CCompiler.run(binary, [])
        #expect(done.status == 0 && done.output == "read\n", "\(done.output)")
    }
}
