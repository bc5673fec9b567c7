import CHostMedia
import CSluice
import Dispatch
import Foundation
import Synchronization
import Testing

@testable import HostIsolation

/// Transforms and sources in a process of their own, driven through the C tables on one lane, as the host does it.
@Suite struct StepTests {
    /// A fixture of Tests/Fixtures/Plugins in a process.
    final class Hosted: @unchecked Sendable {
        let lane = DispatchQueue(label: "lane")
        let hosted: HostedBad
        var host: FakeHost { hosted.host }

        init(_ source: String, sharing: ProcessSharing = .plugin) throws {
            let queue = lane
            hosted = try HostedBad(BadPlugin.library(source: "../Plugins/\(source).c")) { settings in
                settings.carriesMedia = true
                settings.sharing = sharing
                settings.hardMilliseconds = 500
                settings.postToLane = { _, work in
                    queue.async(execute: work)
                    return true
                }
            }
        }
    }

    /// One transform as a step has it, and what came out: output and decoding time.
    final class Transform: @unchecked Sendable {
        let media: Hosted
        let handle: UInt64
        private var pointer: UnsafeMutableRawPointer?
        private(set) var came: [String] = []
        private(set) var reason = ""
        private var clock: Int64 = 0

        private var table: sluice_transform_interface? {
            let table: UnsafePointer<sluice_transform_interface>? = media.hosted.table(SLUICE_INTERFACE_TRANSFORM)
            return table?.pointee
        }

        init(_ media: Hosted, _ handle: UInt64) {
            self.media = media
            self.handle = handle
        }

        func open(
            _ settings: String = "{}", players: [sluice_transform_player] = [], resumes: [sluice_transform_resume] = [],
            name: String = "name"
        ) -> Int32 {
            media.lane.sync {
                sluice_text.with(settings) { settings in
                    sluice_text.with(name) { name in
                        var raw = sluice_transform_open()
                        raw.struct_size = UInt32(MemoryLayout<sluice_transform_open>.size)
                        let list = UnsafeMutableBufferPointer<sluice_transform_player>.allocate(capacity: players.count)
                        defer { list.deallocate() }
                        _ = list.initialize(from: players)
                        raw.players = UnsafePointer(list.baseAddress)
                        raw.player_stride = UInt32(MemoryLayout<sluice_transform_player>.stride)
                        raw.player_count = UInt32(players.count)
                        let times = UnsafeMutableBufferPointer<sluice_transform_resume>.allocate(capacity: resumes.count)
                        defer { times.deallocate() }
                        _ = times.initialize(from: resumes)
                        raw.resumes = UnsafePointer(times.baseAddress)
                        raw.resume_stride = UInt32(MemoryLayout<sluice_transform_resume>.stride)
                        raw.resume_count = UInt32(resumes.count)
                        (raw.transform, raw.app, raw.name, raw.step, raw.settings_json) = (handle, name, name, name, settings)
                        return table?.open?(media.hosted.instance, &raw, &pointer, nil) ?? SLUICE_E_UNSUPPORTED
                    }
                }
            }
        }

        func negotiate() -> Int32 {
            media.lane.sync {
                var track = sluice_track()
                track.struct_size = UInt32(MemoryLayout<sluice_track>.size)
                (track.kind, track.timescale) = (SLUICE_TRACK_VIDEO, 1000)
                return table?.negotiate?(pointer, &track, UInt32(MemoryLayout<sluice_track>.stride), 1, 0, nil)
                    ?? SLUICE_E_INVALID
            }
        }

        /// Frames, of which each fifth is a key frame.
        func send(_ count: Int, size: UInt64 = 10) -> Int32 {
            media.lane.sync {
                var list: [sluice_frame] = []
                for _ in 0..<count {
                    guard let buffer = hostmedia_buffer_allocate(size) else { continue }
                    memset(buffer.pointee.data, 7, Int(size))
                    var frame = sluice_frame()
                    frame.struct_size = UInt32(MemoryLayout<sluice_frame>.size)
                    (frame.pts, frame.dts, frame.arrival_ns) = (clock, clock, UInt64(clock + 1))
                    frame.flags = clock % 5 == 0 ? SLUICE_FRAME_KEY : 0
                    frame.data = sluice_bytes(data: buffer.pointee.data, size: size)
                    frame.buffer = buffer
                    clock += 1
                    list.append(frame)
                }
                defer { for frame in list { hostmedia_buffer_release(frame.buffer) } }
                let stride = UInt32(MemoryLayout<sluice_frame>.stride)
                return table?.send?(pointer, list, stride, UInt32(list.count), nil) ?? SLUICE_E_INVALID
            }
        }

        /// Takes what there is; the status that ended it.
        func receive() -> Int32 {
            media.lane.sync {
                while true {
                    var error = sluice_error.make()
                    let status =
                        table?.receive?(
                            pointer,
                            { context, output, frames, _, count in
                                guard let context, let frames else { return }
                                let me = Unmanaged<Transform>.fromOpaque(context).takeUnretainedValue()
                                for index in 0..<Int(count) { me.came.append("\(output):\(frames[index].dts)") }
                            }, Unmanaged.passUnretained(self).toOpaque(), &error) ?? SLUICE_E_INVALID
                    if status < 0 { reason = error.reason(or: "") }
                    if status != SLUICE_OK { return status }
                }
            }
        }

