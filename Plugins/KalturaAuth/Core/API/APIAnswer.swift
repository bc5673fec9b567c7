import SluiceJSON

/// What an answer of the API says (SPEC §4, §6.1). Decided by the code alone: no error's text is ever kept.
public enum APIAnswer: Equatable, Sendable {
    case result(JSONValue)
    case error(APIError)
    /// Nothing that the API answers with; the words are ours.
    case broken(String)

    static let limits = JSONLimits(depth: 32, bytes: 1 << 20, values: 100_000)

    /// Reads an answer of either format. Never throws.
    public init(status: Int, headers: [(String, String)], body: [UInt8]) {
        guard status == 200 else {
            self = .broken("HTTP status \(status)")
            return
        }
        if let error = Self.header(headers) {
            self = .error(error)
            return
        }
        switch body.first(where: { $0 > 0x20 }) {
        case nil: self = .broken("an empty body")
        case UInt8(ascii: "<"): self = Self.xml(body)
        default: self = Self.json(body)
        }
    }

    /// What a file action fails with: `X-Kaltura: error- CODE`.
    private static func header(_ headers: [(String, String)]) -> APIError? {
        guard let text = headers.first(where: { $0.0 == "x-kaltura" })?.1, text.hasPrefix("error-") else { return nil }
        return APIError(code: String(text.dropFirst(6).drop { $0 == " " }))
    }

    private static func json(_ body: [UInt8]) -> APIAnswer {
        guard let value = try? JSONValue(parsing: String(decoding: body, as: UTF8.self), limits: limits) else {
            return .broken("a body that cannot be read")
        }
        guard value["objectType"]?.stringValue == "KalturaAPIException" else { return .result(value) }
        return error(value)
    }

    private static func xml(_ body: [UInt8]) -> APIAnswer {
        guard let root = XMLValue.read(body), root.name == "xml", let result = root.value["result"] else {
            return .broken("a body that cannot be read")
        }
        if let found = result["error"] { return error(found) }
        return .result(result)
    }

    private static func error(_ value: JSONValue) -> APIAnswer {
        guard let code = value["code"]?.stringValue else { return .broken("an error without code") }
        var number = value["args"]?["ERR_CODE"].flatMap(APIFields.integer)
        for item in value["args"]?.arrayValue ?? [] where item["name"]?.stringValue == "ERR_CODE" {
            number = item["value"].flatMap(APIFields.integer)
        }
        return .error(APIError(code: code, sessionNumber: number.flatMap { Int(exactly: $0) }))
    }
}

/// Members of an answer's object, read leniently: numbers may be texts and the reverse, `1` and `0` are booleans.
struct APIFields {
    let object: JSONValue

    func text(_ name: String) -> String? {
        guard let value = object[name] else { return nil }
        return value.stringValue ?? value.int64Value.map { String($0) }
    }

    func integer(_ name: String) -> Int64? { object[name].flatMap(Self.integer) }

    func small(_ name: String) -> Int32? { integer(name).map { Int32(clamping: $0) } }

    static func integer(_ value: JSONValue) -> Int64? {
        if let number = value.int64Value { return number }
        if let isTrue = value.boolValue { return isTrue ? 1 : 0 }
        if let number = value.doubleValue { return Int64(exactly: number.rounded(.towardZero)) }
        return value.stringValue.flatMap { Int64($0) }
    }
}
