import CSluice

/// A route of a plugin as the host keeps it.
struct RegisteredRoute: Sendable {
    let index: Int
    let isAdmin: Bool
    let methods: [String]
    let pattern: String
    let flags: UInt32

    init(index: Int, raw: sluice_route) {
        self.index = index
        isAdmin = raw.listener == SLUICE_ROUTE_ADMIN
        methods = raw.methods.string(limit: 128).split(separator: " ").map(String.init)
        pattern = raw.pattern.string(limit: 512)
        flags = raw.flags
    }

    func has(_ flag: UInt32) -> Bool { flags & flag != 0 }
}
