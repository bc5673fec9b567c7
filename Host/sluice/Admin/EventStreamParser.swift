/// Cuts a text/event-stream (HTML Living Standard §9.2.6) into events; comments and heartbeats yield nothing.
struct EventStreamParser {
    /// One event.
    struct Event: Sendable, Equatable {
        var name = ""
        var data = ""
    }

    /// A line longer than this is dropped.
    static let lineLimit = 1 << 20

    private var line: [UInt8] = []
    private var event = Event()
    private var hasData = false
    private var skipsLineFeed = false

    /// The events that these bytes complete.
    mutating func receive(_ bytes: some Sequence<UInt8>) -> [Event] {
        var events: [Event] = []
        for byte in bytes {
            if skipsLineFeed, byte == UInt8(ascii: "\n") {
                skipsLineFeed = false
                continue
            }
            skipsLineFeed = byte == UInt8(ascii: "\r")
            guard byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") else {
                if line.count < Self.lineLimit { line.append(byte) }
                continue
            }
            if let complete = endLine() { events.append(complete) }
        }
        return events
    }

    private mutating func endLine() -> Event? {
        defer { line = [] }
        guard !line.isEmpty else {
            defer { (event, hasData) = (Event(), false) }
            return hasData ? event : nil
        }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        let field = String(decoding: line[..<colon], as: UTF8.self)
        var value = line[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        let text = String(decoding: value, as: UTF8.self)
        switch field {
        case "event": event.name = text
        case "data":
            event.data += (hasData ? "\n" : "") + text
            hasData = true
        default: break
        }
        return nil
    }
}
