import Formats
import KalturaCore

/// The input as a session string of either version, and as the user of one that is signed and read again.
func fuzzKalturaKS(_ bytes: UnsafeRawBufferPointer) {
    let secret = Secret("first,second")
    let input = Array(bytes)
    for text in [String(decoding: input, as: UTF8.self), Base64.encode(input), Base64.encode(Array("v2|102|".utf8) + input)] {
        // Without the secret nothing can be signed; what is read all the same must be what its own text says again.
        if let read = try? Session(KS(text), secret: secret, now: 0) { precondition(read.expiry > 0, "an expired session") }
    }
    let user = String(decoding: input.prefix(1000), as: UTF8.self)
    let session = Session(partner: -5, expiry: 4_102_444_800, type: 2, user: user, privileges: "disableentitlement")
    guard let ks = session.version2(secret, random: [UInt8](repeating: 7, count: 16)) else { preconditionFailure("not signed") }
    if ks.withText({ $0.utf8.count <= KS.maximumLength }) {
        precondition((try? Session(ks, secret: secret, now: 0)) == session, "version 2 is read as something else")
    }
    if let ks = session.version1(secret, random: "1"), ks.withText({ $0.utf8.count <= KS.maximumLength }) {
        precondition((try? Session(ks, secret: secret, now: 0)) == session, "version 1 is read as something else")
    }
}
