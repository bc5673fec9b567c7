/// The last refusals, for diagnostics (SPEC §3.3, §14 `errors`). Holds no token: addresses come in masked.
public struct RejectionRing: Sendable {
    /// How many are kept.
    public static let capacity = 100

    private var items: [Rejection] = []
    private var next = 0
    /// Refusals since the start.
    public private(set) var total: UInt64 = 0

    public init() {}

    public mutating func record(_ rejection: Rejection) {
        total &+= 1
        if items.count < Self.capacity {
            items.append(rejection)
        } else {
            items[next] = rejection
            next = (next + 1) % Self.capacity
        }
    }

    /// Oldest first.
    public var all: [Rejection] { Array(items[next...] + items[..<next]) }
}

/// One refused connection, publish or play.
public struct Rejection: Hashable, Sendable {
    /// Microseconds since 1970.
    public var time: Int64
    public var address: MaskedAddress
    /// The peer's address.
    public var source: String
    public var refusal: Refusal

    public init(time: Int64, address: MaskedAddress, source: String, refusal: Refusal) {
        self.time = time
        self.address = address
        self.source = source
        self.refusal = refusal
    }
}
