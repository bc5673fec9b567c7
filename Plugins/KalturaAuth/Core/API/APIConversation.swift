import Formats
import SluiceJSON

/// What all calls to the back end share, and the rules of each (SPEC §4, §7.6): session, circuit, one retry. Bytes and times in,
/// steps out; no socket, no clock. Not thread-safe.
public struct APIConversation: Sendable {
    public typealias Outcome = Result<JSONValue, APIFailure>

    /// Failures in a row that open the circuit, and for how long.
    static let circuitLimit = 5
    static let circuitPause: UInt64 = 5000
    /// A retry that could not end before this much is left is not begun.
    static let shortest: UInt64 = 300

    /// One call on its way.
    public struct Run: Sendable {
        let call: APICall
        /// Milliseconds: no answer is of use after this.
        let deadline: UInt64
        fileprivate var hasRetried = false
        fileprivate var hasRenewed = false
        fileprivate var session = 0

        public init(_ call: APICall, deadline: UInt64) {
            self.call = call
            self.deadline = deadline
        }
    }

    public enum Step: Sendable {
        /// Send this, within so many milliseconds, then `received`.
        case send(APIRequest, milliseconds: UInt64)
        /// Get one with the secret, by `renew` or as `sessionRequest` says, then `next`.
        case needsSession
        /// Wait so many milliseconds, then `next`.
        case pause(UInt64)
        case done(Outcome)
    }

    private(set) var settings = APISettings()
    private(set) var partner: Int32 = BroadcastAddress.unknownPartner
    private(set) var clientTag = ""
    var keeper = SessionKeeper()
    var breaker = CircuitBreaker()
    /// Somebody asks the back end for a session until then at most; milliseconds.
    var startingUntil: UInt64?

    public init() {}

    /// Takes other settings; the session is made anew, the circuit is closed.
    public mutating func configure(_ settings: APISettings, partner: Int32?, clientTag: String) {
        self.settings = settings
        self.partner = partner ?? BroadcastAddress.unknownPartner
        self.clientTag = clientTag
        keeper.forget()
        breaker = CircuitBreaker()
        startingUntil = nil
    }

    /// What to do for a call now.
    public mutating func next(_ run: inout Run, now: UInt64) -> Step {
        guard now &+ Self.shortest <= run.deadline else { return .done(.failure(.late)) }
        let milliseconds = min(settings.timeoutMilliseconds, run.deadline &- now)
        guard let session = keeper.current(now) else {
            guard settings.ksSource == .api else { return .needsSession }
            if let startingUntil, now < startingUntil { return .pause(Self.sessionPause) }
            guard breaker.mayAsk(now, patience: milliseconds &+ 1000) else { return .done(.failure(.circuitOpen)) }
            startingUntil = now &+ milliseconds &+ 1000
            return .needsSession
        }
        guard breaker.mayAsk(now, patience: milliseconds &+ 1000) else { return .done(.failure(.circuitOpen)) }
        run.session = keeper.number
        return .send(run.call.request(settings, session: session, clientTag: clientTag), milliseconds: milliseconds)
    }

    /// Signs a session, unless there is a good one by now. Nil: it is there; else why it cannot be made.
    public mutating func renew(_ secret: Secret, now: UInt64, wall: Int64) -> APIFailure? {
        keeper.renew(secret, settings, partner: partner, now: now, wall: wall)
            ? nil : .session("no session can be signed: admin_secret is empty")
    }

    /// What became of the request. `random`: of any range, for the pause before a retry.
    public mutating func received(_ run: inout Run, _ outcome: APIOutcome, now: UInt64, random: UInt64) -> Step {
        switch outcome {
        case .forbidden(let text):
            breaker.succeeded()
            return .done(.failure(.forbidden(text)))
        case .timeout: return broken(&run, "no answer in time", now, random)
        case .failure(let text): return broken(&run, text, now, random)
        case .answer(let status, let headers, let body):
            switch APIAnswer(status: status, headers: headers, body: body, expects: run.call.expects) {
            case .broken(let text): return broken(&run, text, now, random)
            case .error(let error):
                breaker.succeeded()
                return error.isAboutSession ? refused(&run, error, now) : .done(.failure(.error(error)))
            case .result(let value):
                if run.call.expects == .entry, LiveEntry(api: value) == nil {
                    return broken(&run, "an answer that is no entry", now, random)
                }
                breaker.succeeded()
                return .done(.success(value))
            }
        }
    }

    private mutating func broken(_ run: inout Run, _ text: String, _ now: UInt64, _ random: UInt64) -> Step {
        let opened = breaker.failed(now, limit: Self.circuitLimit, pause: Self.circuitPause)
        let pause = 200 + random % 201
        guard !run.hasRetried, !opened, now &+ pause &+ Self.shortest <= run.deadline else {
            return .done(.failure(.broken(text, opensCircuit: opened)))
        }
        run.hasRetried = true
        return .pause(pause)
    }

    private mutating func refused(_ run: inout Run, _ error: APIError, _ now: UInt64) -> Step {
        let number = error.sessionNumber.flatMap(KSError.init(rawValue:)) ?? .invalid
        guard !run.hasRenewed else { return .done(.failure(.error(error))) }
        switch number {
        case .expired, .loggedOut: keeper.expired(run.session)
        case .invalid:
            guard keeper.refused(run.session, now) else { return .done(.failure(.error(error))) }
        default: return .done(.failure(.error(error)))
        }
        run.hasRenewed = true
        return next(&run, now: now)
    }
}

/// Why a call has no result. No text of the back end's is in it.
public enum APIFailure: Error, Hashable, Sendable, CustomStringConvertible {
    case error(APIError)
    /// No usable answer; `opensCircuit`: from now on nobody asks for a while.
    case broken(String, opensCircuit: Bool)
    case circuitOpen
    /// There was no time left for a call.
    case late
    /// No session can be made.
    case session(String)
    /// The host does not let the request out.
    case forbidden(String)

    public var description: String {
        switch self {
        case .error(let error): error.operatorText.map { "\(error): \($0)" } ?? error.description
        case .broken(let text, _): text
        case .circuitOpen: "the back end was away a moment ago"
        case .late: "no time left to ask the back end"
        case .session(let text), .forbidden(let text): text
        }
    }

    /// What the publisher is refused with. The detail is the code of an error of the API, else a few words.
    public var refusal: Refusal {
        switch self {
        case .error(let error) where error.reason != .backendDown: Refusal(error.reason, detail: error.code)
        default: Refusal(.backendDown, detail: description)
        }
    }
}
