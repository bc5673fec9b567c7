import KalturaCore
import SluiceJSON

/// A status byte, a header up to a zero byte, a body: whatever the back end answers is read, the same each time, and an error keeps its
/// code only. What is an entry can be written and read again.
func fuzzKalturaAnswer(_ bytes: UnsafeRawBufferPointer) {
    guard let first = bytes.first else { return }
    let statuses = [200, 200, 200, 204, 302, 404, 500, 503]
    let rest = bytes.dropFirst()
    let header = String(decoding: rest.prefix { $0 != 0 }, as: UTF8.self)
    let body = Array(rest.drop { $0 != 0 }.dropFirst())
    let status = statuses[Int(first) % statuses.count]
    let headers = header.isEmpty ? [] : [("x-kaltura", header)]
    let answer = APIAnswer(status: status, headers: headers, body: body)
    precondition(APIAnswer(status: status, headers: headers, body: body) == answer, "not stable")
    switch answer {
    case .broken(let words): precondition(!words.isEmpty && words.utf8.count <= 64, "words of somebody else's")
    case .error(let error):
        precondition(status == 200, "an error by another status")
        let isPlain = error.code.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || $0 == 0x5F }
        precondition(isPlain && (1...64).contains(error.code.utf8.count), "a code that may be anything")
        _ = (error.reason, error.alert, error.operatorText, error.description)
    case .result(let value):
        precondition(status == 200, "a result by another status")
        guard let entry = LiveEntry(api: value) else { return }
        precondition(LiveEntry(api: entry.apiObject) == entry, "another entry when it is read again")
    }
    let memory = PluginMemory(String(decoding: body, as: UTF8.self), wall: 1_800_000_000)
    let again = PluginMemory(memory.text(wall: 1_800_000_000), wall: 1_800_000_000)
    precondition(again.onAir == memory.onAir && again.apps == memory.apps, "another memory when it is read again")
}
