import HostPaths
import SluiceJSON
import WebhookCore

/// App, stream, address, peer, then keys and values by turns, divided by zero bytes: read by the other side's rules, each form says what
/// was asked, and nothing that a peer sent stands for a field of the server's.
func fuzzWebhookRequest(_ bytes: UnsafeRawBufferPointer) {
    let parts = bytes.split(separator: 0, maxSplits: 64, omittingEmptySubsequences: false).map {
        String(decoding: $0, as: UTF8.self)
    }
    func part(_ index: Int) -> String { parts.count > index ? parts[index] : "" }
    var question = WebhookQuestion(bytes.count % 2 == 0 ? .publish : .play, app: part(0), stream: part(1))
    (question.url, question.peerAddress, question.protocolName) = (part(2), part(3), "rtmp")
    var rest = parts.dropFirst(4)
    while let key = rest.popFirst() { question.query.append(.init(key, rest.popFirst() ?? "")) }
    question.credentials = [.init("user", part(4)), .init("password", part(5))]
    // One form for each input, and signed if it is short: hashing is slow under the sanitizer.
    let modes = WebhookSettings.Mode.allCases
    var settings = WebhookSettings()
    (settings.mode, settings.url) = (modes[bytes.count / 2 % modes.count], "http://127.0.0.1:1/")
    settings.secret = bytes.count < 48 ? "key" : ""
    let request = WebhookRequest(question, settings, seconds: 1_700_000_000, id: "id7")
    precondition(request.url == settings.url, "asked somewhere else")
    let signature = settings.secret.isEmpty ? "" : WebhookRequest.sign(request.body, secret: "key", seconds: 1_700_000_000)
    precondition(request.signature == signature, "not signed, or signed unasked")
    if settings.mode == .nginx { return checkForm(request.body, question) }
    checkJSON(request.body, question, settings.mode)
}

/// By WHATWG's rules for forms.
private func form(_ bytes: some Collection<UInt8>) -> [WebhookQuestion.Pair] {
    guard !bytes.isEmpty else { return [] }
    return bytes.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false).map { field in
        let halves = field.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
        func text(_ index: Int) -> String {
            guard halves.count > index else { return "" }
            guard let decoded = PercentCoding.decode(Array(halves[index]), plusIsSpace: true) else {
                preconditionFailure("a form that can't be read")
            }
            return String(decoding: decoded, as: UTF8.self)
        }
        return .init(text(0), text(1))
    }
}

private func checkForm(_ body: [UInt8], _ question: WebhookQuestion) {
    precondition(body.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "bytes that no form has")
    let fields = form(body)
    let own = [
        ("app", question.app), ("tcurl", question.url), ("addr", question.peerAddress), ("clientid", "id7"),
        ("call", question.action.rawValue), ("name", question.stream),
    ]
    for (key, value) in own {
        let found = fields.filter { $0.key == key }
        precondition(found == [.init(key, value)], "\(key) is not the server's, or stands there twice")
    }
    let known = Set(fields.prefix(question.action == .publish ? 10 : 12).map(\.key))
    precondition(
        Array(fields.dropFirst(known.count)) == question.query.filter { !known.contains($0.key) }, "another query than the peer's"
    )
}

private func checkJSON(_ body: [UInt8], _ question: WebhookQuestion, _ mode: WebhookSettings.Mode) {
    guard let json = try? JSONValue(parsing: body) else { preconditionFailure("a body that is no JSON") }
    func text(_ key: String) -> String? { json[key]?.stringValue }
    switch mode {
    case .sluice, .nginx:
        precondition(text("app") == question.app && text("stream") == question.stream, "another stream")
        precondition(text("action") == question.action.rawValue && text("url") == question.url, "another action or address")
        precondition(json["peer"]?["address"]?.stringValue == question.peerAddress, "another peer")
        for pair in question.query {
            let first = question.query.first { $0.key == pair.key }
            precondition(json["query"]?[pair.key]?.stringValue == first?.value, "another query than the peer's")
        }
    case .srs:
        precondition(text("app") == question.app && text("stream") == question.stream, "another stream")
        precondition(
            text("action") == "on_" + question.action.rawValue && text("ip") == question.peerAddress, "another action or peer")
        precondition(form((text("param") ?? "").utf8.dropFirst()) == question.query, "another query than the peer's")
    case .mediamtx:
        precondition(text("path") == question.app + "/" + question.stream, "another path")
        precondition(text("action") == (question.action == .publish ? "publish" : "read"), "another action")
        precondition(form((text("query") ?? "").utf8) == question.query, "another query than the peer's")
    }
}
