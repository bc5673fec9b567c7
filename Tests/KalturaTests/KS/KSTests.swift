import Formats
import KalturaCore
import TestSupport
import Testing

@Suite struct KSTests {
    @Test(arguments: KSVector.all)
    func `a session is signed byte for byte as the back end does`(vector: KSVector) throws {
        let secret = Secret(vector.secret)
        let made =
            vector.version == 1
            ? vector.session.version1(secret, random: vector.random, isLong: vector.isLong)
            : vector.session.version2(secret, random: Hex.bytes(vector.random))
        #expect(try #require(made).withText { $0 } == vector.ks)
    }

    @Test(arguments: KSVector.all)
    func `a session is read, with padding or without, in either alphabet`(vector: KSVector) throws {
        let swapped = String(
            vector.ks.map { character -> Character in
                switch character {
                case "-": "+"
                case "+": "-"
                case "_": "/"
                case "/": "_"
                default: character
                }
            })
        for text in [vector.ks, vector.ks.replacing("=", with: ""), swapped] {
            // A list of secrets: any may verify.
            for secret in [vector.secret, "other,\(vector.secret)", "\(vector.secret),other\n"] {
                let read = try Session(KS(text), secret: Secret(secret), now: vector.session.expiry - 1)
                #expect(read == vector.session)
            }
        }
    }

    @Test(arguments: KSVector.all)
    func `a session is over when its expiry is reached`(vector: KSVector) {
        #expect(throws: KSError.expired) {
            try Session(KS(vector.ks), secret: Secret(vector.secret), now: vector.session.expiry)
        }
    }

    @Test(arguments: KSVector.refused)
    func `what is wrong is refused alike, however it is wrong`(id: String, text: String, secret: String) {
        #expect(throws: KSError.invalid, "\(id)") { try Session(KS(text), secret: Secret(secret), now: 0) }
    }

    @Test(arguments: KSVector.all)
    func `a session cut anywhere, or with a bit turned anywhere, is refused`(vector: KSVector) throws {
        let secret = Secret(vector.secret)
        for length in 0..<vector.ks.replacing("=", with: "").utf8.count {
            #expect(throws: KSError.invalid) { try Session(KS(String(vector.ks.prefix(length))), secret: secret, now: 0) }
        }
        let raw = try #require(Base64.decode(vector.ks))
        // The partner of version 2 stands before the cipher: it chooses the secret, and is not signed.
        let bars = raw.indices.filter { raw[$0] == UInt8(ascii: "|") }
        let start = vector.version == 1 ? 0 : try #require(bars.dropFirst().first) + 1
        for place in start..<raw.count {
            var changed = raw
            changed[place] ^= 1 << UInt8(place % 8)
            let ks = KS(Base64.encode(changed, isURLSafe: vector.version == 2))
            #expect(throws: KSError.invalid) { try Session(ks, secret: secret, now: 0) }
        }
    }

    @Test func `random texts are refused and never crash`() {
        var random = SeededGenerator(seed: 20)
        for _ in 0..<1000 {
            let bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            let version2 = Array("v2|1|".utf8) + bytes
            for raw in [bytes, version2] {
                #expect(throws: KSError.invalid) { try Session(KS(Base64.encode(raw)), secret: Secret("a,b"), now: 0) }
            }
        }
        #expect(throws: KSError.invalid) {
            try Session(KS(String(repeating: "A", count: 4097)), secret: Secret("a"), now: 0)
        }
    }

    @Test func `only the first secret signs, and none signs nothing`() throws {
        let session = KSVector.all[0].session
        let ks = try #require(session.version2(Secret("first,second")))
        #expect(try Session(ks, secret: Secret("first"), now: 0) == session)
        #expect(throws: KSError.invalid) { try Session(ks, secret: Secret("second"), now: 0) }
        #expect(session.version2(Secret("")) == nil && session.version1(Secret(" \n"), random: "1") == nil)
        #expect(session.version2(Secret("s")) != session.version2(Secret("s")), "random bytes")
    }

    @Test func `a semicolon cannot be written in version 1`() {
        var session = KSVector.all[0].session
        session.user = "a;b"
        #expect(session.version1(Secret("s"), random: "1") == nil)
        #expect(session.version2(Secret("s")) != nil)
    }

    @Test func `privileges are understood`() throws {
        let session = KSVector.all[4].session
        #expect(session.values(of: "edit") == ["0_aaaaaaaa", "0_bbbbbbbb"])
        #expect(session.values(of: "all") == ["*"] && session.values(of: "list") == nil)
        #expect(KSVector.all[0].session.values(of: "disableentitlement") == [])
        #expect(session.isAdministrator && !KSVector.all[1].session.isAdministrator)
        let ks = KS(KSVector.all[4].ks)
        let secret = Secret(KSVector.all[4].secret)
        #expect(throws: KSError.restrictedAddress) { try Session(ks, secret: secret, now: 0, address: "192.0.2.8") }
        #expect(try Session(ks, secret: secret, now: 0, address: "192.0.2.7") == session)
    }

    @Test func `a repeated privilege keeps its place and takes the last value`() throws {
        let session = Session(partner: 1, expiry: 9, type: 0, user: "u", privileges: " a:1, ,b,a:2 ")
        let read = try Session(try #require(session.version2(Secret("s"))), secret: Secret("s"), now: 0)
        #expect(read.privileges == "a:2,b")
    }

    @Test func `neither session string nor secret is in any text`() {
        let (ks, secret) = (KS("djJ8MTAyfJe9f6QR"), Secret("sEcReTvAlUe"))
        for value in [ks as Any, secret as Any, [ks] as Any, [secret] as Any] {
            var dumped = ""
            dump(value, to: &dumped)
            for text in ["\(value)", String(reflecting: value), String(describing: value), dumped] {
                #expect(!text.contains("djJ8") && !text.contains("sEcReT"), "\(text)")
            }
        }
        for error in [KSError.invalid, .expired] { #expect("\(error)".allSatisfy { $0.isLetter || $0 == "_" }) }
    }
}
