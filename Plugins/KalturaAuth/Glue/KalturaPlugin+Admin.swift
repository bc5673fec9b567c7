import Glibc
import KalturaCatalogue
import KalturaCore
import SluiceJSON
import SluiceKit

extension KalturaPlugin: CommandRunner, RouteHandler {
    /// [worker] The operations of commands and routes.
    private func admin() throws(CatalogueError) -> AdminService {
        AdminService(
            catalogue: try catalogue(), store: { [self] (kind) throws(CatalogueError) in try store(kind) },
            rejections: { [gate] in gate.rejections }, changed: { [gate] in gate.forget() })
    }

    func run(_ arguments: [String]) async throws -> CommandResult {
        let output = try await host.worker { try self.admin().run(arguments, readFile: Self.read) }
        return CommandResult(
            exitCode: output.exitCode, standardOutput: output.standardOutput, standardError: output.standardError)
    }

    private static let base = "/api/v1/plugins/kaltura"

    static let routes = [
        Route(.admin, "GET POST", base + "/partners"), Route(.admin, "GET PATCH DELETE", base + "/partners/{id}"),
        Route(.admin, "GET POST", base + "/entries"), Route(.admin, "GET PATCH DELETE", base + "/entries/{id}"),
        Route(.admin, "POST", base + "/import"), Route(.admin, "POST", base + "/copy"),
        Route(.admin, "GET", base + "/rejections"),
    ]

    func handle(_ request: Request, sink: (any Sink)?) throws {
        let names = ["partners", "partners", "entries", "entries", "import", "copy", "rejections"]
        guard names.indices.contains(request.route) else { throw PluginError("no such route") }
        let id = request.parameter("id")
        let asked = AdminRequest(
            request.method, [names[request.route]] + (id.isEmpty ? [] : [id]), query: request.query, body: request.body)
        let exchange = request.exchange
        Task {
            do {
                let answer = try await host.worker { try self.admin().handle(asked) }
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
