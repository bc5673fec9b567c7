// RTMPLogSink: writes one stream as records of one variant to its broadcast log.

import Formats
import FormatsKit
import RTMPCore
import SluiceKit

final class RTMPLogSink: Sink {
    private let log: BroadcastLog
    private let streamID: UInt32
    private var muxer: RTMPMuxer
    private var hasVideo = false
    private var scratch: [UInt8] = []
    /// New tracks' configurations go out before the next frame.
    private var owesConfigurations = false
    private var lastPrefix: Int64 = .min
    /// Kind and timescale by track id.
    private var clocks: [(kind: TrackKind, timescale: UInt32)?] = []

    init(log: BroadcastLog, variant: String) {
        self.log = log
        streamID = UInt32(variant) ?? RTMPMuxer.streamID
        muxer = RTMPMuxer(variant: variant == "legacy" ? .legacy : .enhanced)
    }

    func tracks(_ tracks: [Track], discontinuity: Bool) {
        let described = tracks.compactMap { TrackDescription($0) }
        owesConfigurations = !muxer.tracks.isEmpty
        muxer.setTracks(described.filter { $0.kind != .data })
        hasVideo = described.contains { $0.kind == .video }
        clocks = Array(repeating: nil, count: 64)  // the host's ids end at 63
        for track in described where track.id < 64 { clocks[Int(track.id)] = (track.kind, track.timescale) }
        lastPrefix = .min
    }

    func frames(_ frames: borrowing BorrowedFrames) throws {
        try frames.forEach { frame in
            let times = frame.times
            guard times.track < UInt32(clocks.count), let clock = clocks[Int(times.track)] else { return }
            try frame.withUnsafeBytes { try write(times, clock.kind, clock.timescale, isKey: frame.isKey, $0) }
        }
    }

    private func write(
        _ times: FrameTimes, _ kind: TrackKind, _ timescale: UInt32, isKey: Bool, _ payload: UnsafeRawBufferPointer
    ) throws {
        let milliseconds = RTMPTime.milliseconds(times.dts, timescale: timescale)
        scratch.removeAll(keepingCapacity: true)
        if owesConfigurations {
            owesConfigurations = false
            muxer.configurations(at: milliseconds, into: &scratch)
        }
        if kind == .data {
            guard let data = RTMPDataTrack.data(times, payload) else { return }
            muxer.data(data, into: &scratch)
            return try append(join: false, video: false)
        }
        let join = hasVideo ? kind == .video && isKey : true
        if join, hasVideo || milliseconds &- lastPrefix >= 1000 || lastPrefix == .min {
            lastPrefix = milliseconds
            log.setPrefix(targeted(muxer.prefix(at: milliseconds)))
        }
        muxer.frame(FrameTiming(times), payload: payload, into: &scratch)
        try append(join: join, video: kind == .video)
    }

    private func append(join: Bool, video: Bool) throws {
        guard !scratch.isEmpty else { return }
        if streamID != RTMPMuxer.streamID { RTMPRecord.retarget(&scratch, to: streamID) }
        do {
            try log.append(scratch, join: join, video: video)
        } catch  where error.code == SLUICE_E_LIMIT {
            // The log had no room for it: players go on at the next join point.
        }
    }

    private func targeted(_ bytes: [UInt8]) -> [UInt8] {
        guard streamID != RTMPMuxer.streamID else { return bytes }
        var bytes = bytes
        RTMPRecord.retarget(&bytes, to: streamID)
        return bytes
    }

    func close(reason: String) {}
}

/// Stream time in RTMP's milliseconds.
enum RTMPTime {
    static func milliseconds(_ ticks: Int64, timescale: UInt32) -> Int64 {
        guard timescale != 1000, timescale > 0 else { return ticks }
        let (seconds, rest) = ticks.quotientAndRemainder(dividingBy: Int64(timescale))
        return seconds &* 1000 &+ rest &* 1000 / Int64(timescale)
    }
}
