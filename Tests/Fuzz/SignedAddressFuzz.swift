import TokenCore

/// Expiry, signature, app, stream and peer, divided by zero bytes: only what was signed is taken, until it expires, and for nothing else.
func fuzzSignedAddress(_ bytes: UnsafeRawBufferPointer) {
    // Hashing is slow under the sanitizer: short texts, and one question more for each input.
    let parts = bytes.prefix(256).split(separator: 0, maxSplits: 4, omittingEmptySubsequences: false).map {
        String(decoding: $0, as: UTF8.self)
    }
    func part(_ index: Int) -> String { parts.count > index ? parts[index] : "" }
    let (expires, signature, bound) = (part(0), part(1), bytes.count % 2 == 0)
    let wish = TokenWish(bytes.count % 3 == 0 ? .play : .publish, app: part(2), stream: part(3), address: part(4))
    let secret = "the newest of the secrets"
    func check(_ wish: TokenWish, _ expires: String, _ signature: String, _ now: Int64, bound: Bool) -> Int64? {
        try? SignedAddress.check(
            wish, expires: expires, signature: signature, boundToPeer: bound, secrets: [secret], now: now)
    }
    let guessed = check(wish, expires, signature, 0, bound: bound)
    guard let seconds = Int64(expires), seconds > 0 else { return precondition(guessed == nil, "taken without a time") }
    let (text, good) = (String(seconds), SignedAddress.signature(wish, expires: seconds, boundToPeer: bound, secret: secret))
    // Nobody guesses an HMAC: what is taken is what was signed, in one way of writing.
    precondition(
        guessed == nil || (guessed == seconds && signature == good && expires == text), "taken without having been signed")
    precondition(SignedAddress.query(wish, expires: seconds, boundToPeer: bound, secret: secret).hasPrefix("expires=\(text)&"))
    var other = wish
    switch bytes.count % 7 {
    case 0: precondition(check(wish, text, good, seconds - 1, bound: bound) == seconds, "what was signed is refused")
    case 1: precondition(check(wish, text, good, seconds, bound: bound) == nil, "taken after its end")
    case 2: precondition(expires == text || check(wish, expires, good, 0, bound: bound) == nil, "two texts for one time")
    case 3: precondition(wish.address.isEmpty || check(wish, text, good, 0, bound: !bound) == nil, "bound or not is the same")
    case 4:
        other.action = wish.action == .play ? .publish : .play
        precondition(check(other, text, good, 0, bound: bound) == nil, "good for another action")
    case 5:
        other.stream += "x"
        precondition(check(other, text, good, 0, bound: bound) == nil, "good for another stream")
    default:
        let changed = (good.hasPrefix("0") ? "1" : "0") + good.dropFirst()
        precondition(check(wish, text, changed, 0, bound: bound) == nil, "another signature")
    }
}
