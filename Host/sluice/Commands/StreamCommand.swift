import ArgumentParser
import Glibc
import SluiceJSON

/// `sluice stream …`.
struct StreamCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stream", abstract: "The streams of a running server.", subcommands: [List.self, Show.self, Kick.self],
        defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists all streams.")
        @OptionGroup var options: ListingOptions

        func run() throws {
            let headings = ["STREAM", "STATE", "PUBLISHER", "TRACKS", "PLAYERS", "KBIT/S", "BYTES IN"]
            try options.list("/api/v1/streams", "streams", headings) { stream in
                let tracks = stream["tracks"]?.arrayValue?.map { $0.cell("codec") } ?? []
                let bitrate = stream["bitrate"]?.intValue.map { "\($0 / 1000)" } ?? ""
                return [
                    stream.cell("app") + "/" + stream.cell("name"), stream.cell("state"), stream["publisher"]?.cell("peer") ?? "",
                    tracks.joined(separator: "+"), stream.cell("players"), bitrate, stream.cell("bytes_in"),
                ]
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows one stream: what comes in, its players, how far they lag.",
            discussion: """
                BY THREAD  players on each I/O thread
                SENT       bytes, since the output was opened for its first player
                SKIPPED    bytes that slow players jumped over; JUMPS: how often
                CUT        players closed: slow, stalled, or failed while sending
                LOG        memory held for all players of the output together
                RECORDS    written to the log; DROPPED: bytes it had no room for
                BEHIND     players whose socket did not take all at the last try
                WAITING    players that wait for the next key frame
                P50 … MAX  bytes a player has still to get; in time at the bit rate
                """)
        @OptionGroup var options: ListingOptions
        @Argument(help: "APP/STREAM") var stream: StreamAddress

        func run() throws {
            let answer = try options.client().get(stream.path)
            if options.json { return Output.line(answer.serialized(pretty: true)) }
            for line in StreamReport(stream: answer, now: Int64(time(nil))).lines { Output.line(line) }
        }
    }

    struct Kick: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Ends a stream's publisher.")
        @OptionGroup var options: ListingOptions
        @Argument(help: "APP/STREAM") var stream: StreamAddress

        func run() throws {
            let answer = try options.client().delete(stream.path)
            if options.json { Output.line(answer.serialized(pretty: true)) }
        }
    }
}

/// `APP/STREAM` as an argument.
struct StreamAddress: ExpressibleByArgument, Equatable {
    var app: String
    var name: String

    init?(argument: String) {
        let halves = argument.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2, halves.allSatisfy({ !$0.isEmpty }) else { return nil }
        (app, name) = (String(halves[0]), String(halves[1]))
    }

    /// Below the admin API.
    var path: String { "/api/v1/streams/\(AdminClient.escaped(app))/\(AdminClient.escaped(name))" }
}
