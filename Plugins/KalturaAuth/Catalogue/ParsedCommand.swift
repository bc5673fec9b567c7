import KalturaCore
import SluiceJSON

/// The plugin's command line: arguments in, one administrative request out. Reads nothing and prints nothing itself.
struct ParsedCommand: Sendable {
    var command: Command
    var request: AdminRequest
    /// The file whose content becomes the body.
    var file: String?
    var json: Bool
}

/// Why arguments are no command: exit code 2. `help`: not a mistake, the text was asked for.
enum CommandLineError: Error {
    case usage(String)
    case help(String)
}

extension ParsedCommand {
    init(_ arguments: [String]) throws(CommandLineError) {
        var rest = arguments[...]
        let json = rest.contains("--json")
        rest = rest.filter { $0 != "--json" }[...]
        let command = try Self.command(&rest)
        if rest.contains("--help") || rest.contains("-h") { throw .help(CommandHelp.text(command)) }

        var body = JSONObject(command.fixed.map { ($0.0, .bool($0.1)) })
        var query: [(key: String, value: String)] = []
        var positional: [String] = []
        var seen: Set<String> = []
        while let word = rest.popFirst() {
            guard word.hasPrefix("--") else {
                positional.append(word)
                continue
            }
            let (name, inline) = Self.split(word)
            let option = try Self.option(name, command)
            guard seen.insert(name).inserted else { throw .usage("\(name) is given twice") }
            let value = try Self.value(of: option, inline, &rest)
            try Self.apply(option, value, &body, &query)
        }
        for option in command.options where option.required && !seen.contains(option.name) {
            throw .usage("\(option.name) \(option.placeholder) is missing\(Self.hint(command))")
        }
        self.command = command
        self.json = json
        request = AdminRequest(command.method, [command.collection], query: query)
        try take(positional, &body)
        if command.method == "PATCH", body.isEmpty { throw .usage("nothing to change is given\(Self.hint(command))") }
        if command.method == "POST" || command.method == "PATCH" { request.body = JSONValue(body).serializedBytes() }
    }

    private mutating func take(_ positional: [String], _ body: inout JSONObject) throws(CommandLineError) {
        guard let argument = command.argument else {
            if !positional.isEmpty { throw .usage("an argument too many\(Self.hint(command))") }
            return
        }
        guard let given = positional.first else { throw .usage("\(argument.placeholder) is missing\(Self.hint(command))") }
        guard positional.count == 1 else { throw .usage("an argument too many\(Self.hint(command))") }
        do throws(CatalogueError) {
            switch argument {
            case .file: file = given
            case .what: body["what"] = .string(given)
            case .partner:
                let id = try AdminService.partnerID(given)
                if command.argumentInBody { body["id"] = .integer(id) } else { request.path.append(String(id)) }
            case .entry:
                let id = try AdminService.entryID(given)
                if command.argumentInBody { body["id"] = .string(id.text) } else { request.path.append(id.text) }
            }
        } catch {
            throw .usage(error.description)
        }
    }

    private static func command(_ rest: inout ArraySlice<String>) throws(CommandLineError) -> Command {
        guard let first = rest.popFirst(), !["--help", "-h", "help"].contains(first) else { throw .help(CommandHelp.overview) }
        if let single = Command.all.first(where: { $0.words == [first] }) { return single }
        let group = Command.all.filter { $0.words.count == 2 && $0.words[0] == first }
        guard !group.isEmpty else {
            throw .usage(unknown("command", first, Set(Command.all.map { $0.words[0] }).sorted()) + "; see sluice kaltura --help")
        }
        guard let second = rest.popFirst(), !["--help", "-h", "help"].contains(second) else {
            throw .help(CommandHelp.overview(of: group))
        }
        if let found = group.first(where: { $0.words[1] == second }) { return found }
        throw .usage(unknown("\(first) command", second, group.map { $0.words[1] }) + "; see sluice kaltura \(first) --help")
    }

    private static func option(_ name: String, _ command: Command) throws(CommandLineError) -> Command.Option {
        if let option = command.options.first(where: { $0.name == name }) { return option }
        throw .usage(unknown("option", name, command.options.map(\.name)) + hint(command))
    }

    private static func value(
        of option: Command.Option, _ inline: String?, _ rest: inout ArraySlice<String>
    ) throws(CommandLineError) -> String {
        guard option.takesValue else {
            guard inline == nil else { throw .usage("\(option.name) takes no value") }
            return ""
        }
        guard let value = inline ?? rest.popFirst() else { throw .usage("\(option.name) needs a value: \(option.placeholder)") }
        return value
    }

    private static func apply(
        _ option: Command.Option, _ value: String, _ body: inout JSONObject, _ query: inout [(key: String, value: String)]
    ) throws(CommandLineError) {
        do throws(CatalogueError) {
            switch option.target {
            case .member(let field): body[field.name] = field.json(try field.value(text: value))
            case .text(let name): body[name] = .string(value)
            case .flag(let name): body[name] = .bool(true)
            case .partner: body["partner"] = .integer(try AdminService.partnerID(value))
            case .query(let name): query.append((name, value))
            case .queryFlag(let name): query.append((name, "true"))
            }
        } catch {
            throw .usage(error.description)
        }
    }

    private static func split(_ word: String) -> (String, String?) {
        guard let equals = word.firstIndex(of: "=") else { return (word, nil) }
        return (String(word[..<equals]), String(word[word.index(after: equals)...]))
    }

    /// An unknown word is repeated only when it resembles a known one: it might be a token in the wrong place.
    private static func unknown(_ what: String, _ word: String, _ known: [String]) -> String {
        guard let close = Suggestion.closest(to: word, among: known) else { return "unknown \(what)" }
        return "unknown \(what) \"\(TextTable.clean(word))\"; did you mean \"\(close)\"?"
    }

    private static func hint(_ command: Command) -> String {
        "; see sluice kaltura \(command.words.joined(separator: " ")) --help"
    }
}
