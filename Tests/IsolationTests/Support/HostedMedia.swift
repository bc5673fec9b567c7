import CHostMedia
import CSluice
import Dispatch
import Foundation
import Synchronization

@testable import HostIsolation

/// Media interfaces in a process (Tests/Fixtures/BadPlugins/media.c, or a library as it ships), driven through the C tables on one lane, as the host does it.
final class HostedMedia: @unchecked Sendable {
    let lane = DispatchQueue(label: "lane")
    let hosted: HostedBad
    private let handles = Atomic<UInt64>(100)
    var host: FakeHost { hosted.host }
    var module: ProcessModule { hosted.module }

    /// One sink as the host knows it; its log is its handle plus 1000.
    final class Sink: @unchecked Sendable {
        let handle: UInt64
        var log: UInt64 { handle + 1000 }
        let media: HostedMedia
        var pointer: UnsafeMutableRawPointer?
        private var clock: Int64 = 0

        init(_ media: HostedMedia, handle: UInt64) {
            self.media = media
            self.handle = handle
        }

        var table: sluice_sink_interface? {
            let table: UnsafePointer<sluice_sink_interface>? = media.hosted.table(SLUICE_INTERFACE_SINK)
            return table?.pointee
        }

        func request<R>(_ name: String, _ body: (UnsafePointer<sluice_sink_open>) -> R) -> R {
            sluice_text.with(name) { name in
                var raw = sluice_sink_open()
                raw.struct_size = UInt32(MemoryLayout<sluice_sink_open>.size)
                (raw.sink, raw.stream, raw.log, raw.app, raw.name) = (handle, handle, log, name, name)
                return body(&raw)
            }
        }

        /// - Returns: status.
        @discardableResult
        func tracks(_ count: Int, flags: UInt32 = 0) -> Int32 {
            let configuration = [UInt8](repeating: 7, count: 300)
            return media.lane.sync {
                configuration.withUnsafeBufferPointer { configuration in
                    var list = [sluice_track](repeating: sluice_track(), count: count)
                    for index in list.indices {
                        list[index].id = UInt32(index)
                        list[index].kind = index == 0 ? SLUICE_TRACK_VIDEO : SLUICE_TRACK_AUDIO
                        list[index].timescale = 1000
                        list[index].configuration = sluice_bytes(data: configuration.baseAddress, size: 300)
                    }
                    let stride = UInt32(MemoryLayout<sluice_track>.stride)
                    return table?.tracks?(pointer, list, stride, UInt32(count), flags, nil) ?? SLUICE_E_UNSUPPORTED
                }
            }
        }

        /// Frames of track 0; those that begin with "K" are key frames.
        @discardableResult
        func frames(_ texts: [String]) -> Int32 { frames(texts.map { (Array($0.utf8), $0.hasPrefix("K")) }) }

        @discardableResult
        func frames(_ bodies: [([UInt8], Bool)]) -> Int32 {
            media.lane.sync {
                var list: [sluice_frame] = []
                for (body, isKey) in bodies {
                    guard let buffer = hostmedia_buffer_allocate(UInt64(body.count)) else { continue }
                    buffer.pointee.data.update(from: body, count: body.count)
                    var frame = sluice_frame()
                    frame.struct_size = UInt32(MemoryLayout<sluice_frame>.size)
                    clock += 1
                    (frame.pts, frame.dts, frame.arrival_ns) = (clock, clock, UInt64(clock))
                    frame.flags = isKey ? SLUICE_FRAME_KEY : 0
                    frame.data = sluice_bytes(data: buffer.pointee.data, size: UInt64(body.count))
                    frame.buffer = buffer
                    list.append(frame)
                }
                defer { for frame in list { hostmedia_buffer_release(frame.buffer) } }
                var error = sluice_error.make()
                let stride = UInt32(MemoryLayout<sluice_frame>.stride)
                return table?.frames?(pointer, list, stride, UInt32(list.count), &error) ?? SLUICE_E_UNSUPPORTED
            }
        }

        func publisher(_ state: UInt32) { media.lane.sync { table?.publisher?(pointer, state) } }
        func close() { media.lane.sync { sluice_text.with("over") { table?.close?(pointer, $0) } } }

        func respond(route: UInt32, _ parameter: (String, String)? = nil) -> UInt64? {
            let routes: UnsafePointer<sluice_routes_interface>? = media.hosted.table(SLUICE_INTERFACE_ROUTES)
            guard let routes else { return nil }
            let exchange = media.hosted.handle()
            let status = media.lane.sync {
                sluice_text.with(parameter?.0 ?? "") { key in
                    sluice_text.with(parameter?.1 ?? "") { value in
                        var pair = sluice_pair(key: key, value: value)
                        return withUnsafePointer(to: &pair) { pair in
                            var raw = sluice_request()
                            raw.struct_size = UInt32(MemoryLayout<sluice_request>.size)
                            (raw.route, raw.exchange, raw.parameters, raw.parameter_count) = (route, exchange, pair, 1)
                            return routes.pointee.handle?(media.hosted.instance, &raw, pointer, nil) ?? SLUICE_E_UNSUPPORTED
                        }
                    }
                }
            }
            return status == SLUICE_OK ? exchange : nil
        }

        var appended: [String] { media.host.told.withLock { $0.appended[log] ?? [] } }
        func eventually(_ text: String) -> Bool { IsolationTests.eventually { self.appended.contains(text) } }
    }

    convenience init(_ change: (inout ProcessSettings) -> Void = { _ in }) throws {
        try self.init(BadPlugin.library(source: "media.c"), change)
    }

    init(_ library: String, _ change: (inout ProcessSettings) -> Void = { _ in }) throws {
        let queue = lane
        hosted = try HostedBad(library) { settings in
            settings.carriesMedia = true
            settings.postToLane = { handle, work in
                guard handle != 0 else { return false }
                queue.async(execute: work)
                return true
            }
            change(&settings)
        }
    }

    /// What is posted is done before the host goes.
    deinit {
        hosted.end()
        hosted.module.stop()
        lane.sync {}
    }

    /// Opens a sink; nil when it was refused at once.
    func open(_ name: String = "one") -> Sink? {
        let sink = Sink(self, handle: handles.wrappingAdd(1, ordering: .relaxed).newValue)
        let status = lane.sync {
            sink.request(name) { sink.table?.open?(hosted.instance, $0, &sink.pointer, nil) ?? SLUICE_E_UNSUPPORTED }
        }
        return status == SLUICE_OK ? sink : nil
    }
}
