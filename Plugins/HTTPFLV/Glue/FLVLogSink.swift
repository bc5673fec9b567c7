import Formats
import FormatsKit
import HTTPFLVCore
import SluiceKit

/// Brings one stream's frames to the core's muxer, and its records to the broadcast log.
final class FLVLogSink: Sink, Exportable {
    private let log: BroadcastLog
    private var muxer: FLVLogMuxer

    init(log: BroadcastLog, muxer: FLVLogMuxer) {
        self.log = log
        self.muxer = muxer
    }

    func tracks(_ tracks: [Track], discontinuity: Bool) {
        muxer.setTracks(tracks.compactMap { TrackDescription($0) })
    }

    func frames(_ frames: borrowing BorrowedFrames) throws {
        try frames.forEach { frame in
            let timing = FrameTiming(frame.times)
            let record = frame.withUnsafeBytes { muxer.append(timing, payload: $0) }
            guard let record else { return }
            if let owed = muxer.takeOwed(at: record.timestamp) { try append(owed, join: false, video: false) }
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

    func export() -> [UInt8]? {
        var blob = BlobWriter()
        muxer.write(to: &blob)
        return blob.bytes
    }

    func close(reason: String) {}
}