        /// Until `receive` says this.
        func receive(until status: Int32) -> Bool { eventually { self.receive() == status } }

        func flush() -> Int32 { media.lane.sync { table?.flush?(pointer, nil) ?? SLUICE_E_INVALID } }
        func close() { media.lane.sync { sluice_text.with("over") { table?.close?(pointer, $0) } } }
    }

    @Test func framesGoInAndComeOutInOrder() throws {
        let media = try Hosted("thin")
        let transform = Transform(media, 7)
        #expect(transform.open("{\"delay\":2}") == SLUICE_OK && transform.negotiate() == SLUICE_OK)
        #expect(transform.send(6) == SLUICE_OK)
        #expect(eventually { transform.receive() == SLUICE_AGAIN && transform.came.count == 5 }, "\(transform.came)")
        #expect(transform.came == ["0:0", "1:0", "0:1", "0:2", "0:3"])
        #expect(media.host.told.withLock { $0.outputs[7] } == ["copy", "keys"])
        #expect(transform.flush() == SLUICE_OK && transform.receive(until: SLUICE_TRANSFORM_END))
        #expect(transform.came.suffix(3) == ["0:4", "0:5", "1:5"])
        #expect(transform.negotiate() == SLUICE_OK && transform.send(1) == SLUICE_OK)
        #expect(transform.flush() == SLUICE_OK && transform.receive(until: SLUICE_TRANSFORM_END))
        #expect(transform.came.last == "0:6" && transform.receive() == SLUICE_AGAIN)
        transform.close()
        #expect(media.hosted.module.figures.restarts == 0)
    }

    @Test func whatOutputsPlayGoesInAndPicturesAndReportsComeOut() throws {
        let media = try Hosted("thin")
        let transform = Transform(media, 7)
        var codecs: [UInt32] = [0x6176_6331, 0x6D70_3461]
        let status = codecs.withUnsafeMutableBufferPointer { codecs in
            sluice_text.with("hls") { hls in
                sluice_text.with("rtmp") { rtmp in
                    let size = UInt32(MemoryLayout<sluice_transform_player>.size)
                    let players = [
                        sluice_transform_player(struct_size: size, codec_count: 2, output: hls, codecs: codecs.baseAddress),
                        sluice_transform_player(struct_size: size, codec_count: 1, output: rtmp, codecs: codecs.baseAddress),
                    ]
                    return transform.open("{\"players\":1,\"still\":1}", players: players)
                }
            }
        }
        #expect(status == SLUICE_OK)
        #expect(eventually { media.host.told.withLock { $0.reports[7] } == "{\"hls\":\"avc1 mp4a \",\"rtmp\":\"avc1 \"}" })
        #expect(transform.negotiate() == SLUICE_OK)
        #expect(eventually { media.host.told.withLock { $0.stills[7] } == [0xFF, 0xD8, 0x78, 0xFF, 0xD9] })
        #expect(eventually { media.host.told.withLock { $0.reports[7] } == "{\"speed\":2}" })
        transform.close()
    }

