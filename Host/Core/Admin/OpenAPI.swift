import SluiceJSON

/// The admin API's description, `/api/v1/openapi.json`. A test holds it against the routes that are registered.
enum OpenAPI {
    /// Method, path, summary, status of the answer.
    static let operations: [(method: String, path: String, summary: String)] = [
        ("get", "/healthz", "Whether the process lives; needs no token."),
        ("get", "/readyz", "Whether it takes work; needs no token."),
        ("get", "/metrics", "Prometheus text."),
        ("get", "/api/v1/openapi.json", "This document."),
        ("post", "/api/v1/reload", "Reads configuration and certificate again; 422 with all errors when the file is bad."),
        ("get", "/api/v1/plugins", "All plugins with state and reason."),
        ("get", "/api/v1/plugins/{id}", "One plugin, with what keeps its generation alive."),
        ("post", "/api/v1/plugins/{id}/command", "Runs a command of the plugin: {\"argv\": [...]} gives exit, stdout, stderr."),
        ("post", "/api/v1/plugins/{id}/load", "Loads a plugin that does not serve."),
        ("post", "/api/v1/plugins/{id}/reload", "Puts a new generation in its place; ?wait=1 answers after its health window."),
        ("post", "/api/v1/plugins/{id}/restart", "The same without handover: its sessions end."),
        ("post", "/api/v1/plugins/{id}/disable", "Takes it out of service, over restarts, too."),
        ("post", "/api/v1/plugins/{id}/enable", "Takes disable back."),
        ("get", "/api/v1/apps", "All configured apps."),
        ("get", "/api/v1/apps/{app}", "One app."),
        ("get", "/api/v1/streams", "All streams on air or lingering."),
        ("get", "/api/v1/streams/{app}/{stream}", "One stream, with its outputs and how far their players lag."),
        ("delete", "/api/v1/streams/{app}/{stream}", "Ends its publisher's session."),
        (
            "patch", "/api/v1/streams/{app}/{stream}/attributes",
            "Sets attributes, takes away those with an empty value: {\"overlay.text\": \"…\"}; others stay."
        ),
        ("get", "/api/v1/sessions", "All protocol sessions."),
        ("get", "/api/v1/sessions/{id}", "One session."),
        ("delete", "/api/v1/sessions/{id}", "Ends it."),
        ("get", "/api/v1/events", "Server-sent events."),
    ]

    static var document: JSONObject {
        var paths = JSONObject()
        for operation in operations {
            var item = paths[operation.path]?.objectValue ?? JSONObject()
            item[operation.method] = .object(describe(operation.path, operation.summary, gives: answer(to: operation)))
            paths[operation.path] = .object(item)
        }
        return [
            "openapi": "3.1.0",
            "info": ["title": "Sluice admin API", "version": .string(Server.version), "license": ["name": "Apache-2.0"]],
            "components": ["securitySchemes": ["token": ["type": "http", "scheme": "bearer"]], "schemas": .object(schemas)],
            "security": [["token": []]],
            "paths": .object(paths),
        ]
    }

    /// The schema of an operation's answer, where there is one.
    private static func answer(to operation: (method: String, path: String, summary: String)) -> JSONObject? {
        let stream: JSONValue = ["$ref": "#/components/schemas/Stream"]
        switch (operation.method, operation.path) {
        case ("get", "/api/v1/streams/{app}/{stream}"): return ["$ref": "#/components/schemas/Stream"]
        case ("get", "/api/v1/streams"):
            return ["type": "object", "properties": ["streams": ["type": "array", "items": stream]]]
        default: return nil
        }
    }

    private static func describe(_ path: String, _ summary: String, gives schema: JSONObject?) -> JSONObject {
        var done: JSONObject = ["description": "Done."]
        if let schema { done["content"] = ["application/json": ["schema": .object(schema)]] }
        var operation: JSONObject = [
            "summary": .string(summary),
            "responses": [
                "200": .object(done), "401": ["description": "No valid token."],
                "404": ["description": "No such object."],
            ],
        ]
        let names = path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
        if !names.isEmpty {
            operation["parameters"] = .array(
                names.map { ["name": .string($0), "in": "path", "required": true, "schema": ["type": "string"]] })
        }
        if path.hasSuffix("z") { operation["security"] = [] }
        return operation
    }
}
