import KalturaCore
import SluiceJSON

/// One administrative request: an admin route's, or what a command turns into.
public struct AdminRequest: Sendable {
    /// `GET`, `POST`, `PATCH`, `DELETE`.
    public var method: String
    /// Below `/api/v1/plugins/kaltura`: `["entries", "0_ab12cd34"]`.
    public var path: [String]
    public var query: [(key: String, value: String)]
    public var body: [UInt8]

    public init(_ method: String, _ path: [String], query: [(key: String, value: String)] = [], body: [UInt8] = []) {
        self.method = method
        self.path = path
        self.query = query
        self.body = body
    }

    subscript(_ key: String) -> String? { query.last { $0.key == key }?.value }
}

/// The answer: an HTTP status and a JSON body.
public struct AdminResponse: Sendable {
    public var status: Int
    public var json: JSONValue

    public init(_ status: Int, _ json: JSONValue) {
        self.status = status
        self.json = json
    }

    static func problem(_ status: Int, _ message: String) -> AdminResponse {
        AdminResponse(
            status, ["error": ["status": .integer(Int64(status)), "message": .string(message)]])
    }
}
