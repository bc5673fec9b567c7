// The TokenAuth plugin: JSON Web Tokens and signed addresses. The core reads tokens and judges claims; jwt-kit verifies signatures; this
// file brings them together, and keeps the keys' file and the used ids.

import SluiceJSON
import SluiceKit
import Synchronization
import TokenCore
import TokenFiles

@c(sluice_module_v1)
public func sluiceModule(
    _ hello: UnsafePointer<sluice_hello>?, _ error: UnsafeMutablePointer<sluice_error>?
) -> UnsafePointer<sluice_module>? {
    SluiceModule.entry(TokenPlugin.self, hello, error)
}

/// `sluice.auth` by what the address itself carries.
final class TokenPlugin: Plugin, Authenticator, CommandRunner {
    static let module = ModuleDescription(
        id: "token", version: "0.1.0", description: "JSON Web Tokens and signed, expiring addresses",
        configSchema: TokenSettings.schema,
        appConfigSchema: TokenSettings.schema)

    private let host: Host
    private let defaults = Mutex(TokenSettings())
    private let keyFiles: KeyFiles
    private let usedIDs: UsedIDs
    private let verifier = SignatureVerifier()

    init(host: Host) throws {
        self.host = host
        keyFiles = KeyFiles(folder: host.dataFolder)
        usedIDs = UsedIDs(file: host.dataFolder + "/used-ids")
    }

    func configure(_ json: String) throws {
        let object: JSONValue
        do { object = try JSONValue(parsing: json) } catch { throw PluginError("\(error)", code: SLUICE_E_INVALID) }
        var settings = TokenSettings()
        settings.apply(object)
        if let problem = settings.problem { throw PluginError(problem, code: SLUICE_E_INVALID) }
        defaults.withLock { $0 = settings }
    }

    /// What holds for an app: `[config]`, and `[app.NAME.token]` over it.
    private func settings(_ app: String) -> TokenSettings {
        var settings = defaults.withLock { $0 }
        if let text = host.appConfiguration(app), let object = try? JSONValue(parsing: text) { settings.apply(object) }
        return settings
    }

    private var seconds: Int64 { host.wallMicroseconds / 1_000_000 }

    // MARK: Questions

    func decide(_ question: AuthQuestion) async throws -> Verdict {
        let action: TokenWish.Action
        switch question.action {
        // What a connection wants is known when it publishes or plays.
        case .connect: return Verdict(.later)
        case .publish: action = .publish
        case .play: action = .play
        case .admin: return .abstain
        }
        let settings = settings(question.app)
        let wish = TokenWish(action, app: question.app, stream: question.stream, address: question.peerAddress)
        switch action == .publish ? settings.publish : settings.play {
        case .open: return .allow
        case .deny: return Verdict(TokenRefusal.closed)
        case .ask: break
        }
        if let problem = settings.problem { throw PluginError("[app.\(question.app).token]: \(problem)", code: SLUICE_E_INVALID) }
        do {
            return try await judge(question, wish, settings)
        } catch let refusal as TokenRefusal {
            return Verdict(refusal)
        }
    }

    /// - Throws: `TokenRefusal`; anything else is no decision, and the chain's failure policy makes it.
    private func judge(_ question: AuthQuestion, _ wish: TokenWish, _ settings: TokenSettings) async throws -> Verdict {
        func parameter(_ name: String) -> String? { question.query.first { $0.key == name }?.value }
        if !settings.addressSecrets.isEmpty, let signature = parameter("signature") {
            let expires = try SignedAddress.check(
                wish, expires: parameter("expires") ?? "", signature: signature, boundToPeer: parameter("ip") == "1",
                secrets: settings.addressSecrets, now: seconds)
            return verdict(TokenGrant(expires: expires), settings)
        }
        let credential = question.credentials.first { $0.key == "bearer" } ?? question.credentials.first { $0.key == "password" }
        let token = try TokenText(parameter(settings.parameter) ?? credential?.value ?? "")
        let (keys, unknown) = try await keys(settings)
        if let unknown, token.algorithm != .hs256, settings.algorithms.contains(token.algorithm) {
            // What no key could make good is refused all the same.
            _ = try TokenGrant(token.claims, for: wish, settings, now: seconds)
            throw PluginError("no keys are known: \(settings.jwks): \(unknown)", code: SLUICE_E_BACKEND)
        }
        let candidates = try keys.candidates(for: token, allowed: settings.algorithms)
        guard await verifier.verify(token, candidates) else { throw TokenRefusal.signature }
        let grant = try TokenGrant(token.claims, for: wish, settings, now: seconds)
        if settings.isOneTime { try await use(grant, token, settings) }
        return verdict(grant, settings)
    }

