import CSluice

/// The tables that an instance answered with, by value: which there are, and what its routes are.
struct InterfaceDescription: Equatable, Sendable {
    struct Route: Equatable, Sendable {
        var listener: UInt32
        var flags: UInt32
        var methods: String
        var pattern: String
    }

    /// Ids that `get_interface` answered.
    var present: [String] = []
    var routes: [Route] = []
    /// `sluice.auth` has a `cancel`.
    var cancels = false

    static let routeLimit = 256

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
        try reader.end()
    }
}