    @Test func fromWhereItGoesOnGoesIn() throws {
        let media = try Hosted("thin")
        let transform = Transform(media, 7)
        let status = sluice_text.with("copy") { copy in
            let resumes = [(UInt32(3), Int64(-40)), (4, .max)].map { track, pts in
                sluice_transform_resume(
                    struct_size: UInt32(MemoryLayout<sluice_transform_resume>.size), track: track, timescale: 1000, reserved: 0,
                    pts: pts, label: copy)
            }
            return transform.open("{\"resumes\":1}", resumes: resumes)
        }
        #expect(status == SLUICE_OK)
        #expect(
            eventually { media.host.told.withLock { $0.reports[7] } == "{\"copy 3\":-40,\"copy 4\":9223372036854775807}" })
        transform.close()
    }

    @Test func manyLargeFramesAllComeOut() throws {
        let media = try Hosted("thin")
        let transform = Transform(media, 7)
        #expect(transform.open("{\"room\":3}") == SLUICE_OK && transform.negotiate() == SLUICE_OK)
        for _ in 0..<60 {
            #expect(
                eventually {
                    _ = transform.receive(); return transform.send(1, size: 400_000) == SLUICE_OK
                })
        }
        #expect(transform.flush() == SLUICE_OK && transform.receive(until: SLUICE_TRANSFORM_END))
        let copies = transform.came.filter { $0.hasPrefix("0:") }.compactMap { Int($0.dropFirst(2)) }
        // A batch that was not taken was made anew by this test: times have gaps, and never go back.
        #expect(copies.count == 60 && zip(copies, copies.dropFirst()).allSatisfy { $0 < $1 })
        transform.close()
    }

    @Test func oneThatTakesNothingIsNotGivenMore() throws {
        let media = try Hosted("thin")
        let transform = Transform(media, 7)
        // It keeps what it is given until the flush: 512 frames, and as many under way.
        #expect(transform.open("{\"delay\":512}") == SLUICE_OK && transform.negotiate() == SLUICE_OK)
        var sent = 0
        var refused = 0
        // It takes as fast as the machine lets it; only when there is enough of it is a pause its end.
        while refused < (sent < 512 ? 3000 : 20), sent < 3000 {
            if transform.send(10) == SLUICE_OK {
                (sent, refused) = (sent + 10, 0)
            } else {
                refused += 1
                usleep(20_000)
            }
        }
        #expect(sent >= 512 && sent <= 1100, "\(sent)")
        transform.close()
    }

    @Test func whatItRefusesIsItsFailure() throws {
        let media = try Hosted("thin")
        let (tracks, frames) = (Transform(media, 7), Transform(media, 8))
        #expect(tracks.open("{\"refuse\":1}") == SLUICE_OK && tracks.negotiate() == SLUICE_OK)
        #expect(tracks.receive(until: SLUICE_E_UNSUPPORTED) && tracks.reason == "not these tracks")
        #expect(frames.open("{\"fail_after\":3}") == SLUICE_OK && frames.negotiate() == SLUICE_OK)
        #expect(frames.send(5) == SLUICE_OK && frames.receive(until: SLUICE_E_FAILED) && frames.reason == "had enough")
        for one in [tracks, frames] { one.close() }
        #expect(media.hosted.module.figures.restarts == 0)
    }

    @Test func aDeathIsItsFailureAndAnotherCanBeOpened() throws {
        let media = try Hosted("thin")
        let (dies, stays) = (Transform(media, 7), Transform(media, 8))
        #expect(dies.open("{\"die_after\":3}") == SLUICE_OK && dies.negotiate() == SLUICE_OK)
        #expect(stays.open() == SLUICE_OK && stays.negotiate() == SLUICE_OK)
        #expect(stays.send(1) == SLUICE_OK && dies.send(5) == SLUICE_OK)
        for one in [dies, stays] {
            #expect(one.receive(until: SLUICE_E_BACKEND) && one.reason.contains("died"), "\(one.reason)")
            one.close()
        }
        let next = Transform(media, 9)
        #expect(eventually { next.open() == SLUICE_OK })
        #expect(next.negotiate() == SLUICE_OK && next.send(1) == SLUICE_OK && next.flush() == SLUICE_OK)
        #expect(next.receive(until: SLUICE_TRANSFORM_END) && next.came == ["0:0", "1:0"])
        next.close()
    }

    @Test func aSourceIsDrivenByTheHostsTimer() throws {
        let media = try Hosted("pattern")
        let table: UnsafePointer<sluice_source_interface> = try #require(media.hosted.table(SLUICE_INTERFACE_SOURCE))
        nonisolated(unsafe) var pointer: UnsafeMutableRawPointer?
        let interface = table.pointee
        func open(_ settings: String) -> Int32 {
            media.lane.sync {
                sluice_text.with(settings) { settings in
                    sluice_text.with("name") { name in
                        var raw = sluice_source_open()
                        raw.struct_size = UInt32(MemoryLayout<sluice_source_open>.size)
                        (raw.source, raw.stream, raw.now_ns) = (5, 6, 1_000_000_000)
                        (raw.app, raw.name, raw.settings_json) = (name, name, settings)
                        return interface.open?(media.hosted.instance, &raw, &pointer, nil) ?? SLUICE_E_UNSUPPORTED
                    }
                }
            }
        }
        func timer(_ now: UInt64) -> Int32 { media.lane.sync { interface.timer?(pointer, now, nil) ?? SLUICE_E_INVALID } }
        #expect(open("{\"last\":5}") == SLUICE_OK)
        #expect(eventually { media.host.told.withLock { $0.timers[5] == 1_000_000_000 && $0.tracks[6] == 1 } })
        #expect(timer(1_080_000_000) == SLUICE_OK)
        #expect(eventually { media.host.told.withLock { $0.pushed[6] == [0, 40, 80] && $0.timers[5] == 1_120_000_000 } })
        #expect(timer(1_500_000_000) == SLUICE_OK)
        #expect(eventually { media.host.told.withLock { $0.ended[5] == "that was all" && $0.pushed[6]?.count == 5 } })
        media.lane.sync { sluice_text.with("over") { interface.close?(pointer, $0) } }
        // One that fails asks for its timer at once, by which the host hears of it.
        #expect(open("{\"fail_after\":2}") == SLUICE_OK)
        #expect(timer(2_000_000_000) == SLUICE_OK)
        #expect(eventually { media.host.told.withLock { $0.timers[5] == 1 } })
        #expect(timer(2_000_000_001) == SLUICE_E_FAILED)
        media.lane.sync { sluice_text.with("over") { interface.close?(pointer, $0) } }
    }
}
