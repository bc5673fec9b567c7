import Formats

extension RTMPSession {
    /// Audio, video, data and aggregates go to the publisher of their message stream; all others are dropped and counted.
    mutating func media(_ message: RTMPMessage, at now: UInt64) throws(RTMPError) {
        guard let index = publishers.firstIndex(where: { $0.stream == message.streamID }) else {
            counters.strayMedia &+= 1
            return
        }
        try take(message, at: now, publisher: index)
    }
}
