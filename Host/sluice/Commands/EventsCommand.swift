import ArgumentParser
import NIOConcurrencyHelpers
import NIOCore
import SluiceJSON

/// `sluice events`.
struct EventsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Prints what happens in a running server, until it is interrupted.")

    @OptionGroup var options: ListingOptions

    func run() throws {
        let json = options.json
        let parser = NIOLockedValueBox(EventStreamParser())
        try options.client().stream("/api/v1/events") { bytes in
            for event in parser.withLockedValue({ $0.receive(bytes.readableBytesView) }) {
                Output.line(json ? Self.json(event) : Output.safe("\(event.name) \(event.data)"))
            }
        }
        throw Failure(Exit.failed, "the server ended the events")
    }

    /// One object per line: `{"event": NAME, "data": …}`.
    static func json(_ event: EventStreamParser.Event) -> String {
        let data = (try? JSONValue(parsing: event.data)) ?? .string(event.data)
        return JSONValue.object(["event": .string(event.name), "data": data]).serialized()
    }
}
