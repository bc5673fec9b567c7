/// A response with Content-Length, chunked, or without a body, read from bytes.
struct Answer {
    let status: Int
    let headers: [(name: String, value: String)]
    let body: [UInt8]
    /// Bytes it took.
    let byteCount: Int

    /// Nil while it is incomplete.
    init?(_ bytes: [UInt8], isHEAD: Bool = false) {
        guard let end = Answer.endOfHead(bytes) else { return nil }
        let lines = String(decoding: bytes[..<(end - 4)], as: UTF8.self).split(separator: "\r\n")
        guard let first = lines.first, let status = Int(first.split(separator: " ").dropFirst().first ?? "") else { return nil }
        self.status = status
        headers = lines.dropFirst().map { line in
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            return (line[..<colon].lowercased(), String(line[colon...].dropFirst().drop { $0 == " " }))
        }
        func value(_ name: String, _ headers: [(name: String, value: String)]) -> String? {
            headers.first { $0.name == name }?.value
        }
        if isHEAD || status == 204 || status == 304 || status < 200 {
            (body, byteCount) = ([], end)
        } else if value("transfer-encoding", headers) == "chunked" {
            guard let (body, last) = Answer.chunks(bytes, from: end) else { return nil }
            (self.body, byteCount) = (body, last)
        } else {
            let length = value("content-length", headers).flatMap { Int($0) } ?? 0
            guard bytes.count >= end + length else { return nil }
            (body, byteCount) = (Array(bytes[end..<(end + length)]), end + length)
        }
    }

    subscript(name: String) -> String? { headers.first { $0.name == name }?.value }

    var text: String { String(decoding: body, as: UTF8.self) }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (4...bytes.count).first { bytes[($0 - 4)..<$0].elementsEqual([13, 10, 13, 10]) }
    }

    private static func chunks(_ bytes: [UInt8], from start: Int) -> ([UInt8], Int)? {
        var body: [UInt8] = []
        var place = start
        while let line = bytes[place...].firstIndex(of: 13), line + 1 < bytes.count {
            guard let size = Int(String(decoding: bytes[place..<line], as: UTF8.self), radix: 16) else { return nil }
            let data = line + 2
            guard bytes.count >= data + size + 2 else { return nil }
            body += bytes[data..<(data + size)]
            place = data + size + 2
            if size == 0 { return (body, place) }
        }
        return nil
    }
}
