import SluiceJSON
import WebhookCore

/// Two bytes of status, a location up to a zero byte, a body, in the words of each server: nobody is let in but by what allows in that
/// form, and nothing long or unprintable comes out.
func fuzzWebhookAnswer(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 2 else { return }
    let statuses = [200, 204, 302, 401, 403, 404, 429, 500, 503, (Int(bytes[0]) << 8 | Int(bytes[1])) % 1000]
    let rest = bytes.dropFirst(2)
    let location = String(decoding: rest.prefix { $0 != 0 }, as: UTF8.self)
    let body = Array(rest.drop { $0 != 0 }.dropFirst())
    for mode in WebhookSettings.Mode.allCases {
        var settings = WebhookSettings()
        (settings.mode, settings.ttlMilliseconds, settings.maximumTTLMilliseconds) = (mode, 5000, 3000)
        for status in statuses {
            let answer = WebhookAnswer(status: status, location: location, body: body, settings)
            precondition(WebhookAnswer(status: status, location: location, body: body, settings) == answer, "not stable")
            check(answer, mode, status, location, body)
        }
    }
}

private func check(_ answer: WebhookAnswer, _ mode: WebhookSettings.Mode, _ status: Int, _ location: String, _ body: [UInt8]) {
    switch answer {
    case .allow(let terms):
        checkTerms(terms)
        let json = try? JSONValue(parsing: String(decoding: body, as: UTF8.self))
        let isMoved = mode == .nginx && (300..<400).contains(status)
        precondition((200..<300).contains(status) || isMoved, "a status of \(status) lets in")
        switch mode {
        case .sluice: precondition(json?["decision"]?.stringValue == "allow", "let in without the word")
        case .srs: precondition((json?.int64Value ?? json?["code"]?.int64Value) == 0, "let in without a code of 0")
        case .nginx: precondition(terms.stream == (isMoved ? location : ""), "another name than the location's")
        case .mediamtx: precondition(terms.stream.isEmpty, "a name from nowhere")
        }
    case .deny(let reason, let message, let ttl):
        precondition(!reason.isEmpty && reason.utf8.count <= 64 && isPlain(reason), "a reason that is none")
        precondition(!message.isEmpty && message.utf8.count <= 256 && isPlain(message), "a message that can't be shown")
        precondition(ttl <= 3000, "kept for too long")
        precondition((200..<300).contains(status) || (400..<500).contains(status), "a status of \(status) denies")
        precondition(status != 408 && status != 429, "busy is no denial")
    case .abstain: precondition(mode == .sluice && (200..<300).contains(status), "abstains in another's words")
    case .failed(let reason):
        precondition(!reason.isEmpty && reason.utf8.count <= 256 && isPlain(reason), "a reason that is no log line")
        precondition(status < 400 || status == 408 || status == 429 || status >= 500, "a refusal is no answer")
    }
    // Whatever it says: an error of the server's is no decision.
    if status >= 500 { guard case .failed = answer else { preconditionFailure("a status of \(status) decides") } }
}

private func checkTerms(_ terms: WebhookAnswer.Terms) {
    precondition(terms.ttlMilliseconds <= 3000 && terms.notAfter >= 0, "kept for too long, or cut before time began")
    precondition(terms.principal.utf8.count <= 256 && isPlain(terms.principal), "a long principal")
    precondition(terms.stream.utf8.count <= 255 && isPlain(terms.stream), "a long name")
    precondition(terms.attributes.count <= 32, "many attributes")
    for pair in terms.attributes {
        precondition(!pair.key.isEmpty && pair.key.utf8.count <= 64 && pair.value.utf8.count <= 1024, "long attributes")
        precondition(isPlain(pair.key) && isPlain(pair.value), "control characters")
    }
}

private func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }
