import SluiceJSON
import TokenCore

/// The input as a token, and as header, claims, signature, app and stream of one, divided by zero bytes: what is read is what stands
/// there, and a grant never says more than the claims.
func fuzzTokenText(_ bytes: UnsafeRawBufferPointer) {
    let raw = String(decoding: bytes, as: UTF8.self)
    if let token = try? TokenText(raw) { checkParts(token, raw) }
    let parts = bytes.split(separator: 0, maxSplits: 4, omittingEmptySubsequences: false)
    guard parts.count >= 3 else { return }
    let text = parts.prefix(3).map { Base64URL.encode(Array($0)) }.joined(separator: ".")
    guard let token = try? TokenText(text) else { return }
    checkParts(token, text)
    let claims = try? JSONValue(parsing: String(decoding: parts[1], as: UTF8.self))
    precondition(claims?.objectValue == token.claims, "other claims than those that stand there")
    func name(_ index: Int) -> String { parts.count > index ? String(decoding: parts[index].prefix(255), as: UTF8.self) : "s" }
    for action in [TokenWish.Action.publish, .play] {
        let wish = TokenWish(action, app: name(3), stream: name(4), address: "192.0.2.7")
        for settings in variants { checkGrant(token.claims, wish, settings) }
    }
}

private let variants: [TokenSettings] = {
    var (plain, strict) = (TokenSettings(), TokenSettings())
    plain.leeway = 0
    (strict.audience, strict.issuer, strict.isOneTime, strict.leeway) = ("sluice", "us", true, 600)
    return [plain, strict]
}()

private func checkParts(_ token: TokenText, _ text: String) {
    precondition(token.text == text && text.utf8.count <= TokenText.sizeLimit, "a token of another text, or too long")
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    precondition(parts.count == 3 && !parts[2].isEmpty, "not three parts")
    for part in parts.prefix(2) {
        guard let bytes = Base64URL.decode(part.utf8) else { preconditionFailure("no base64url") }
        precondition(Base64URL.encode(bytes) == part, "two texts for the same bytes")
    }
    let header = Base64URL.decode(parts[0].utf8).flatMap { try? JSONValue(parsing: String(decoding: $0, as: UTF8.self)) }
    precondition(header?["alg"]?.stringValue == token.algorithm.rawValue, "another algorithm than the header's")
    precondition(header?["crit"] == nil, "something critical was overlooked")
}

private func checkGrant(_ claims: JSONObject, _ wish: TokenWish, _ settings: TokenSettings) {
    for now: Int64 in [0, 1_700_000_000] {
        guard let grant = try? TokenGrant(claims, for: wish, settings, now: now) else { continue }
        precondition((try? TokenGrant(claims, for: wish, settings, now: now)) == grant, "judging is not stable")
        precondition(now - settings.leeway < grant.expires, "granted after its end")
        precondition(claims["exp"]?.doubleValue.map { Int64($0) } == grant.expires, "another end than exp")
        precondition(claims["nbf"]?.doubleValue ?? 0 <= Double(now + settings.leeway + 1), "granted before its beginning")
        if wish.action == .publish { precondition(claims["actions"] != nil, "published without being named") }
        if !settings.issuer.isEmpty { precondition(claims["iss"]?.stringValue == settings.issuer, "another issuer") }
        if settings.isOneTime { precondition(!grant.id.isEmpty, "good once, without an id") }
        if case .string(let only)? = claims["stream"], !only.hasSuffix("*") {
            precondition(only == wish.stream, "another stream's token")
        }
        precondition(grant.id.utf8.count <= 256 && grant.principal.count <= 256, "long texts")
        precondition(grant.attributes.count <= 32, "many attributes")
        for (key, value) in grant.attributes {
            precondition(!key.isEmpty && key.utf8.count <= 64 && value.utf8.count <= 1024, "long attributes")
            precondition((key + value).utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "control characters")
        }
        let late = grant.expires + settings.leeway
        do throws(TokenRefusal) {
            _ = try TokenGrant(claims, for: wish, settings, now: late)
            preconditionFailure("good for ever")
        } catch {
            precondition(error == .expired, "too late, and refused for something else")
        }
    }
}
