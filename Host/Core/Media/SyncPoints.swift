// SyncPoints: messages that a stream gets from its host, at once and then every so often, for what records it: "this moment of the media
// was that moment of the wall clock". On a data track of their own, whose codec says that they are not for players.

/// The rhythm and the bytes of one stream's sync points. Lane-confined; reads no clock.
public struct SyncPoints {
    /// What a stream's attributes say of them.
    public struct Plan: Equatable, Sendable {
        /// Nanoseconds; 0: none for now.
        public var interval: UInt64
        /// The message's name.
        public var handler: String
        /// `objectType` of its object.
        public var type: String
        /// What `id` begins with; `_` and the number follow.
        public var id: String

        /// By `sync_points.every_ms`, `.handler`, `.type` and `.id`. Nil without the first, or with what cannot be.
        public init?(_ attributes: [String: String]) {
            guard let text = attributes["sync_points.every_ms"], let milliseconds = UInt64(text), milliseconds <= 86_400_000,
                let handler = attributes["sync_points.handler"], let type = attributes["sync_points.type"],
                let id = attributes["sync_points.id"],
                [handler, type, id].allSatisfy({ !$0.isEmpty && $0.utf8.count <= Self.longest })
            else { return nil }
            interval = milliseconds == 0 ? 0 : max(milliseconds, 1000) &* 1_000_000
            (self.handler, self.type, self.id) = (handler, type, id)
        }

        private static let longest = 255
    }

    /// The codec of the track: AMF0 messages for recordings, `amfr`.
    public static let codec: UInt32 = 0x616D_6672
    /// Ticks per second of it.
    public static let timescale: UInt32 = 1000

    /// Nil: none.
    public private(set) var plan: Plan?
    private var number: UInt64 = 0
    /// Monotonic nanoseconds; with the next frame that arrives then.
    public private(set) var due: UInt64 = .max

    public init() {}

    /// Other attributes: the first is due at once. Numbers go on.
    public mutating func follow(_ next: Plan?) {
        guard next != plan else { return }
        let isNew = plan?.interval ?? 0 == 0
        plan = next
        if next?.interval ?? 0 == 0 { due = .max } else if isNew { due = 0 }
    }

    /// The next message, at a wall clock in milliseconds; arms the one after it.
    public mutating func next(at now: UInt64, wallMilliseconds: Int64) -> [UInt8]? {
        guard let plan, plan.interval > 0, now >= due else { return nil }
        due = now &+ plan.interval
        defer { number &+= 1 }
        return Self.message(plan, number: number, wallMilliseconds: wallMilliseconds)
    }

    /// The track, with the highest number from 62 down that none of the publisher's has; nil when there is no room.
    public static func track(beside tracks: [TrackSet.Track]) -> TrackSet.Track? {
        guard tracks.count < TrackSet.limit else { return nil }
        let taken = Set(tracks.map(\.id))
        return (0...62).reversed().first { !taken.contains($0) }.map {
            TrackSet.Track(dataTrack: $0, codec: codec, timescale: timescale)
        }
    }

    /// AMF0: the name, and an object of `objectType`, `id` and `timestamp`.
    static func message(_ plan: Plan, number: UInt64, wallMilliseconds: Int64) -> [UInt8] {
        var bytes: [UInt8] = []
        func name(_ text: String) {
            let utf8 = Array(text.utf8.prefix(0xFFFF))
            bytes += [UInt8(utf8.count >> 8), UInt8(utf8.count & 0xFF)] + utf8
        }
        func string(_ text: String) {
            bytes.append(2)
            name(text)
        }
        string(plan.handler)
        bytes.append(3)
        name("objectType")
        string(plan.type)
        name("id")
        string("\(plan.id)_\(number)")
        name("timestamp")
        bytes.append(0)
        let bits = Double(wallMilliseconds).bitPattern
        for shift in stride(from: UInt64(56), through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: bits >> shift)) }
        return bytes + [0, 0, 9]
    }
}
