import Testing

@testable import swift_auth

/// The plugin's own logic: no server, no sockets.
@Suite struct JudgeTests {
    @Test func aUserWithTheRightKeyMayPublish() {
        let verdict = judge(user: "ann", key: "her key", wanted: "her key")
        #expect(verdict.decision == .allow)
        #expect(verdict.principal == "ann")
    }

    @Test(arguments: [("", "", nil), ("ann", "", "her key"), ("", "her key", nil)] as [(String, String, String?)])
    func whoSaysNothingIsTold(user: String, key: String, wanted: String?) {
        let verdict = judge(user: user, key: key, wanted: wanted)
        #expect(verdict.decision == .deny)
        #expect(verdict.reason == "NO_CREDENTIALS")
    }

    @Test(
        arguments: [("ann", "other", "her key"), ("ann", "her ke", "her key"), ("carl", "key", nil)]
            as [(String, String, String?)])
    func anotherKeyIsDenied(user: String, key: String, wanted: String?) {
        #expect(judge(user: user, key: key, wanted: wanted).reason == "BAD_KEY")
    }
}
