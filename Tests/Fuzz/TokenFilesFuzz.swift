import SluiceJSON
import TokenCore

/// The input as a file of keys and as a file of used ids: keys are public ones for their own algorithm, ids are remembered as written.
func fuzzTokenFiles(_ bytes: UnsafeRawBufferPointer) {
    let text = String(decoding: bytes, as: UTF8.self)
    checkKeys(text)
    checkIDs(text)
}

private func token(_ algorithm: TokenAlgorithm, _ id: String) -> TokenText? {
    let header: JSONValue = ["alg": .string(algorithm.rawValue), "kid": .string(id)]
    return try? TokenText(Base64URL.encode(Array(header.serialized().utf8)) + "." + Base64URL.encode(Array("{}".utf8)) + ".AA")
}

private func checkKeys(_ text: String) {
    var keys = TokenKeys()
    do throws(TokenKeysError) {
        try keys.add(jwks: text)
    } catch {
        return precondition(!error.description.isEmpty, "refused without a reason")
    }
    precondition(keys.keys.count + keys.ignored <= TokenKeys.limit, "more keys than there may be")
    var again = TokenKeys()
    precondition((try? again.add(jwks: text)) != nil && again == keys, "reading is not stable")
    let all = Set(TokenAlgorithm.allCases)
    for key in keys.keys {
        precondition(key.algorithm != .hs256, "a secret from a file of public keys")
        let json = try? JSONValue(parsing: key.material)
        precondition(json?["kty"]?.stringValue == key.algorithm.keyType && json?["d"] == nil, "another key's material")
        // A token's header chooses among keys, never the algorithm of a key.
        for algorithm in all {
            guard let token = token(algorithm, key.id), let found = try? keys.candidates(for: token, allowed: all) else {
                continue
            }
            precondition(found.allSatisfy { $0.algorithm == algorithm }, "a key for another algorithm")
            if algorithm == key.algorithm { precondition(found.contains(key), "a key is not found by its kid") }
        }
        if let token = token(key.algorithm, "") {
            precondition((try? keys.candidates(for: token, allowed: all))?.contains(key) == true, "not tried without a kid")
            precondition((try? keys.candidates(for: token, allowed: [])) == nil, "an algorithm that is not allowed")
        }
    }
    if let token = token(.hs256, "") {
        precondition((try? keys.candidates(for: token, allowed: all)) == nil, "a key as a secret")
    }
}

private func checkIDs(_ text: String) {
    var ids = OneTimeIDs()
    for line in text.split(separator: "\n") { ids.remember(line: line, now: 1000) }
    var again = OneTimeIDs()
    for line in ids.lines().split(separator: "\n") { again.remember(line: line, now: 1000) }
    precondition(again.count == ids.count && ids.count <= OneTimeIDs.limit, "written and read again, some are gone")
    for line in ids.lines().split(separator: "\n").prefix(16) {
        let parts = line.split(separator: " ")
        guard parts.count == 2, let expires = Int64(parts[0]) else { preconditionFailure("a line that can't be read") }
        guard expires > 1000 else { continue }
        precondition(ids.use(String(parts[1]), expires: 5000, now: 1000) == .again, "a used id is new")
    }
}
