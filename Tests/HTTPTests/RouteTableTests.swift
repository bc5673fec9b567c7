import HostHTTP
import HostPaths
import NIOHTTP1
import Testing

@Suite struct RouteTableTests {
    private func route(_ owner: String, _ pattern: String, _ methods: [HTTPMethod] = [.GET]) throws -> Route {
        Route(owner: owner, pattern: try PathPattern(pattern), methods: methods) { _ in }
    }

    private func found(_ table: RouteTable, _ method: HTTPMethod, _ target: String) throws -> String? {
        guard case .found(let route, _) = table.match(method, try RequestPath(target)) else { return nil }
        return route.pattern.description
    }

    @Test func overlapOfTwoOwnersIsRefusedWithBothNames() throws {
        let table = RouteTable()
        try table.add([route("hls", "/{app}/{stream}/index.m3u8")])
        let error = try #require(throws: RouteError.self) {
            try table.add([route("other", "/{app}/x.ts"), route("other", "/live/{name}/index.m3u8")])
        }
        #expect(
            error.description == "route '/live/{name}/index.m3u8' of 'other' overlaps route '/{app}/{stream}/index.m3u8' of 'hls'"
        )
        #expect(table.routes.count == 1, "all or none")
    }

    @Test func literalBeatsParameterOfTheSameOwner() throws {
        let table = RouteTable()
        try table.add([
            route("hls", "/{app}/{stream}/{file}"), route("hls", "/{app}/{stream}/{file}.m4s"),
            route("hls", "/{app}/{stream}/index.m3u8"),
        ])
        #expect(try found(table, .GET, "/a/b/index.m3u8") == "/{app}/{stream}/index.m3u8")
        #expect(try found(table, .GET, "/a/b/1.m4s") == "/{app}/{stream}/{file}.m4s")
        #expect(try found(table, .GET, "/a/b/1.mp4") == "/{app}/{stream}/{file}")
    }

    @Test func methods() throws {
        let table = RouteTable()
        try table.add([route("a", "/x", [.GET]), route("a", "/x", [.POST, .DELETE])])
        #expect(throws: RouteError.duplicate(pattern: "/x", owner: "a", method: "POST")) {
            try table.add([route("a", "/x", [.POST])])
        }
        #expect(try found(table, .HEAD, "/x") == "/x")
        #expect(try found(table, .DELETE, "/x") == "/x")
        guard case .wrongMethod(let allowed, _, _) = table.match(.PUT, try RequestPath("/x")) else {
            Issue.record("not a wrong method")
            return
        }
        #expect(allowed == [.GET, .POST, .DELETE])
    }

    @Test func removeAndReplace() throws {
        let table = RouteTable()
        try table.add([route("a", "/x"), route("b", "/y")])
        try table.replace(owner: "a", with: [route("a", "/z")])
        #expect(try found(table, .GET, "/x") == nil)
        #expect(try found(table, .GET, "/z") == "/z")
        #expect(throws: RouteError.self) { try table.replace(owner: "a", with: [route("a", "/{any}")]) }
        #expect(try found(table, .GET, "/z") == "/z", "a refused replacement changes nothing")
        table.remove(owner: "a")
        #expect(try found(table, .GET, "/z") == nil)
        #expect(try found(table, .GET, "/y") == "/y")
    }

    @Test func missingSlash() throws {
        let table = RouteTable()
        try table.add([route("page", "/{app}/{stream}/")])
        guard case .missingSlash = table.match(.GET, try RequestPath("/a/b")) else {
            Issue.record("no hint")
            return
        }
        guard case .none = table.match(.POST, try RequestPath("/a/b")) else {
            Issue.record("a POST is not sent elsewhere")
            return
        }
    }
}
