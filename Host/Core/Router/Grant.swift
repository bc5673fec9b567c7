import HostPaths

/// What an allowing verdict permits: used up by the publish or attach that it was given for, or gone after 10 s.
final class Grant: Sendable {
    static let lifetime: UInt64 = 10_000_000_000

    let question: AuthQuestion
    let verdict: Verdict
    let key: StreamKey
    let expires: UInt64

    init(question: AuthQuestion, verdict: Verdict, key: StreamKey, expires: UInt64) {
        self.question = question
        self.verdict = verdict
        self.key = key
        self.expires = expires
    }

    var action: AuthQuestion.Action { question.action }
}
