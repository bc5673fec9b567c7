/// What parked requests wait for: an owner and the owner's own name or number for it.
public struct ParkKey: Hashable, Sendable {
    /// The owner's name or number for what is awaited.
    public enum Subject: Hashable, Sendable {
        case text(String)
        case number(UInt64)
    }

    public let owner: String
    public let subject: Subject

    public init(owner: String, _ text: String) {
        self.owner = owner
        subject = .text(text)
    }

    public init(owner: String, _ number: UInt64) {
        self.owner = owner
        subject = .number(number)
    }
}
