import SluiceKit
import Synchronization
import Testing

/// SluiceKit from outside: only C goes in and comes out. One after the other, since a library has one plugin.
@Suite(.serialized) struct KitTests {
    private func error() -> sluice_error {
        var error = sluice_error()
        error.struct_size = UInt32(MemoryLayout<sluice_error>.size)
        return error
    }

    private func text(_ error: sluice_error) -> String {
        withUnsafeBytes(of: error.text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    private func module(major: UInt32 = 1) -> (module: UnsafePointer<sluice_module>?, error: sluice_error) {
        var hello = sluice_hello()
        hello.struct_size = UInt32(MemoryLayout<sluice_hello>.size)
        hello.abi_major = major
        var error = error()
        let module = SluiceModule.entry(SamplePlugin.self, &hello, &error)
        return (module, error)
    }

    /// An instance, configured with nothing.
    private func instance(
        _ services: [String] = [SLUICE_SERVICE_AUTH, SLUICE_SERVICE_COMMAND, SLUICE_SERVICE_BROADCAST, SLUICE_SERVICE_LOG]
    )
        throws -> (sluice_module, OpaquePointer)
    {
        let module = try #require(self.module().module).pointee
        var instance: OpaquePointer?
        var error = error()
        #expect(module.create(FakeHost.make(granting: services), &instance, &error) == SLUICE_OK)
        return (module, try #require(instance))
    }

    private func table<T>(_ module: sluice_module, _ instance: OpaquePointer, _ id: String, _: T.Type) throws -> T {
        try #require(module.get_interface(instance, id)).assumingMemoryBound(to: T.self).pointee
    }

    /// Waits for what a task of the plugin does.
    private func until(_ condition: () -> Bool) async -> Bool {
        for _ in 0..<12_000 {
            if condition() { return true }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return false
    }

    @Test func descriptorSaysWhatTheClassIs() throws {
        let module = try #require(self.module().module)
        #expect(module == self.module().module, "idempotent")
        let raw = module.pointee
        #expect(raw.struct_size == UInt32(MemoryLayout<sluice_module>.size) && raw.abi_major == 1 && raw.abi_minor == 0)
        #expect(raw.id.string == "sample" && raw.version.string == "1.2.3" && raw.description.string == "for tests")
        #expect(raw.config_schema.string == "{\"type\":\"object\"}" && raw.app_config_schema.string == "")
        let ids = (0..<Int(raw.interface_count)).compactMap { index in raw.interfaces?[index].map { String(cString: $0) } }
        #expect(Set(ids) == ["sluice.auth/1", "sluice.sink/1", "sluice.command/1", "sluice.selftest/1"])
        #expect(ids.count == 4)
    }

    @Test func anotherMajorIsRefusedWithTheReason() {
        let (module, error) = module(major: 2)
        #expect(module == nil)
        #expect(error.code == SLUICE_E_UNSUPPORTED && text(error) == "this plugin needs a host of ABI 1")
        #expect(SluiceModule.entry(SamplePlugin.self, nil, nil) == nil)
    }

    @Test func throwsBecomeStatusAndText() throws {
        let module = try #require(self.module().module).pointee
        SamplePlugin.refusesToLive.store(true, ordering: .relaxed)
        var none: OpaquePointer?
        var refused = error()
        #expect(module.create(FakeHost.make(granting: []), &none, &refused) == SLUICE_E_BACKEND)
        #expect(none == nil && text(refused) == "not today " && refused.code == SLUICE_E_BACKEND)
        SamplePlugin.refusesToLive.store(false, ordering: .relaxed)
        let (_, instance) = try instance()
        var bad = error()
        #expect(withText("{\"bad\":1}") { module.configure(instance, $0, &bad) } == SLUICE_E_INVALID)
        #expect(text(bad) == "bad is not good")
        #expect(withText("{}") { module.configure(instance, $0, nil) } == SLUICE_OK)
        #expect(FakeHost.record.withLock { $0.lines } == ["2 configured json={}"])
        var foreign = error()
        #expect(module.activate(instance, &foreign) == SLUICE_E_FAILED)
        #expect(text(foreign) == "something foreign")
        var long = error()
        let selfTest = try table(module, instance, SLUICE_INTERFACE_SELFTEST, sluice_selftest_interface.self)
        #expect(selfTest.run(instance, &long) == SLUICE_E_FAILED)
        #expect(withUnsafeBytes(of: long.text) { $0.last == 0 && $0.prefix { $0 != 0 }.count >= 478 })
        #expect(module.get_interface(instance, "sluice.routes/1") == nil)
        #expect(module.get_interface(instance, "sluice.auth/2") == nil)
        module.deactivate(instance)
        let before = SamplePlugin.alive.load(ordering: .relaxed)
        module.destroy(instance)
        #expect(SamplePlugin.alive.load(ordering: .relaxed) == before - 1)
    }

    @Test func authenticatorAnswersLater() async throws {
        let (module, instance) = try instance()
        let auth = try table(module, instance, SLUICE_INTERFACE_AUTH, sluice_auth_interface.self)
        for (handle, value) in [(UInt64(1), "full"), (2, "throw"), (3, "allow")] {
            let status = Self.withRequest(value) { auth.decide(instance, handle, $0) }
            #expect(status == SLUICE_OK)
        }
        #expect(await until { FakeHost.record.withLock { $0.verdicts.count } == 3 })
        let verdicts = Dictionary(FakeHost.record.withLock { $0.verdicts }.map { ($0.question, $0.verdict) }) { first, _ in first
        }
        let full = try #require(verdicts[1])
        #expect(full.size == UInt32(MemoryLayout<sluice_verdict>.size) && full.decision == SLUICE_VERDICT_DENY)
        #expect(
            full.texts == [
                "BAD_TOKEN", "ask for another", "live/x [\"bearer:secret\"]", "NetStream.Publish.BadName", "p", "other", "ctx",
            ])
        #expect(full.numbers == [410, UInt64(SLUICE_VERDICT_FLAG_LEGACY_PLAY_FAILED), 1, 2, UInt64(bitPattern: -3), 4, 5])
        #expect(full.attributes == ["group=g", "linger_s=180"])
        #expect(verdicts[2]?.decision == SLUICE_VERDICT_FAILED && verdicts[2]?.texts[2] == "something foreign")
        #expect(verdicts[3]?.decision == SLUICE_VERDICT_ALLOW && verdicts[3]?.attributes == [])
        #expect(auth.decide(instance, 4, nil) == SLUICE_E_INVALID)
        #expect(Self.withRequest("x", action: 99) { auth.decide(instance, 5, $0) } == SLUICE_E_INVALID)
        module.destroy(instance)
    }

    private static func withRequest(_ value: String, action: UInt32 = 2, _ body: (UnsafePointer<sluice_auth_request>) -> Int32)
        -> Int32
    {
        withText("live") { app in
            withText("x") { stream in
                withText("key") { key in
                    withText(value) { value in
                        withText("bearer") { bearer in
                            withText("secret") { secret in
                                var query = sluice_pair(key: key, value: value)
                                var credential = sluice_pair(key: bearer, value: secret)
                                return withUnsafePointer(to: &query) { query in
                                    withUnsafePointer(to: &credential) { credential in
                                        var request = sluice_auth_request()
                                        request.struct_size = UInt32(MemoryLayout<sluice_auth_request>.size)
                                        request.action = action
                                        request.app = app
                                        request.stream = stream
                                        request.query = query
                                        request.query_count = 1
                                        request.credentials = credential
                                        request.credential_count = 1
                                        return body(&request)
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    @Test func framesAreBorrowedAndAppended() throws {
        let (module, instance) = try instance()
        SampleSink.seen.withLock { $0 = [] }
        let table = try table(module, instance, SLUICE_INTERFACE_SINK, sluice_sink_interface.self)
        #expect(table.opens == SLUICE_SINK_OPENS_AT_SUBSCRIBER && table.format_count == 2)
        #expect(table.formats?[1].format.string == "raw" && table.formats?[1].variant.string == "ws")
        var request = sluice_sink_open()
        request.log = 77
        var sink: UnsafeMutableRawPointer?
        #expect(table.open(instance, &request, &sink, nil) == SLUICE_OK && sink != nil)
        let bytes: [UInt8] = [1, 2, 3, 4]
        bytes.withUnsafeBufferPointer { bytes in
            var track = sluice_track()
            track.kind = SLUICE_TRACK_VIDEO
            track.configuration = sluice_bytes(data: bytes.baseAddress, size: 2)
            #expect(
                table.tracks(sink, &track, UInt32(MemoryLayout<sluice_track>.stride), 1, SLUICE_TRACKS_DISCONTINUITY, nil)
                    == SLUICE_OK)
            // A later revision's frames are larger: the stride counts.
            let stride = MemoryLayout<sluice_frame>.stride + 16
            let batch = UnsafeMutableRawPointer.allocate(byteCount: stride * 2, alignment: 16)
            defer { batch.deallocate() }
            for index in 0..<2 {
                var frame = sluice_frame()
                frame.pts = Int64(index * 40)
                frame.flags = index == 0 ? SLUICE_FRAME_KEY : 0
                frame.data = sluice_bytes(data: bytes.baseAddress, size: UInt64(3 + index))
                batch.storeBytes(of: frame, toByteOffset: index * stride, as: sluice_frame.self)
            }
            let frames = UnsafePointer(batch.assumingMemoryBound(to: sluice_frame.self))
            #expect(table.frames(sink, frames, UInt32(stride), 2, nil) == SLUICE_OK)
            #expect(table.frames(sink, nil, UInt32(stride), 0, nil) == SLUICE_OK)
            var devil = sluice_frame()
            devil.pts = 666
            var error = error()
            #expect(table.frames(sink, &devil, UInt32(stride), 1, &error) == SLUICE_E_INVALID)
            #expect(text(error) == "devilish")
        }
        table.publisher(sink, SLUICE_SINK_PUBLISHER_LOST)
        withText("over") { table.close(sink, $0) }
        #expect(
            SampleSink.seen.withLock { $0 } == [
                "tracks [\"0/[1, 2]/\"] true", "frame 0 0 true 6", "frame 0 40 false 10", "frame 0 666 false 0", "lost true",
                "close over",
            ])
        #expect(SampleSink.alive.load(ordering: .relaxed) == 0)
        let records = FakeHost.record.withLock { $0.records }
        #expect(records.map(\.first) == [[1, 2, 3], [1, 2, 3, 4]])
        #expect(records.map(\.flags) == [SLUICE_RECORD_JOIN | SLUICE_RECORD_VIDEO, SLUICE_RECORD_VIDEO])
        withText("refused") { name in
            request.name = name
            var error = error()
            #expect(table.open(instance, &request, &sink, &error) == SLUICE_E_LIMIT && text(error) == "no place")
        }
        module.destroy(instance)
    }

    @Test func whatIsNotGrantedThrowsOrDoesNothing() throws {
        let (module, instance) = try instance([])
        #expect(withText("{}") { module.configure(instance, $0, nil) } == SLUICE_OK)
        let table = try table(module, instance, SLUICE_INTERFACE_SINK, sluice_sink_interface.self)
        var request = sluice_sink_open()
        var sink: UnsafeMutableRawPointer?
        #expect(table.open(instance, &request, &sink, nil) == SLUICE_OK)
        var frame = sluice_frame()
        var error = error()
        #expect(table.frames(sink, &frame, UInt32(MemoryLayout<sluice_frame>.stride), 1, &error) == SLUICE_E_DENIED)
        #expect(text(error) == "the broadcast service is not granted")
        withText("") { table.close(sink, $0) }
        #expect(
            FakeHost.record.withLock { $0.asked.contains(SLUICE_SERVICE_BROADCAST) && $0.records.isEmpty && $0.lines.isEmpty })
        let commands = try self.table(module, instance, SLUICE_INTERFACE_COMMAND, sluice_command_interface.self)
        #expect(commands.run(instance, 1, nil, 0, nil) == SLUICE_OK || FakeHost.record.withLock { $0.replies.isEmpty })
        module.destroy(instance)
    }

    @Test func commandsReply() async throws {
        let (module, instance) = try instance()
        let table = try table(module, instance, SLUICE_INTERFACE_COMMAND, sluice_command_interface.self)
        let status = withText("a") { a in
            withText("b") { b in
                let list = [a, b]
                return list.withUnsafeBufferPointer { table.run(instance, 9, $0.baseAddress, 2, nil) }
            }
        }
        #expect(status == SLUICE_OK)
        #expect(table.run(instance, 10, nil, 0, nil) == SLUICE_OK)
        #expect(await until { FakeHost.record.withLock { $0.replies.count } == 2 })
        let replies = FakeHost.record.withLock { $0.replies }.sorted { $0.call < $1.call }
        #expect(replies[0].code == 2 && replies[0].out == "a+b" && replies[0].err == "e")
        #expect(replies[1].code == 1 && replies[1].err == "usage: sample WORD\n")
        module.destroy(instance)
    }
}
