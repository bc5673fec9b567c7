// Publishers say ?user=NAME&key=KEY; the keys are in [config.users] of the manifest. Anybody may watch.

import SluiceJSON
import SluiceKit
import Synchronization

final class AuthPlugin: Plugin, Authenticator {
    static let module = ModuleDescription(
        id: "swift-auth", version: "0.1.0", description: "publishers with a user's key",
        configSchema: """
            {"type": "object", "required": ["users"], "properties": {"users": {"type": "object", "additionalProperties": true,
            "writeOnly": true, "description": "the key of each user"}}}
            """)

    private let host: Host
    private let users = Mutex<[String: String]>([:])

    init(host: Host) { self.host = host }

    func configure(_ json: String) throws {
        var found: [String: String] = [:]
        for (user, key) in try JSONValue(parsing: json)["users"]?.objectValue ?? [:] {
            guard let key = key.stringValue, !key.isEmpty else { throw PluginError("users: the key of \(user) has to be a text") }
            found[user] = key
        }
        users.withLock { $0 = found }
    }

    /// A question of an app that names this plugin. It may take until the question's deadline; nobody else waits.
    func decide(_ question: AuthQuestion) async throws -> Verdict {
        if question.action == .connect { return Verdict(.later) }  // who connects has not said yet what for
        if question.action == .play { return .allow }
        func said(_ key: String) -> String { question.query.first { $0.key == key }?.value ?? "" }
        let (user, key, wanted) = (said("user"), said("key"), users.withLock { $0[said("user")] })
        // A thread that may block: the place for a database or a slow hash.
        return try await host.worker { judge(user: user, key: key, wanted: wanted) }
    }
}

func judge(user: String, key: String, wanted: String?) -> Verdict {
    guard !user.isEmpty, !key.isEmpty else { return .deny("NO_CREDENTIALS", "add ?user=NAME&key=KEY") }
    guard let wanted, isEqual(key, wanted) else { return .deny("BAD_KEY", "user or key is wrong") }
    var verdict = Verdict.allow
    verdict.principal = user
    return verdict
}

/// Takes as long for any two texts of one length.
func isEqual(_ a: String, _ b: String) -> Bool {
    a.utf8.count == b.utf8.count && zip(a.utf8, b.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
}

@c(sluice_module_v1)
public func entry(_ hello: UnsafePointer<sluice_hello>?, _ error: UnsafeMutablePointer<sluice_error>?) -> UnsafePointer<
    sluice_module
>? {
    SluiceModule.entry(AuthPlugin.self, hello, error)
}
