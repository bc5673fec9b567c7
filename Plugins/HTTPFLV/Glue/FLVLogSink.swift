import Formats
import FormatsKit
import HTTPFLVCore
import SluiceKit

/// Writes one stream as FLV tags to its broadcast log.
final class FLVLogSink: Sink {
    private let log: BroadcastLog
    private var muxer: FLVLogMuxer
    private var hasTracks = false
    /// New tracks' configurations go into the log before the next frame.
    private var owesConfigurations = false

    init(log: BroadcastLog, framing: FLVFraming) {
        self.log = log
        muxer = FLVLogMuxer(framing: framing)
    }

    func tracks(_ tracks: [Track], discontinuity: Bool) {
        muxer.setTracks(tracks.compactMap { TrackDescription($0) })
        owesConfigurations = hasTracks
        hasTracks = true
    }

    func frames(_ frames: borrowing BorrowedFrames) throws {
        try frames.forEach { frame in
            let timing = FrameTiming(frame.times)
            let record = frame.withUnsafeBytes { muxer.append(timing, payload: $0) }
            guard let record else { return }
            if owesConfigurations {
                owesConfigurations = false
                try append(muxer.prefix(at: record.timestamp), join: false, video: false)
            }
            if record.isJoin { log.setPrefix(muxer.prefix(at: record.timestamp)) }
            try append(muxer.record, join: record.isJoin, video: record.isVideo)
        }
    }

    private func append(_ bytes: [UInt8], join: Bool, video: Bool) throws {
        do throws(PluginError) {
            try log.append(bytes, join: join, video: video)
        } catch {
            // Without room for it players go on at the next join point.
            guard error.code == SLUICE_E_LIMIT else { throw error }
        }
    }

    func close(reason: String) {}
}