    /// A token that is good once is spent by its first use, whatever becomes of it.
    private func use(_ grant: TokenGrant, _ token: TokenText, _ settings: TokenSettings) async throws {
        let key = OneTimeIDs.key(issuer: token.claims["iss"]?.stringValue ?? "", id: grant.id)
        let (until, now) = (grant.expires &+ settings.leeway, seconds)
        switch try await host.worker({ self.usedIDs.use(key, expires: until, now: now) }) {
        case .first: return
        case .again: throw TokenRefusal.used
        case .failed(let reason):
            host.log(.error, "used ids cannot be kept", ["reason": reason])
            throw PluginError("used ids cannot be kept: \(reason)", code: SLUICE_E_BACKEND)
        }
    }

    private func verdict(_ grant: TokenGrant, _ settings: TokenSettings) -> Verdict {
        var verdict = Verdict(.allow)
        verdict.principal = grant.principal
        let left = grant.expires.subtractingReportingOverflow(seconds)
        verdict.ttlMilliseconds = settings.isOneTime || left.overflow ? 0 : UInt64(min(max(left.partialValue, 0), 60)) * 1000
        if settings.cutsAtExpiry {
            let (microseconds, overflow) = grant.expires.multipliedReportingOverflow(by: 1_000_000)
            verdict.notAfter = overflow ? 0 : microseconds
        }
        verdict.maxBitrate = grant.maximumBitrate
        verdict.maxViewers = grant.maximumViewers
        verdict.attributes = grant.attributes
        return verdict
    }

    /// The keys, and why those of the file are not among them.
    private func keys(_ settings: TokenSettings) async throws -> (TokenKeys, String?) {
        var found = KeyFiles.Found()
        if !settings.jwks.isEmpty {
            found = try await host.worker { self.keyFiles.keys(settings.jwks, at: self.host.monotonicNanoseconds) }
            if let reason = found.news { host.log(.error, "keys cannot be read", ["file": settings.jwks, "reason": reason]) }
        }
        found.keys.add(secret: settings.secret)
        return (found.keys, found.unknown)
    }

    // MARK: Commands

    func run(_ arguments: [String]) async throws -> CommandResult {
        let command: TokenCommand
        do throws(TokenCommandError) {
            command = try TokenCommand(arguments)
        } catch {
            return CommandResult(
                exitCode: 2, standardOutput: "", standardError: "sluice token: \(error)\n\n\(TokenCommand.usage)")
        }
        switch command {
        case .help: return CommandResult(exitCode: 0, standardOutput: TokenCommand.usage, standardError: "")
        case .sign(let wish, let app, let lasting):
            guard let secret = settings(app).addressSecrets.first else {
                let text = "sluice token: there are no address_secrets in [app.\(app).token], nor in the manifest's [config]\n"
                return CommandResult(exitCode: 1, standardOutput: "", standardError: text)
            }
            let query = SignedAddress.query(wish, expires: seconds &+ lasting, boundToPeer: !wish.address.isEmpty, secret: secret)
            return CommandResult(exitCode: 0, standardOutput: query + "\n", standardError: "")
        }
    }
}

extension Verdict {
    init(_ refusal: TokenRefusal) { self = .deny(refusal.rawValue, refusal.text) }
}
