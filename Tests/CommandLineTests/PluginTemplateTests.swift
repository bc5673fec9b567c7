import Glibc
import HostConfig
import Testing

@testable import sluice

@Suite struct PluginTemplateTests {
    @Test(
        arguments: [
            ("acme", "acme"), ("acme-gate", "acme_gate"), ("9gate", "plugin_9gate"), ("class", "plugin_class"),
            ("self", "plugin_self"),
            ("a-b-c", "a_b_c"),
        ])
    func aNameBecomesAnIdentifier(name: String, identifier: String) {
        #expect(PluginTemplate.identifier(name) == identifier)
    }

    @Test(
        arguments: [
            ("acme", true), ("9", true), ("a-b", true), ("Acme", false), ("", false), ("a_b", false), ("a/b", false),
            ("..", false),
            ("-x", false), ("auth", false), ("new", false), (String(repeating: "a", count: 33), false),
        ])
    func namesAreTheManifests(name: String, isGood: Bool) {
        #expect((PluginTemplate.refusal(ofName: name) == nil) == isGood)
    }

    /// Whatever is carried is written whole, under the author's name, with a manifest that can be read.
    @Test(arguments: PluginTemplate.all.map(\.name)) func everyTemplateTakesItsName(name: String) throws {
        let template = try #require(PluginTemplate.all.first { $0.name == name })
        let files = template.files(named: "acme-gate")
        #expect(Set(files.map(\.path)).count == files.count)
        for wanted in ["README.md", "acme-gate.toml", "build", "test", "sdk/LICENSE"] {
            #expect(files.contains { $0.path == wanted }, "\(wanted)")
        }
        for file in files where !file.path.hasPrefix("sdk/") {
            let text = String(decoding: file.bytes, as: UTF8.self)
            #expect(!text.contains(template.name) && !text.contains(template.name.replacing("-", with: "_")), "\(file.path)")
        }
        let scripts = files.filter { $0.path == "build" || $0.path == "test" }
        #expect(scripts.map(\.isExecutable) == [true, true])
        let manifest = try #require(files.first { $0.path == "acme-gate.toml" })
        let read = try PluginManifest(parsing: String(decoding: manifest.bytes, as: UTF8.self), file: manifest.path)
        #expect(read.id == "acme-gate" && read.library == "acme-gate.so")
        #expect(read.offers(template.kind))
    }

    @Test func whatIsNotThereIsSaidWithWhatIs() {
        for (kind, language) in [("auth", "cobol"), ("codec", "c"), ("", "")] {
            do {
                _ = try PluginTemplate.find(kind: kind, language: language)
                Issue.record("found \(language)-\(kind)")
            } catch {
                #expect("\(error)".contains("auth (c, rust, swift)"))
            }
        }
    }

    @Test func aFolderThatIsThereIsNotTouched() throws {
        var name = Array("/tmp/sluice-new-XXXXXX".utf8CString)
        let folder = String(cString: try #require(mkdtemp(&name)))
        let path = folder + "/acme"
        defer { _ = try? run(["rm", "-r", folder]) }
        let file = CarriedFile(path: "a/b.txt", bytes: Array("text".utf8), isExecutable: false)
        try NewFolder(path: path).write([file])
        #expect(access(path + "/a/b.txt", R_OK) == 0)
        #expect(throws: Failure.self) { try NewFolder(path: path).write([file]) }
        #expect(throws: Failure.self) { try NewFolder(path: folder + "/absent/acme").write([file]) }
    }

    private func run(_ words: [String]) throws {
        var line: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for word in line { free(word) } }
        var child: pid_t = 0
        guard posix_spawnp(&child, words[0], nil, nil, &line, environ) == 0 else { return }
        var status: Int32 = 0
        waitpid(child, &status, 0)
    }
}
