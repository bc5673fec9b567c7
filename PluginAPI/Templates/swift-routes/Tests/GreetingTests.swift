import Testing

@testable import swift_routes

/// The plugin's own logic: no server, no sockets.
@Suite struct GreetingTests {
    @Test func itNamesTheStream() {
        #expect(greet("welcome", app: "live", stream: "one") == "welcome, live/one\n")
    }
}
