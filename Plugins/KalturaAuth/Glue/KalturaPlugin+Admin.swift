import Glibc
import KalturaCatalogue
import KalturaCore
import SluiceJSON
import SluiceKit

extension KalturaPlugin: CommandRunner, RouteHandler {
    /// [worker] The operations of commands and routes.
    private var admin: AdminService {
        AdminService(
            catalogue: { [self] () throws(CatalogueError) in try catalogue() },
            store: { [self] (kind) throws(CatalogueError) in try store(kind) }, diagnostics: diagnostics,
            changed: { [self] in
                gate.forget()
                publishers { $0.askAgain() }
            })
    }

    func run(_ arguments: [String]) async throws -> CommandResult {
        let output = try await host.worker { self.admin.run(arguments, readFile: Self.read) }
        return CommandResult(
            exitCode: output.exitCode, standardOutput: output.standardOutput, standardError: output.standardError)
    }

    private static let base = "/api/v1/plugins/kaltura"
    /// The routes' methods and what they are below `base`; the manifest may give `diagnostics` a second place, at the listener's root.
    private static let table: [(methods: String, path: String)] = [
        ("GET POST", "partners"), ("GET PATCH DELETE", "partners/{id}"), ("GET POST", "entries"),
        ("GET PATCH DELETE", "entries/{id}"), ("POST", "import"), ("POST", "copy"), ("GET", "rejections"), ("GET", "live"),
        ("POST", "kill"), ("GET", "info"), ("GET", "diagnostics/info"), ("GET", "diagnostics/entries"),
        ("GET", "diagnostics/errors"), ("POST", "diagnostics/killConnection"),
    ]

    static let routes = table.map { Route(.admin, $0.methods, base + "/" + $0.path) }

    func handle(_ request: Request, sink: (any Sink)?) throws {
        guard Self.table.indices.contains(request.route) else { throw PluginError("no such route") }
        let names = Self.table[request.route].path.split(separator: "/").map {
            $0 == "{id}" ? request.parameter("id") : String($0)
        }
        let asked = AdminRequest(request.method, names, query: request.query, body: request.body)
        let exchange = request.exchange
        Task {
            do {
                let answer = try await host.worker { self.admin.handle(asked) }
                exchange.respond(Self.response(UInt32(answer.status), answer.json))
            } catch {
                exchange.respond(Self.response(503, ["error": ["status": 503, "message": .string("\(error)")]]))
            }
        }
    }

    private static func response(_ status: UInt32, _ json: JSONValue) -> Response {
        var response = Response.json(status, json.serialized())
        response.headers.append(("cache-control", "no-store"))
        return response
    }

    /// [worker] The content of a regular file; at most what an import may hold.
    static func read(_ path: String) -> Result<[UInt8], CatalogueError> {
        guard path.hasPrefix("/") else { return .failure(.invalid("give the file's absolute path: the server reads it")) }
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return .failure(.invalid("cannot read \(path): \(String(cString: strerror(errno)))")) }
        defer { close(file) }
        var info = stat()
        guard fstat(file, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
            return .failure(.invalid("\(path) is not a file"))
        }
        guard info.st_size <= AdminService.maximumBody else { return .failure(.invalid("\(path) is too large")) }
        var content = [UInt8](repeating: 0, count: Int(info.st_size))
        var filled = 0
        while filled < content.count {
            let count = content.withUnsafeMutableBytes { bytes in
                Glibc.read(file, bytes.baseAddress?.advanced(by: filled), bytes.count - filled)
            }
            guard count > 0 else { return .failure(.invalid("cannot read \(path)")) }
            filled += count
        }
        return .success(content)
    }
}
