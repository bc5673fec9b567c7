/// Held requests that can be answered now: all that wait for `key` get the same answer.
public struct HLSRelease: Sendable, Equatable {
    /// As given by `HLSAnswer.wait`.
    public let key: String
    /// Never `.wait`.
    public let answer: HLSAnswer
}
