/// One call of the back end's API (SPEC §4, §5), without its session. It may hold a token, hence prints its name only.
public struct APICall: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var service: String
    public var action: String
    /// In order; nested names with colons: `beacon:objectId`.
    public var parameters: [Parameter]
    /// The partner we act for; nil: ourselves.
    public var actingFor: Int32?
    /// What a good answer is; anything else is wrong content, which is worth a second try.
    public var expects: Expectation

    public struct Parameter: Hashable, Sendable {
        public var name: String
        public var value: String
    }

    public enum Expectation: Hashable, Sendable {
        /// An entry object.
        case entry
        /// Any result.
        case anything
        /// A file: an XML document, which is the result as text.
        case document
    }

    public init(
        _ service: String, _ action: String, _ parameters: KeyValuePairs<String, String>, actingFor: Int32?,
        expects: Expectation = .entry
    ) {
        self.service = service
        self.action = action
        self.parameters = parameters.map { Parameter(name: $0.key, value: $0.value) }
        self.actingFor = actingFor
        self.expects = expects
    }

    /// `livestream.authenticate`, for logs.
    public var name: String { "\(service).\(action)" }
    public var description: String { name }
    public var debugDescription: String { name }
    public var customMirror: Mirror { Mirror(self, children: ["name": name]) }

    /// The request that makes this call. All that is secret is in the body, nothing in the address.
    func request(_ settings: APISettings, session: KS, clientTag: String) -> APIRequest {
        var pairs = parameters
        if let actingFor { pairs.append(Parameter(name: "partnerId", value: "\(actingFor)")) }
        pairs.append(Parameter(name: "format", value: "1"))
        pairs.append(Parameter(name: "clientTag", value: clientTag))
        pairs.append(Parameter(name: "ks", value: session.withText { $0 }))
        let form = pairs.map { FormCoding.encode($0.name) + "=" + FormCoding.encode($0.value) }.joined(separator: "&")
        return APIRequest(url: "\(settings.serverURL)/api_v3/service/\(service)/action/\(action)", body: Array(form.utf8))
    }
}

/// A POST of a form; its body holds a session and perhaps a token, hence prints nothing of it.
public struct APIRequest: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public let url: String
    public let body: [UInt8]

    public static let contentType = "application/x-www-form-urlencoded"
    /// Bytes of an answer (SPEC §4).
    public static let answerLimit: UInt64 = 960 << 10

    public var description: String { "POST \(url)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["url": url]) }
}

/// What became of a request.
public enum APIOutcome: Sendable {
    /// Names of headers in lower case.
    case answer(status: Int, headers: [(String, String)], body: [UInt8])
    /// No answer: the words are for the log.
    case failure(String)
    /// No answer in time.
    case timeout
    /// The host does not let the request out; nothing of the back end's doing.
    case forbidden(String)
}
