import KalturaCore
import SluiceJSON
import Synchronization
import Testing

@testable import KalturaCatalogue

@Suite struct AdminServiceTests {
    private func ask(_ admin: AdminService, _ method: String, _ path: String, _ body: String = "") -> AdminResponse {
        admin.handle(AdminRequest(method, path.split(separator: "/").map(String.init), body: Array(body.utf8)))
    }

    @Test func `collections can be filled, read, changed and emptied`() throws {
        let temporary = try TemporaryCatalogue(imported: false)
        let admin = temporary.admin
        #expect(ask(admin, "POST", "partners", "{\"id\":102,\"name\":\"x\"}").status == 201)
        let added = ask(
            admin, "POST", "entries",
            "{\"id\":\"0_ab12cd34\",\"partner\":102,\"token\":\"a1b2c3d4\",\"dvr\":true,\"dvr_minutes\":30}")
        #expect(added.status == 201)
        #expect(added.json["token"]?.stringValue == "a1…")
        #expect(added.json["dvr"] == .bool(true))
        #expect(ask(admin, "GET", "entries").json["entries"]?.arrayValue?.count == 1)
        let changed = ask(admin, "PATCH", "entries/0_ab12cd34", "{\"dvr_minutes\":null,\"record\":\"session\",\"valid_to\":5}")
        #expect(changed.json["dvr_minutes"] == .null)
        #expect(changed.json["record"]?.stringValue == "session")
        #expect(temporary.reason("0_ab12cd34", "a1b2c3d4") == .noPermission)
        #expect(ask(admin, "DELETE", "entries/0_ab12cd34").status == 200)
        #expect(ask(admin, "GET", "entries/0_ab12cd34").status == 404)
        #expect(ask(admin, "DELETE", "partners/102").status == 200)
    }

    @Test(arguments: [
        ("POST", "partners", "", 400), ("POST", "partners", "[]", 400), ("POST", "partners", "{}", 400),
        ("POST", "partners", "{\"id\":0}", 400), ("POST", "partners", "{\"id\":102}", 409),
        ("POST", "partners", "{\"id\":7,\"nme\":\"x\"}", 400),
        ("POST", "partners", "{\"id\":7,\"blocked\":1}", 400), ("POST", "partners", "{\"id\":7,\"max_passthrough\":-1}", 400),
        ("POST", "partners", "{\"id\":7,\"name\":\"a\\u0007b\"}", 400), ("PUT", "partners", "{}", 405),
        ("GET", "partners/9", "", 404),
        ("GET", "partners/x", "", 400), ("PATCH", "partners/102", "{\"id\":3}", 400), ("DELETE", "partners/102", "", 409),
        ("POST", "entries", "{\"id\":\"x\",\"partner\":102,\"token\":\"t\"}", 400),
        ("POST", "entries", "{\"id\":\"0_ab12cd34\",\"partner\":102}", 400),
        ("POST", "entries", "{\"id\":\"0_ab12cd34\",\"partner\":102,\"token\":\"\"}", 400),
        ("POST", "entries", "{\"id\":\"0_ab12cd34\",\"partner\":102,\"token\":5}", 400),
        ("POST", "entries", "{\"id\":\"0_ab12cd34\",\"partner\":\"102\",\"token\":\"t\"}", 400),
        ("PATCH", "entries/0_aaaaaaaa", "{\"partner\":999}", 404),
        ("PATCH", "entries/0_aaaaaaaa", "{\"token\":\"a\\u0000\"}", 400),
        ("POST", "entries/0_aaaaaaaa", "{}", 405), ("POST", "import", "{}", 400), ("GET", "nothing", "", 404),
        ("GET", "", "", 404),
        ("GET", "entries/0_aaaaaaaa/more", "", 404),
    ])
    func `a wrong request is refused and changes nothing`(method: String, path: String, body: String, status: Int) throws {
        let temporary = try TemporaryCatalogue()
        let changes = Mutex(0)
        let admin = AdminService(
            catalogue: { [catalogue = temporary.catalogue] in catalogue }, changed: { changes.withLock { $0 += 1 } })
        let answer = ask(admin, method, path, body)
        #expect(answer.status == status)
        #expect(answer.json["error"]?["message"]?.stringValue?.isEmpty == false)
        #expect(changes.withLock { $0 } == 0)
    }

    @Test func `a change is told, reading is not`() throws {
        let temporary = try TemporaryCatalogue()
        let changes = Mutex(0)
        let admin = AdminService(
            catalogue: { [catalogue = temporary.catalogue] in catalogue }, changed: { changes.withLock { $0 += 1 } })
        _ = ask(admin, "GET", "entries")
        _ = ask(admin, "GET", "rejections")
        #expect(changes.withLock { $0 } == 0)
        _ = ask(admin, "PATCH", "entries/0_aaaaaaaa", "{\"enabled\":false}")
        #expect(changes.withLock { $0 } == 1)
    }
}
