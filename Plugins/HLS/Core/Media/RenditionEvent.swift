import Formats

/// A message that waits for the part that it belongs to.
struct RenditionEvent: Sendable, Equatable {
    /// Ticks of the file: when it is told, and the decoding time whose part it goes into.
    let time: Int64
    let message: TimedMessage
}

extension Rendition {
    /// Messages in one segment.
    static let mostEvents = 32
    /// Bytes of their boxes.
    static let mostEventBytes = mostEvents * (TimedMessage.longestText + 256) + 2 * HLSConfiguration.longestID3

    /// Takes a message for the part that holds its time; false when there are too many.
    mutating func add(_ event: RenditionEvent) -> Bool {
        guard eventsTold + events.count < Self.mostEvents else { return false }
        let place = events.firstIndex { $0.time > event.time } ?? events.count
        events.insert(event, at: place)
        return true
    }

    /// The boxes of what waits for parts before `end`, which the part being written begins with; of what came late as well.
    mutating func takeEvents(before end: Int64) -> [UInt8] {
        guard let first = events.first, first.time < end else { return [] }
        let due = events.prefix { $0.time < end }
        let boxes = boxes(of: due)
        events.removeFirst(due.count)
        eventsTold += due.count
        return boxes
    }

    /// The boxes of all that waits.
    var waitingEvents: [UInt8] { events.isEmpty ? [] : boxes(of: events[...]) }

    private func boxes(of events: ArraySlice<RenditionEvent>) -> [UInt8] {
        var bytes: [UInt8] = []
        for (index, event) in events.enumerated() {
            let id = 1 << 31 | UInt32(truncatingIfNeeded: nextPart) << 6 | UInt32(truncatingIfNeeded: eventsTold + index) & 63
            bytes += SegmentEvent.bytes(event.message, id: id, at: event.time, timescale: timescale)
        }
        return bytes
    }
}
