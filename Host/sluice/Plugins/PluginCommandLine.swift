import ArgumentParser
import HostConfig
import SluiceJSON

/// `sluice WORD …` where the word is no command of ours but a plugin's (`commands` in its manifest).
///
/// With a server on the data folder the command runs inside it; without one in the Runner. The host knows none of these words.
struct PluginCommandLine {
    let word: String
    /// The plugin's own arguments.
    private(set) var arguments: [String]
    private let place: Result<ServerPlace, Failure>

    /// - Parameters:
    ///   - arguments: what stands behind the word; common options before a `--` are taken out.
    ///   - common: the common options that stood before it.
    init(word: String, arguments: [String], common: [String]) {
        self.word = word
        var own: [String] = []
        var options = common
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "--" {
                own.append(contentsOf: rest)
                break
            } else if LeadingOptions.names.contains(argument) {
                options.append(argument)
                if let value = rest.popFirst() { options.append(value) }
            } else if LeadingOptions.names.contains(where: { argument.hasPrefix($0 + "=") }) {
                options.append(argument)
            } else {
                own.append(argument)
            }
        }
        self.arguments = own
        do { place = .success(try CommonOptions.parse(options).place) } catch {
            place = .failure(Failure(Exit.usage, CommonOptions.message(for: error)))
        }
    }

    /// Whether the word is one of ours.
    static func isOwn(_ word: String) -> Bool { ownWords.contains(word) }

    private static let ownWords = [
        "serve", "check", "reload", "plugin", "app", "stream", "session", "events", "new", "conform", "help",
    ]

    /// Runs it; the exit code is the command's.
    func run() -> Int32 {
        do {
            let place = try place.get()
            if let server = try RunningServer.find(in: place.data) { return try run(in: server) }
            return try Runner(place: place, manifest: find(in: Self.manifests(of: place))).run(arguments)
        } catch let failure as Failure {
            return failure.report()
        } catch {
            Output.error("sluice: \(error)")
            return Exit.failed
        }
    }

    private func find(in manifests: [PluginManifest]) throws -> PluginManifest {
        if let found = manifests.first(where: { $0.commands.contains { $0.name == word } }) {
            guard found.enabled else { throw Failure(Exit.failed, "the plugin \(found.id) is not enabled (\(found.file))") }
            return found
        }
        throw unknown(manifests.flatMap { $0.commands.map(\.name) })
    }

    private func unknown(_ plugins: [String]) -> Failure {
        let hint = Suggestion.nearest(to: word, among: Self.ownWords + plugins).map { "; did you mean \"\($0)\"?" } ?? ""
        return Failure(Exit.usage, "no command \"\(Output.safe(word))\"\(hint) (see sluice --help)")
    }

    /// The running server knows its plugins and their commands: neither configuration nor manifests are needed here.
    private func run(in server: RunningServer) throws -> Int32 {
        let plugins = try AdminClient(server).get("/api/v1/plugins")["plugins"]?.arrayValue ?? []
        let words = plugins.map { ($0["id"]?.stringValue ?? "", $0["commands"]?.arrayValue?.compactMap(\.stringValue) ?? []) }
        guard let id = words.first(where: { $0.1.contains(word) })?.0 else { throw unknown(words.flatMap(\.1)) }
        let path = "/api/v1/plugins/\(AdminClient.escaped(id))/command"
        let answer = try AdminClient(server).post(path, ["argv": JSONValue(arguments)], timeout: .seconds(40))
        Output.write(answer["stdout"]?.stringValue ?? "", to: 1)
        Output.write(answer["stderr"]?.stringValue ?? "", to: 2)
        return answer["exit"]?.intValue.map { Int32(truncatingIfNeeded: $0) } ?? Exit.failed
    }

    // MARK: - Manifests

    /// The manifests of the configuration's folder, of `./plugins.d` when there is no configuration; bad ones are told and left out.
    private static func manifests(of place: ServerPlace) throws -> [PluginManifest] {
        let configuration =
            (try? place.configurationFile()) == nil ? ServerConfiguration(file: "sluice.toml") : try place.configuration()
        do throws(ConfigurationErrors) {
            let (good, bad) = try ConfigurationFiles.manifests(in: configuration.pluginsFolder)
            for errors in bad { Output.error(errors.description) }
            return good
        } catch {
            throw Failure(Exit.configuration, "plugins: \(error)")
        }
    }

    /// The plugins' commands for `sluice --help`; empty when there are none or nothing can be read.
    static func help(for arguments: [String]) -> String {
        let line = LeadingOptions(Array(arguments.dropFirst()))
        guard let options = try? CommonOptions.parse(line.common) else { return "" }
        let configuration = (try? options.place.configuration()) ?? ServerConfiguration(file: "sluice.toml")
        guard let (good, _) = try? ConfigurationFiles.manifests(in: configuration.pluginsFolder) else { return "" }
        let commands = good.filter(\.enabled).flatMap(\.commands)
        guard !commands.isEmpty else { return "" }
        let width = commands.map(\.name.count).max() ?? 0
        let lines = commands.map { command in
            let gap = String(repeating: " ", count: max(width - command.name.count, 0) + 2)
            return "  " + command.name + gap + Output.safe(command.summary)
        }
        return "Commands of plugins:\n" + lines.joined(separator: "\n") + "\n\n"
    }
}
