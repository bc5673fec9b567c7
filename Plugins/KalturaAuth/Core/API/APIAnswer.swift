import Formats
import SluiceJSON

/// What an answer of the API says (SPEC §4, §6.1). Decided by the code alone: no error's text is ever kept.
public enum APIAnswer: Equatable, Sendable {
    case result(JSONValue)
    case error(APIError)
    /// Nothing that the API answers with; the words are ours.
    case broken(String)

    static let limits = JSONLimits(depth: 32, bytes: 1 << 20, values: 100_000)

    /// Reads an answer of either format; where a file is expected, that is the result, as text. Never throws.
    public init(status: Int, headers: [(String, String)], body: [UInt8], expects: APICall.Expectation = .anything) {
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
        case UInt8(ascii: "<"): self = Self.xml(body, isFile: expects == .document)
        default: self = Self.json(body, isFile: expects == .document)
        }
    }

    /// What a file action fails with: `X-Kaltura: error- CODE`.
    private static func header(_ headers: [(String, String)]) -> APIError? {
        guard let text = headers.first(where: { $0.0 == "x-kaltura" })?.1, text.hasPrefix("error-") else { return nil }
        return APIError(code: String(text.dropFirst(6).drop { $0 == " " }))
    }

    private static func json(_ body: [UInt8], isFile: Bool) -> APIAnswer {
        guard let value = try? JSONValue(parsing: String(decoding: body, as: UTF8.self), limits: limits) else {
            return .broken("a body that cannot be read")
        }
        guard value["objectType"]?.stringValue == "KalturaAPIException" else {
            return isFile ? .broken("an answer that is no file") : .result(value)
        }
        return error(value)
    }

    /// A file is known by its root, which is not the API's.
    private static func xml(_ body: [UInt8], isFile: Bool) -> APIAnswer {
        guard let root = try? XMLElement(parsing: body, limits: xmlLimits) else { return .broken("a body that cannot be read") }
        if isFile, root.name == "Root" { return .result(.string(String(decoding: body, as: UTF8.self))) }
        guard root.name == "xml", let result = root["result"] else { return .broken("a body that cannot be read") }
        let value = JSONValue(result)
        if let found = value["error"] { return error(found) }
        return isFile ? .broken("an answer that is no file") : .result(value)
    }

    private static var xmlLimits: XMLLimits {
        var limits = XMLLimits()
        (limits.depth, limits.elements) = (32, 100_000)
        return limits
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

extension JSONValue {
    /// An answer's element as the value that the same answer in JSON has: elements with children are objects, those whose children are
    /// all `item` are arrays, all others texts.
    fileprivate init(_ element: XMLElement) {
        guard !element.children.isEmpty else {
            self = .string(element.text)
            return
        }
        if element.children.allSatisfy({ $0.name == "item" }) {
            self = .array(element.children.map { JSONValue($0) })
            return
        }
        var object = JSONObject()
        for child in element.children where object[child.name] == nil { object[child.name] = JSONValue(child) }
        self = .object(object)
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
