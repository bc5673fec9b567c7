import SluiceJSON
import Synchronization

/// What the client needs of the world: requests sent, time, and the secret.
public protocol APITransport: Sendable {
    func send(_ request: APIRequest, milliseconds: UInt64) async -> APIOutcome
    func pause(milliseconds: UInt64) async
    /// Read anew each time a session is made, so that it can be replaced in service; nil: it cannot be read.
    func secret() async -> Secret?
    /// Milliseconds that never go back.
    var now: UInt64 { get }
    /// Unix seconds.
    var wall: Int64 { get }
}

/// Calls the back end: `APIConversation` behind a lock, between a caller and the transport. It has no thread and no clock.
public final class APIClient: Sendable {
    /// Calls at the same time (SPEC §4).
    public static let maximumCalls = 16

    private let conversation = Mutex(APIConversation())
    private let slots = CallSlots(maximumCalls)
    private let transport: any APITransport

    public init(_ transport: any APITransport) { self.transport = transport }

    public func configure(_ settings: APISettings, partner: Int32?, clientTag: String) {
        conversation.withLock { $0.configure(settings, partner: partner, clientTag: clientTag) }
    }

    /// Makes a call; its whole duration, waiting for its turn included, is at most `milliseconds`, and a little.
    public func call(_ call: APICall, milliseconds: UInt64) async -> APIConversation.Outcome {
        var run = APIConversation.Run(call, deadline: transport.now &+ milliseconds)
        await slots.enter()
        defer { slots.leave() }
        var step = conversation.withLock { $0.next(&run, now: transport.now) }
        while true {
            switch step {
            case .done(let outcome): return outcome
            case .pause(let milliseconds):
                await transport.pause(milliseconds: milliseconds)
                step = conversation.withLock { $0.next(&run, now: transport.now) }
            case .needsSession:
                if let failure = await session(before: run.deadline) { return .failure(failure) }
                step = conversation.withLock { $0.next(&run, now: transport.now) }
            case .send(let request, let milliseconds):
                let outcome = await transport.send(request, milliseconds: milliseconds)
                let random = UInt64.random(in: 0...UInt64.max)
                step = conversation.withLock { $0.received(&run, outcome, now: transport.now, random: random) }
            }
        }
    }

    /// Makes a session or asks for one; nil: it is there.
    private func session(before deadline: UInt64) async -> APIFailure? {
        guard let secret = await transport.secret(), !secret.isEmpty else {
            conversation.withLock { $0.startingUntil = nil }
            return .session("no session can be made: the secret is empty or cannot be read")
        }
        guard let request = conversation.withLock({ $0.sessionRequest(secret) }) else {
            return conversation.withLock { $0.renew(secret, now: transport.now, wall: transport.wall) }
        }
        let limit = conversation.withLock { $0.settings.timeoutMilliseconds }
        let now = transport.now
        let outcome = await transport.send(request, milliseconds: min(limit, deadline > now ? deadline &- now : 1))
        return conversation.withLock { $0.started(outcome, now: transport.now) }
    }
}
