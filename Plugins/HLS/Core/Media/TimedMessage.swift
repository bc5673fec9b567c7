import Formats

/// A data message of the publisher (`onTextData`, `onCuePoint`, a sync point …) as players are told it: its name, and its value as JSON.
///
/// Read from AMF0, bounded in bytes and depth; owns no time.
struct TimedMessage: Sendable, Equatable {
    /// The handler's name; empty where it is none that a text of a box could be.
    let name: String
    /// JSON: the message's value, or an array where there are several.
    let text: String

    /// Bytes of a message that is looked at.
    static let longestPayload = 16 << 10
    /// Bytes of `text`.
    static let longestText = 4 << 10
    private static let limits = AMFLimits(depth: 16, values: 512, bytes: 16 << 10)

    /// Nil for what is no message, has no value, or is too long.
    init?(_ payload: UnsafeRawBufferPointer) {
        guard payload.count <= Self.longestPayload, let values = try? AMF0.decodeAll(payload, limits: Self.limits),
            let name = values.first?.stringValue
        else { return nil }
        let said = values.dropFirst().filter { !$0.isNull }
        guard let first = said.first else { return nil }
        let text = said.count == 1 ? first.json.serialized() : AMFValue.strictArray(Array(said)).json.serialized()
        guard text.utf8.count <= Self.longestText else { return nil }
        let isText = name.utf8.count <= 64 && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        self.name = isText ? name : ""
        self.text = text
    }
}
