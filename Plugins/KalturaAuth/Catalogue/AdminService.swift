import KalturaCore
import SluiceJSON

/// Administration of the catalogue: the operations behind the admin routes and the commands.
///
/// Owns the shapes of requests and answers. Calls may block, so they belong on a worker. No answer contains a token, except the one
/// that was just generated, once.
public struct AdminService: Sendable {
    private let open: @Sendable () throws(CatalogueError) -> any CatalogueStore
    /// Opens the store of that kind, to copy from or to.
    let store: @Sendable (Configuration.Backend) throws(CatalogueError) -> any CatalogueStore
    let diagnostics: Diagnostics
    let changed: @Sendable () -> Void

    /// Most bytes of a request's body.
    public static let maximumBody = 16 << 20
    /// A body's bounds; the shortest entry of an import takes about 36 bytes and three values.
    static let limits = JSONLimits(depth: 32, bytes: maximumBody, values: maximumBody / 8)
    /// Most rows of a listing, and how many without a wish.
    static let maximumRows = 1000

    /// `diagnostics` asks the running server; `changed` is called after each change, to forget remembered decisions.
    /// The catalogue is opened by what needs it.
    public init(
        catalogue: @escaping @Sendable () throws(CatalogueError) -> any CatalogueStore,
        store: @escaping @Sendable (Configuration.Backend) throws(CatalogueError) -> any CatalogueStore = {
            (kind) throws(CatalogueError) in throw .invalid("\(kind.rawValue) is not configured")
        },
        diagnostics: Diagnostics = Diagnostics(),
        changed: @escaping @Sendable () -> Void = {}
    ) {
        open = catalogue
        self.store = store
        self.diagnostics = diagnostics
        self.changed = changed
    }

    var catalogue: any CatalogueStore { get throws(CatalogueError) { try open() } }

    /// Answers a request: `partners`, `partners/ID`, `entries`, `entries/ID`, `import`, `copy`; `live`, `kill`,
    /// `rejections`, `info`, and `diagnostics/…` by the reference's names.
    public func handle(_ request: AdminRequest) -> AdminResponse {
        do throws(CatalogueError) {
            let response = try answer(request)
            let isCatalogues = !["kill", "diagnostics"].contains(request.path.first)
            if request.method != "GET", isCatalogues, response.status < 300 { changed() }
            return response
        } catch {
            return .problem(error.httpStatus, error.description)
        }
    }

    private func answer(_ request: AdminRequest) throws(CatalogueError) -> AdminResponse {
        guard request.body.count <= Self.maximumBody else { return .problem(413, "the body is too large") }
        switch (request.method, request.path.first, request.path.count) {
        case ("GET", "partners", 1): return try listPartners(request)
        case ("POST", "partners", 1): return try addPartner(request)
        case (_, "partners", 2): return try onePartner(request, try Self.partnerID(request.path[1]))
        case ("GET", "entries", 1): return try listEntries(request)
        case ("POST", "entries", 1): return try addEntry(request)
        case (_, "entries", 2): return try oneEntry(request, try Self.entryID(request.path[1]))
        case ("POST", "import", 1): return AdminResponse(200, try catalogue.importJSON(try Self.json(request)))
        case ("POST", "copy", 1): return AdminResponse(200, try copy(try Self.json(request)))
        case ("GET", "live", 1): return AdminResponse(200, liveList)
        case ("POST", "kill", 1): return AdminResponse(200, try kill(try Self.json(request)))
        case ("GET", "rejections", 1): return AdminResponse(200, rejectionList)
        case ("GET", "info", 1): return AdminResponse(200, info)
        case (_, "diagnostics", 2): return reference(request)
        case (_, "partners", 1), (_, "entries", 1), (_, "import", 1), (_, "copy", 1), (_, "rejections", 1), (_, "live", 1),
            (_, "kill", 1), (_, "info", 1):
            return .problem(405, "\(request.method) is not possible here")
        default:
            return .problem(
                404, "there is no such collection; known: partners, entries, import, copy, live, kill, rejections, info")
        }
    }

    /// Takes all of one store into the other: `{"from": "sqlite", "to": "mongodb"}`.
    private func copy(_ json: JSONValue) throws(CatalogueError) -> JSONValue {
        func kind(_ member: String) throws(CatalogueError) -> Configuration.Backend {
            guard let kind = json[member]?.stringValue.flatMap(Configuration.Backend.init(rawValue:)) else {
                throw .invalid(
                    "\(member) must be one of \(Configuration.Backend.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return kind
        }
        let (from, to) = (try kind("from"), try kind("to"))
        guard from != to else { throw .invalid("from and to are the same") }
        return try store(to).copy(from: store(from))
    }

    static func partnerID(_ text: String) throws(CatalogueError) -> Int64 {
        guard let id = Int32(text), id > 0 else { throw .invalid("\"\(shown(text))\" is no partner id: a positive whole number") }
        return Int64(id)
    }

    static func entryID(_ text: String) throws(CatalogueError) -> EntryID {
        guard let id = EntryID(text) else {
            throw .invalid("\"\(shown(text))\" is no entry id: digits, an underscore and eight letters or digits, as 0_ab12cd34")
        }
        return id
    }

    /// A wrong value in an error's text: its beginning, so that a token in the wrong place stays hidden.
    private static func shown(_ text: String) -> String { text.utf8.count <= 3 ? text : Token.mask(text) }

    static func json(_ request: AdminRequest) throws(CatalogueError) -> JSONValue {
        let json: JSONValue
        do { json = try JSONValue(parsing: request.body, limits: limits) } catch { throw .invalid(error.description) }
        guard case .object = json else { throw .invalid("the body must be a JSON object") }
        return json
    }

    static func limit(_ request: AdminRequest) throws(CatalogueError) -> Int {
        guard let text = request["limit"] else { return maximumRows }
        guard let limit = Int(text), (1...maximumRows).contains(limit) else {
            throw .invalid("limit must be within 1…\(maximumRows)")
        }
        return limit
    }

    /// The values of a body's members; a member that is neither a field nor in `others` is refused.
    static func changes(_ json: JSONValue, _ fields: [Field], others: [String]) throws(CatalogueError) -> [Change] {
        var changes: [Change] = []
        for (key, value) in json.objectValue ?? [:] where !others.contains(key) {
            guard let field = fields.first(where: { $0.name == key }) else {
                let close = Suggestion.closest(to: key, among: fields.map(\.name) + others)
                throw .invalid("unknown member \"\(key.prefix(64))\"" + (close.map { "; did you mean \"\($0)\"?" } ?? ""))
            }
            changes.append(Change(field.column, try field.value(value)))
        }
        return changes
    }
}
