import KalturaCore
import SluiceJSON

extension AdminService {
    func listPartners(_ request: AdminRequest) throws(CatalogueError) -> AdminResponse {
        let limit = try Self.limit(request)
        let after = request["after"].flatMap { Int64($0) } ?? Int64.min
        return page("partners", try catalogue.partners(after: after, limit: limit + 1), limit)
    }

    func addPartner(_ request: AdminRequest) throws(CatalogueError) -> AdminResponse {
        let json = try Self.json(request)
        guard let id = json["id"]?.int64Value else { throw .invalid("the partner's \"id\" is missing") }
        return AdminResponse(201, try catalogue.addPartner(id, try Self.changes(json, Field.partner, others: ["id"])))
    }

    func onePartner(_ request: AdminRequest, _ id: Int64) throws(CatalogueError) -> AdminResponse {
        switch request.method {
        case "GET": return AdminResponse(200, try catalogue.partner(id))
        case "PATCH":
            let changes = try Self.changes(try Self.json(request), Field.partner, others: [])
            return AdminResponse(200, try catalogue.changePartner(id, changes))
        case "DELETE":
            try catalogue.removePartner(id, withEntries: request["with_entries"] == "true")
            return AdminResponse(200, ["removed": .integer(id)])
        default: return .problem(405, "\(request.method) is not possible here")
        }
    }

    func listEntries(_ request: AdminRequest) throws(CatalogueError) -> AdminResponse {
        let limit = try Self.limit(request)
        let partner = try request["partner"].map { (text) throws(CatalogueError) in try Self.partnerID(text) }
        let rows = try catalogue.entries(partner: partner, after: request["after"] ?? "", limit: limit + 1)
        return page("entries", rows, limit)
    }

    func addEntry(_ request: AdminRequest) throws(CatalogueError) -> AdminResponse {
        let json = try Self.json(request)
        guard let id = json["id"]?.stringValue else { throw .invalid("the entry's \"id\" is missing") }
        guard let partner = json["partner"]?.int64Value else { throw .invalid("the entry's \"partner\" is missing") }
        let (secret, generated) = try Self.secret(json)
        guard let secret else { throw .invalid("a token is missing: token, token_sha256 or generate_token") }
        let changes = try Self.changes(json, Field.entry, others: ["id", "partner"] + Self.secretMembers)
        let entry = try catalogue.addEntry(try Self.entryID(id), partner: partner, secret, changes)
        return AdminResponse(201, Self.with(entry, generated))
    }

    func oneEntry(_ request: AdminRequest, _ id: EntryID) throws(CatalogueError) -> AdminResponse {
        switch request.method {
        case "GET": return AdminResponse(200, try catalogue.entry(id))
        case "PATCH":
            let json = try Self.json(request)
            let (secret, generated) = try Self.secret(json)
            let changes = try Self.changes(json, Field.entry, others: ["partner"] + Self.secretMembers)
            let partner = json["partner"]
            guard partner == nil || partner?.int64Value != nil else { throw .invalid("partner must be a whole number") }
            return AdminResponse(
                200, Self.with(try catalogue.changeEntry(id, partner: partner?.int64Value, secret, changes), generated))
        case "DELETE":
            try catalogue.removeEntry(id)
            return AdminResponse(200, ["removed": .string(id.text)])
        default: return .problem(405, "\(request.method) is not possible here")
        }
    }

    private static let secretMembers = ["token", "token_sha256", "generate_token"]

    /// The token of a body, and its text when it was made here.
    private static func secret(_ json: JSONValue) throws(CatalogueError) -> (TokenSecret?, generated: String?) {
        let given = secretMembers.filter { json[$0] != nil && json[$0] != .bool(false) }
        guard given.count <= 1 else { throw .invalid("give one of \(given.joined(separator: ", "))") }
        switch given.first {
        case "token":
            guard let token = json["token"]?.stringValue else { throw .invalid("token must be text") }
            return (try TokenSecret(token: token), nil)
        case "token_sha256":
            guard let hash = json["token_sha256"]?.stringValue else { throw .invalid("token_sha256 must be text") }
            return (try TokenSecret(sha256: hash), nil)
        case "generate_token":
            guard json["generate_token"] == .bool(true) else { throw .invalid("generate_token must be true or false") }
            let token = TokenSecret.generate()
            return (try TokenSecret(token: token), token)
        default: return (nil, nil)
        }
    }

    private static func with(_ entry: JSONValue, _ generated: String?) -> JSONValue {
        var entry = entry
        if let generated { entry["generated_token"] = .string(generated) }
        return entry
    }

    private func page(_ name: String, _ rows: [JSONValue], _ limit: Int) -> AdminResponse {
        AdminResponse(200, [name: .array(Array(rows.prefix(limit))), "more": .bool(rows.count > limit)])
    }
}
