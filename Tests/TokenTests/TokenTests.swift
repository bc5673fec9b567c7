import SluiceJSON
import Testing

@testable import TokenCore

private let wish = TokenWish(.publish, app: "live", stream: "one", address: "192.0.2.7")

private func token(_ header: String, _ payload: String, _ signature: String = "AAAA") -> String {
    Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(Array(payload.utf8)) + "." + signature
}

@Suite struct Base64URLTests {
    @Test(arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"),
    ])
    func bothWays(plain: String, text: String) {
        #expect(Base64URL.encode(Array(plain.utf8)) == text)
        #expect(Base64URL.decode(text.utf8) == Array(plain.utf8))
    }

    @Test func everyByte() {
        let bytes = (0...255).map { UInt8($0) }
        for count in 0...256 {
            #expect(Base64URL.decode(Base64URL.encode(Array(bytes.prefix(count))).utf8) == Array(bytes.prefix(count)))
        }
        #expect(Base64URL.encode([0xFB, 0xFF]) == "-_8")
    }

    @Test(arguments: ["A", "Zg==", "Zh", "Zm9", "+/", "Zm 9v", "Zm9vé"])
    func refused(text: String) { #expect(Base64URL.decode(text.utf8) == nil) }
}

@Suite struct TokenTextTests {
    @Test func read() throws {
        let found = try TokenText(token(#"{"alg":"RS256","kid":"a","typ":"JWT"}"#, #"{"sub":"ann"}"#))
        #expect(found.algorithm == .rs256)
        #expect(found.keyID == "a")
        #expect(found.claims["sub"] == "ann")
    }

    @Test(arguments: [
        ("", TokenRefusal.noToken), ("a.b", .malformed), ("a.b.c.d", .malformed), ("..", .malformed), ("a b.c.d", .malformed),
        (token(#"{"alg":"HS256"}"#, "{}", ""), .malformed), (token("[]", "{}"), .malformed), (token("{}", "{}"), .malformed),
        (token(#"{"alg":"HS256"}"#, "[]"), .malformed), (token(#"{"alg":"HS256"}"#, "{"), .malformed),
        (token(#"{"alg":7}"#, "{}"), .malformed),
        (token(#"{"alg":"HS256","crit":["b64"]}"#, "{}"), .malformed),
        (token(#"{"alg":"none"}"#, "{}"), .algorithm), (token(#"{"alg":"None"}"#, "{}"), .algorithm),
        (token(#"{"alg":"HS512"}"#, "{}"), .algorithm),
        (token(#"{"alg":"none"}"#, "{}", ""), .algorithm), (token(#"{"alg":"hs256"}"#, "{}"), .algorithm),
        (String(repeating: "a", count: 8193), .tooLong), (String(repeating: ".", count: 1 << 20), .tooLong),
    ])
    func refused(text: String, refusal: TokenRefusal) { #expect(throws: refusal) { try TokenText(text) } }

    /// Cut anywhere, it is refused or read; nothing else happens.
    @Test func cutAnywhere() {
        let whole = token(#"{"alg":"ES256","kid":"\u00e9"}"#, #"{"exp":1e300,"aud":[1,"x"]}"#)
        for count in 0..<whole.utf8.count {
            #expect(throws: (any Error).self) {
                let found = try TokenText(String(whole.prefix(count)))
                // All but the signature's last letters are needed.
                if count > whole.utf8.count - 4 { throw TokenRefusal.signature }
                _ = found
            }
        }
    }
}

@Suite struct TokenKeysTests {
    private let file = """
        {"keys":[{"kty":"RSA","kid":"r","n":"AQAB","e":"AQAB"},{"kty":"EC","kid":"e","crv":"P-256","x":"AA","y":"AA","alg":"ES256","use":"sig"},
        {"kty":"oct","kid":"o","k":"AA"},{"kty":"RSA","kid":"enc","use":"enc","n":"AQAB","e":"AQAB"},
        {"kty":"EC","kid":"big","crv":"P-384","x":"AA","y":"AA"},{"kty":"RSA","kid":"ps","alg":"PS256","n":"AQAB","e":"AQAB"},
        {"kty":"RSA","kid":"private","n":"AQAB","e":"AQAB","d":"AQAB"},{"kid":"nothing"},7]}
        """

    private func candidates(_ keys: TokenKeys, _ header: String) throws -> [String] {
        try keys.candidates(for: TokenText(token(header, "{}")), allowed: Set(TokenAlgorithm.allCases)).map {
            $0.algorithm.rawValue + $0.id
        }
    }

    @Test func chosen() throws {
        var keys = TokenKeys()
        try keys.add(jwks: file)
        #expect(keys.keys.map(\.id) == ["r", "e"])
        #expect(keys.ignored == 7)
        #expect(try candidates(keys, #"{"alg":"RS256","kid":"r"}"#) == ["RS256r"])
        #expect(try candidates(keys, #"{"alg":"ES256"}"#) == ["ES256e"])
        #expect(throws: TokenRefusal.unknownKey) { try candidates(keys, #"{"alg":"RS256","kid":"e"}"#) }
        // No secret is configured: a public key is not taken for one.
        #expect(throws: TokenRefusal.algorithm) { try candidates(keys, #"{"alg":"HS256","kid":"r"}"#) }
        keys.add(secret: "a secret of 16 bytes")
        #expect(try candidates(keys, #"{"alg":"HS256","kid":"whatever"}"#) == ["HS256"])
        let rsaOnly: Set<TokenAlgorithm> = [.rs256]
        #expect(throws: TokenRefusal.algorithm) {
            try keys.candidates(for: TokenText(token(#"{"alg":"HS256"}"#, "{}")), allowed: rsaOnly)
        }
        #expect(throws: TokenRefusal.unknownKey) { try candidates(TokenKeys(), #"{"alg":"HS256"}"#) }
    }

    @Test(arguments: [
        "", "{", "[]", "{}", #"{"keys":{}}"#, #"{"keys":[{"kty":"RSA","n":"A","e":"A"},{"kty":"RSA","n":"B","e":"A"}]}"#,
        #"{"keys":["# + Array(repeating: "1", count: 65).joined(separator: ",") + "]}",
    ])
    func refusedFiles(text: String) {
        var keys = TokenKeys()
        #expect(throws: TokenKeysError.self) { try keys.add(jwks: text) }
    }
}

@Suite struct TokenClaimsTests {
    private func grant(
        _ claims: String, _ wish: TokenWish = wish, now: Int64 = 1000, _ change: (inout TokenSettings) -> Void = { _ in }
    ) throws -> TokenGrant {
        var settings = TokenSettings()
        change(&settings)
        let object = try #require(try JSONValue(parsing: claims).objectValue)
        return try TokenGrant(object, for: wish, settings, now: now)
    }

    private let good = #""exp":2000,"actions":["publish"]"#

    @Test func everythingThatATokenCanSay() throws {
        let found = try grant(
            #"{"exp":2000.5,"nbf":900,"iss":"us","aud":["x","sluice"],"sub":"ann","jti":"7","actions":"publish","app":"live","stream":["two","on*"],"#
                + #""max_bitrate":5000000,"max_viewers":10,"attributes":{"group":"g"}}"#
        ) {
            $0.issuer = "us"
            $0.audience = "sluice"
            $0.isOneTime = true
        }
        #expect(found.principal == "ann")
        #expect(found.expires == 2000)
        #expect(found.id == "7")
        #expect(found.maximumBitrate == 5_000_000)
        #expect(found.maximumViewers == 10)
        #expect(found.attributes.first.map { $0 == ("group", "g") } == true)
    }

    @Test func times() throws {
        #expect(throws: TokenRefusal.noExpiry) { try grant(#"{"actions":["publish"]}"#) }
        // Clocks may differ by 30 s.
        #expect(try grant("{\(good)}", now: 2029).expires == 2000)
        #expect(throws: TokenRefusal.expired) { try grant("{\(good)}", now: 2030) }
        #expect(try grant(#"{"nbf":1030,\#(good)}"#).expires == 2000)
        #expect(throws: TokenRefusal.notYet) { try grant(#"{"nbf":1031,\#(good)}"#) }
        for bad in ["-1", "1e300", "\"2000\"", "null", "[]", "true"] {
            #expect(throws: TokenRefusal.malformed, "\(bad)") { try grant(#"{"exp":\#(bad),"actions":["publish"]}"#) }
        }
    }

    @Test func who() throws {
        for claims in [#"{\#(good)}"#, #"{"aud":"other",\#(good)}"#, #"{"aud":["sluice2"],\#(good)}"#, #"{"aud":7,\#(good)}"#] {
            #expect(throws: TokenRefusal.audience) { try grant(claims) { $0.audience = "sluice" } }
        }
        #expect(throws: TokenRefusal.issuer) { try grant("{\(good)}") { $0.issuer = "us" } }
        #expect(throws: TokenRefusal.noID) { try grant("{\(good)}") { $0.isOneTime = true } }
    }

    @Test func what() throws {
        // Without the claim it is a viewer's.
        #expect(throws: TokenRefusal.action) { try grant(#"{"exp":2000}"#) }
        #expect(try grant(#"{"exp":2000}"#, TokenWish(.play, app: "live", stream: "one")).expires == 2000)
        #expect(throws: TokenRefusal.action) { try grant("{\(good)}", TokenWish(.play, app: "live", stream: "one")) }
        for claim in [#""app":"other""#, #""stream":"on""#, #""stream":"two*""#, #""stream":[]"#, #""stream":7"#, #""app":"""#] {
            #expect(throws: TokenRefusal.stream, "\(claim)") { try grant("{\(claim),\(good)}") }
        }
        for claim in [#""stream":"*""#, #""stream":"one*""#, #""stream":["x","one"]"#, #""app":"li*""#] {
            #expect(try grant("{\(claim),\(good)}").expires == 2000)
        }
        for claim in [#""max_bitrate":-1"#, #""max_viewers":"many""#, #""attributes":[]"#, #""attributes":{"a":1}"#] {
            #expect(throws: TokenRefusal.malformed, "\(claim)") { try grant("{\(claim),\(good)}") }
        }
    }
}

@Suite struct SignedAddressTests {
    private let secrets = ["the newest of the secrets", "an older secret, still good"]

    @Test func signedAndChecked() throws {
        // printf 'sluice1\npublish\nlive/one\n2000\n' | openssl dgst -sha256 -hmac 'the newest of the secrets'
        let known = "ebf02e5ecdb7a3bcdb5c0faecd7c20c7ae95fc6331dce3bfce47f284725693d5"
        #expect(SignedAddress.signature(wish, expires: 2000, boundToPeer: false, secret: secrets[0]) == known)
        #expect(SignedAddress.query(wish, expires: 2000, secret: secrets[0]) == "expires=2000&signature=\(known)")
        for secret in secrets {
            let signature = SignedAddress.signature(wish, expires: 2000, boundToPeer: true, secret: secret)
            #expect(
                try SignedAddress.check(
                    wish, expires: "2000", signature: signature, boundToPeer: true, secrets: secrets, now: 1999) == 2000)
        }
    }

    @Test func anythingElseIsRefused() {
        let signature = SignedAddress.signature(wish, expires: 2000, boundToPeer: true, secret: secrets[0])
        func check(_ wish: TokenWish, _ signature: String, _ expires: String = "2000", bound: Bool = true, now: Int64 = 0) throws
        {
            _ = try SignedAddress.check(
                wish, expires: expires, signature: signature, boundToPeer: bound, secrets: secrets, now: now)
        }
        #expect(throws: TokenRefusal.expired) { try check(wish, signature, now: 2000) }
        #expect(throws: TokenRefusal.signature) { try check(wish, signature, "2001") }
        #expect(throws: TokenRefusal.signature) { try check(wish, signature, bound: false) }
        #expect(throws: TokenRefusal.signature) {
            try check(TokenWish(.play, app: "live", stream: "one", address: "192.0.2.7"), signature)
        }
        #expect(throws: TokenRefusal.signature) {
            try check(TokenWish(.publish, app: "live", stream: "two", address: "192.0.2.7"), signature)
        }
        #expect(throws: TokenRefusal.signature) {
            try check(TokenWish(.publish, app: "live", stream: "one", address: "192.0.2.8"), signature)
        }
        for expires in ["", "+2000", "02000", "2000 ", "-1", "99999999999999999999"] {
            #expect(throws: TokenRefusal.malformed) { try check(wish, signature, expires) }
        }
        for short in ["", "00", String(signature.dropLast()), signature + "0"] {
            #expect(throws: TokenRefusal.malformed) { try check(wish, short) }
        }
    }
}

@Suite struct OneTimeIDsTests {
    @Test func onceUntilItExpires() {
        var ids = OneTimeIDs()
        let key = OneTimeIDs.key(issuer: "us", id: "1")
        #expect(key != OneTimeIDs.key(issuer: "u", id: "s1"))
        let uses = [
            ids.use(key, expires: 100, now: 0), ids.use(key, expires: 100, now: 99), ids.use(key, expires: 200, now: 100),
        ]
        #expect(uses == [.first, .again, .first])
        var after = OneTimeIDs()
        for line in ids.lines().split(separator: "\n") { after.remember(line: line, now: 150) }
        for line in ["", "x", "1 2", "99999999999999999999 0123", "-5 \(key)"] { after.remember(line: line, now: 150) }
        #expect(after.count == 1)
        let again = after.use(key, expires: 200, now: 150)
        #expect(again == .again)
    }

    @Test func full() {
        var ids = OneTimeIDs()
        for number in 0..<OneTimeIDs.limit { _ = ids.use("\(number)", expires: 100, now: 0) }
        let (whileFull, after) = (ids.use("one more", expires: 100, now: 0), ids.use("one more", expires: 300, now: 200))
        #expect(whileFull == .full)
        #expect(after == .first)
        #expect(ids.count == 1)
    }

    /// It was another year for a moment: what had been used before stays used.
    @Test func aClockThatJumps() {
        var ids = OneTimeIDs()
        let (key, other) = (OneTimeIDs.key(issuer: "us", id: "1"), OneTimeIDs.key(issuer: "us", id: "2"))
        let uses = [
            ids.use(key, expires: 100, now: 50), ids.use(other, expires: 9100, now: 9000), ids.use(key, expires: 100, now: 51),
        ]
        #expect(uses == [.first, .first, .again])
        var after = OneTimeIDs()
        for line in ids.lines().split(separator: "\n") { after.remember(line: line, now: 9000) }
        let again = [after.use(key, expires: 100, now: 52), after.use(other, expires: 9100, now: 52)]
        #expect(again == [.again, .again])
    }

    /// A file that is longer than the memory: what has expired makes room, what is good is kept.
    @Test func aLongFile() {
        var ids = OneTimeIDs()
        func key(_ number: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: 32 - text.count) + text
        }
        for number in 0..<OneTimeIDs.limit { ids.remember(line: "10 \(key(number))", now: 50) }
        for number in 0..<100 { ids.remember(line: "100 \(key(OneTimeIDs.limit + number))", now: 50) }
        #expect(ids.count == 100)
        let again = ids.use(key(OneTimeIDs.limit + 99), expires: 100, now: 50)
        #expect(again == .again)
    }
}

@Suite struct TokenCommandTests {
    @Test func read() throws {
        #expect(try TokenCommand([]) == .help)
        #expect(
            try TokenCommand(["sign", "live/one", "--action", "publish", "--for", "60", "--ip", "192.0.2.7"])
                == .sign(wish, app: "live", seconds: 60))
        #expect(
            try TokenCommand(["sign", "live/one"])
                == .sign(TokenWish(.play, app: "live", stream: "one"), app: "live", seconds: 3600))
    }

    @Test(arguments: [
        ["sing"], ["sign"], ["sign", "live"], ["sign", "live/"], ["sign", "a/b/c"], ["sign", "a/b", "c/d"],
        ["sign", "a/b", "--for"],
        ["sign", "a/b", "--for", "0"], ["sign", "a/b", "--action", "watch"], ["sign", "a/b", "--what"],
        ["sign", "a/b", "--ip", ""],
    ])
    func refused(words: [String]) { #expect(throws: TokenCommandError.self) { try TokenCommand(words) } }
}
