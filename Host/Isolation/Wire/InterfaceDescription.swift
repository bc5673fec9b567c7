import CSluice

/// The tables that an instance answered with, by value: which there are, and what its routes are.
struct InterfaceDescription: Equatable, Sendable {
    struct Route: Equatable, Sendable {
        var listener: UInt32
        var flags: UInt32
        var methods: String
        var pattern: String
    }

    struct LogFormat: Equatable, Sendable {
        var format: String
        var variant: String
    }

    /// Ids that `get_interface` answered.
    var present: [String] = []
    var routes: [Route] = []
    /// `sluice.auth` has a `cancel`.
    var cancels = false

    /// When its sinks are opened, and what logs they write.
    var sinkOpens: UInt32 = 0
    var sinkFormats: [LogFormat] = []
    /// Which functions of `sluice.handover` there are.
    var movesSessions = false
    var movesSinks = false

    static let routeLimit = 256
    static let formatLimit = 64

    init() {}

    func write(_ writer: inout WireWriter) {
        writer.texts(present)
        writer.u32(cancels ? 1 : 0)
        writer.u32(UInt32(truncatingIfNeeded: routes.count))
        for route in routes {
            writer.u32(route.listener)
            writer.u32(route.flags)
            writer.text(route.methods)
            writer.text(route.pattern)
        }
        writer.u32(sinkOpens)
        writer.u32(UInt32(truncatingIfNeeded: sinkFormats.count))
        for format in sinkFormats {
            writer.text(format.format)
            writer.text(format.variant)
        }
        writer.u32((movesSessions ? 1 : 0) | (movesSinks ? 2 : 0))
    }

    init(_ reader: inout WireReader) throws(WireError) {
        present = try reader.strings()
        cancels = try reader.u32() != 0
        for _ in 0..<(try reader.count(each: 16)) {
            let (listener, flags) = (try reader.u32(), try reader.u32())
            routes.append(
                Route(
                    listener: listener, flags: flags, methods: try reader.string(limit: 128),
                    pattern: try reader.string(limit: 1024)))
        }
        sinkOpens = try reader.u32()
        for _ in 0..<min(try reader.count(each: 8), Self.formatLimit) {
            sinkFormats.append(LogFormat(format: try reader.string(limit: 64), variant: try reader.string(limit: 64)))
        }
        let moves = try reader.u32()
        (movesSessions, movesSinks) = (moves & 1 != 0, moves & 2 != 0)
        try reader.end()
    }
}
