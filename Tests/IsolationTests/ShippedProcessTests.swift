import CSluice
import Foundation
import Testing

@testable import HostIsolation

/// Every plugin that ships, in a process of its own: what the conformance kit, which knows the headers only, cannot judge. It starts in
/// the whole sandbox, does its work across the border, comes back when it is killed, and ends cleanly.
@Suite struct ShippedProcessTests {
    struct Shipped: CustomTestStringConvertible, Sendable {
        var id: String
        var library: String
        var interfaces: Set<String>
        var testDescription: String { id }
        var carriesMedia: Bool { !ProcessModule.mediaInterfaces.isDisjoint(with: interfaces) }
    }

    /// What the manifests name and this build has made.
    static let shipped: [Shipped] = {
        let folder = BadPlugin.root.appendingPathComponent("plugins.d")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".toml") }.sorted().compactMap { name in
            guard let text = try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8) else { return nil }
            func words(_ key: String) -> [String] {
                let line = text.split(separator: "\n").first { $0.hasPrefix(key + " =") } ?? ""
                return line.split(separator: "\"", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
                    .map { String($0.element) }
            }
            guard let id = words("id").first, let library = words("library").first.flatMap({ try? BadPlugin.beside($0) })
            else { return nil }
            return Shipped(id: id, library: library, interfaces: Set(words("interfaces")))
        }
    }()

    /// Whether the kernel has all of the sandbox: then all of it is asked for.
    private static let hasAll = (try? HostedBad(BadPlugin.library()) { $0.requiresSandbox = true }) != nil

    private func start(_ plugin: Shipped) throws -> HostedBad {
        let lane = DispatchQueue(label: "lane")
        return try HostedBad(plugin.library) { settings in
            settings.requiresSandbox = Self.hasAll
            // A busy disk is not what this is about.
            settings.loadMilliseconds = 60_000
            settings.hardMilliseconds = 10_000
            settings.carriesMedia = plugin.carriesMedia
            settings.postToLane = { handle, work in
                guard handle != 0 else { return false }
                lane.async(execute: work)
                return true
            }
        }
    }

    /// Each interface that answers without a stream is asked once; what it says is said by the plugin, not by the border.
    private func useOnce(_ plugin: Shipped, _ hosted: HostedBad) throws {
        if plugin.interfaces.contains("sluice.auth/1") {
            let answer = try #require(hosted.decide("one"))
            #expect(answer.decision != SLUICE_VERDICT_FAILED, "\(answer)")
        }
        if plugin.interfaces.contains("sluice.command/1") {
            let reply = try #require(hosted.run("help"))
            #expect(reply.code == 0 && reply.output.contains("usage"), "\(reply)")
        }
        guard let routes: UnsafePointer<sluice_routes_interface> = hosted.table(SLUICE_INTERFACE_ROUTES) else { return }
        #expect(routes.pointee.route_count > 0)
        for route in 0..<routes.pointee.route_count {
            // Those of a running sink are asked where there is one: in Tests/EndToEnd.
            guard (routes.pointee.routes?[Int(route)].flags ?? 0) & SLUICE_ROUTE_SINK == 0 else { continue }
            let answer = hosted.request(route: route, body: [])
            #expect(answer.map { $0.status >= 200 && $0.status < 500 } ?? true, "route \(route): \(answer as Any)")
        }
    }

    @Test(arguments: shipped)
    func startsWorksComesBackAndEnds(_ plugin: Shipped) throws {
        let hosted = try start(plugin)
        let module = hosted.module.module.pointee
        #expect(module.id.copied == plugin.id)
        let offered = (0..<Int(module.interface_count)).compactMap { module.interfaces?[$0].map { String(cString: $0) } }
        #expect(Set(offered) == plugin.interfaces)
        #expect(hosted.module.figures.sandbox.hasPrefix("no_new_privs, capabilities, limits"), "\(hosted.module.figures.sandbox)")
        try useOnce(plugin, hosted)
        #expect(hosted.notices == [], "it died of it")

        let pid = hosted.module.figures.pid
        kill(pid, SIGKILL)
        #expect(hosted.waitUntilRunning(restarts: 1))
        #expect(hosted.module.figures.pid != pid && hosted.module.figures.lastDeath.contains("signal 9"))
        try useOnce(plugin, hosted)
        let last = hosted.module.figures.pid
        hosted.end()
        #expect(hosted.state == .ended && hosted.module.figures.restarts == 1)
        #expect(eventually { kill(last, 0) != 0 })
    }

    /// A broadcast as an encoder sent it: asked, published, described and pushed across the border.
    @Test func aProtocolBroadcasts() throws {
        guard let plugin = Self.shipped.first(where: { $0.id == "rtmp" }) else { return }
        let capture = BadPlugin.root.appendingPathComponent("Tests/Fixtures/Captures/rtmp-publish.bin")
        let bytes = [UInt8](try Data(contentsOf: capture))
        let hosted = try HostedProtocol(plugin.library)
        let peer = hosted.peer(1)
        for piece in stride(from: 0, to: bytes.count, by: 4000) {
            peer.send(Array(bytes[piece..<min(piece + 4000, bytes.count)]))
        }
        #expect(
            eventually { peer.state.published == 1 && peer.state.tracks > 0 && !peer.state.pushed.isEmpty },
            "\(peer.state.closed ?? "open"), sent \(peer.state.sent.count), asked \(peer.state.asked)")
        #expect(peer.state.asked > 0 && peer.state.sent.count > 3073)
        #expect(hosted.module.figures.restarts == 0)
        hosted.hosted.end()
        #expect(hosted.hosted.state == .ended)
    }

    /// A real track and a key frame become bytes in a log of the host's.
    @Test(arguments: shipped.filter { $0.id == "rtmp" || $0.id == "http-flv" })
    func aSinkWrites(_ plugin: Shipped) throws {
        let media = try HostedMedia(plugin.library) { $0.hardMilliseconds = 10_000 }
        let sink = try #require(media.open())
        let configuration: [UInt8] = [
            1, 0x64, 0, 0x1F, 0xFF, 0xE1, 0, 24, 0x67, 0x64, 0, 0x1F, 0xAC, 0xD9, 0x40, 0x50, 5, 0xBB, 1, 0x6C, 0x80, 0, 0, 3, 0,
            0x80, 0, 0, 0x1E, 7, 0x8C, 0x18, 0xCB, 1, 0, 6, 0x68, 0xEB, 0xE3, 0xCB, 0x22, 0xC0,
        ]
        let status = media.lane.sync {
            configuration.withUnsafeBufferPointer { bytes in
                var track = sluice_track()
                track.struct_size = UInt32(MemoryLayout<sluice_track>.size)
                (track.kind, track.codec, track.timescale) = (SLUICE_TRACK_VIDEO, 0x6176_6331, 1000)
                (track.width, track.height) = (1280, 720)
                track.configuration = sluice_bytes(data: bytes.baseAddress, size: UInt64(bytes.count))
                return sink.table?.tracks?(sink.pointer, &track, UInt32(MemoryLayout<sluice_track>.stride), 1, 0, nil)
            }
        }
        #expect(status == SLUICE_OK)
        let slice: [UInt8] = [0, 0, 0, 4, 0x65, 0x88, 0x84, 0]
        for _ in 0..<3 { #expect(sink.frames([(slice, true)]) == SLUICE_OK) }
        #expect(eventually { sink.appended.count >= 3 }, "\(sink.appended.count) records")
        #expect(media.host.told.withLock { $0.prefixes[sink.log] }?.isEmpty == false, "no prefix for who joins")
        sink.close()
        #expect(media.module.figures.restarts == 0)
    }
}
