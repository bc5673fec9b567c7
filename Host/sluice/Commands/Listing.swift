import ArgumentParser
import HostConfig
import SluiceJSON

/// What the listing commands share: options, the client, and the two forms of output.
struct ListingOptions: ParsableArguments {
    @OptionGroup var common: CommonOptions
    @Flag(help: "Prints the API's JSON.") var json = false

    /// A client of the server that runs on the data folder.
    func client() throws -> AdminClient { AdminClient(try RunningServer.require(in: common.data)) }

    /// The array under `key` as a table, or the whole answer as JSON.
    func list(_ path: String, _ key: String, _ headings: [String], _ row: (JSONValue) -> [String]) throws {
        let answer = try client().get(path)
        if json { return Output.line(answer.serialized(pretty: true)) }
        var table = Table()
        table.headings = headings
        table.rows = (answer[key]?.arrayValue ?? answer.arrayValue ?? []).map(row)
        table.print()
    }

    /// One object as lines, or as JSON.
    func show(_ path: String) throws {
        let answer = try client().get(path)
        if json { return Output.line(answer.serialized(pretty: true)) }
        for line in Details.lines(answer) { Output.line(line) }
    }
}

extension JSONValue {
    /// A member for a cell of a table: texts as they are, arrays joined, absent and null empty.
    func cell(_ key: String) -> String {
        switch self[key] {
        case nil, .null: ""
        case .string(let text): text
        case .some(let value): Details.plain(value)
        }
    }
}
