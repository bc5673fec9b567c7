/// What a command line asks for.
public enum Invocation {
    case help
    case load(Options)
    case floor(FloorOptions)

    /// Reads arguments, without the program's name.
    public init(_ arguments: [String]) throws(UsageError) {
        guard let verb = arguments.first else { throw UsageError("no command; see sluice-load --help") }
        if arguments.contains("--help") || verb == "help" || verb == "-h" {
            self = .help
            return
        }
        var words = Arguments(Array(arguments.dropFirst()))
        switch verb {
        case "publish", "rtmp-publish", "play", "rtmp-play", "http-get": self = .load(try Self.load(verb, &words))
        case "floor": self = .floor(try Self.floor(&words))
        default: throw UsageError("unknown command \(verb); see sluice-load --help")
        }
    }

    private static func load(_ verb: String, _ words: inout Arguments) throws(UsageError) -> Options {
        var url: String?
        var behaviours = "healthy"
        var options = Options(target: try Endpoint("rtmp://localhost/none/none"))
        while let word = words.next() {
            if !word.hasPrefix("-") {
                guard url == nil else { throw UsageError("a second URL: \(word)") }
                url = word
            } else if word == "--behaviour" || word == "--mix" {
                behaviours = try words.value(of: word)
            } else {
                try set(word, &words, &options)
            }
        }
        guard let url else { throw UsageError("no URL; see sluice-load --help") }
        options.target = try Endpoint(url)
        options.mode = try mode(verb, options.target)
        if options.mode == .publish, options.file.isEmpty { throw UsageError("\(verb) needs --file") }
        if options.streams == 0 { options.streams = options.count }
        if options.parseEvery == 0 { options.parseEvery = options.count <= 50 ? 1 : 20 }
        options.behaviours = try Behaviour.mix(behaviours, count: options.count)
        return options
    }

    private static func floor(_ words: inout Arguments) throws(UsageError) -> FloorOptions {
        let port = try words.whole(of: "floor", 1...65_535)
        var options = FloorOptions(port: UInt16(clamping: port))
        while let word = words.next() {
            switch word {
            case "--rate": options.rate = try words.real(of: word, 0.001...100_000)
            case "--interval": options.interval = try words.real(of: word, 1...60_000)
            case "--threads": options.threads = try words.whole(of: word, 1...256)
            case "--spread": options.spreads = true
            default: throw UsageError("unknown option \(word); see sluice-load --help")
            }
        }
        return options
    }

    private static func mode(_ verb: String, _ target: Endpoint) throws(UsageError) -> Options.Mode {
        switch (verb, target.scheme) {
        case ("publish", .rtmp), ("rtmp-publish", .rtmp): return .publish
        case ("play", .rtmp), ("rtmp-play", .rtmp): return .rtmp
        case ("play", .http): return target.isPlaylist ? .hls : .http
        case ("http-get", .http): return .http
        default: throw UsageError("\(verb) does not go with \(target.scheme)://")
        }
    }

    private static func set(_ word: String, _ words: inout Arguments, _ options: inout Options) throws(UsageError) {
        switch word {
        case "-n": options.count = try words.whole(of: word, 1...100_000)
        case "-m": options.streams = try words.whole(of: word, 1...100_000)
        case "-t": options.seconds = try words.real(of: word, 0.001...86_400)
        case "-w": options.warmUp = try words.real(of: word, 0...86_400)
        case "-r": options.rate = try words.real(of: word, 0.001...1e6)
        case "--first": options.first = try words.whole(of: word, 0...1_000_000)
        case "--file": options.file = try words.value(of: word)
        case "--parse-every": options.parseEvery = try words.whole(of: word, 0...1_000_000)
        case "--ready-timeout": options.readyTimeout = try words.real(of: word, 0...86_400)
        case "--stall": options.stall = try words.real(of: word, 0.001...86_400)
        case "--gap": options.gap = try words.real(of: word, 0.001...86_400)
        case "--chunk": options.chunkSize = try words.whole(of: word, 1...0xff_ffff)
        case "--no-mark": options.marks = false
        case "--no-spread": options.spreads = false
        case "--churn-rate": options.churnRate = try words.real(of: word, 0.001...1e6)
        case "--joins": options.joins = try words.whole(of: word, 0...1_000_000_000)
        case "--receive-buffer": options.receiveBuffer = try words.whole(of: word, 0...1 << 30)
        default: throw UsageError("unknown option \(word); see sluice-load --help")
        }
    }
}
