// RTMPLogSink: brings one stream's frames to the core's muxer, and its records to the broadcast log.

import Formats
import FormatsKit
import RTMPCore
import SluiceKit

final class RTMPLogSink: Sink, Exportable {
    private let log: BroadcastLog
    private var muxer: RTMPLogMuxer

    init(log: BroadcastLog, muxer: RTMPLogMuxer) {
        self.log = log
        self.muxer = muxer
    }

    func tracks(_ tracks: [Track], discontinuity: Bool) {
        muxer.setTracks(tracks.compactMap { TrackDescription($0) })
    }

    func frames(_ frames: borrowing BorrowedFrames) throws {
        try frames.forEach { frame in
            let timing = FrameTiming(frame.times)
            guard let made = frame.withUnsafeBytes({ muxer.append(timing, payload: $0) }) else { return }
            if let prefix = made.prefix { log.setPrefix(prefix) }
            guard !muxer.record.isEmpty else { return }
            try append(made)
        }
    }

    private func append(_ made: RTMPLogRecord) throws(PluginError) {
        do throws(PluginError) {
            try log.append(muxer.record, join: made.isJoin, video: made.isVideo)
        } catch {
            // Without room for it players go on at the next join point.
            guard error.code == SLUICE_E_LIMIT else { throw error }
        }
    }

    func export() -> [UInt8]? {
        var blob = BlobWriter()
        muxer.write(to: &blob)
        return blob.bytes
    }

    func close(reason: String) {}
}
