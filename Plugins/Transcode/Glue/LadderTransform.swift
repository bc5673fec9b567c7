import CAV
import Formats
import FormatsKit
import SluiceKit
import TranscodeCore

/// One stream's ladder. The host calls it on the stream's lane; the work is done on a worker, one piece of it at a time.
final class LadderTransform: Transform {
    private let outputs: TransformOutputs
    private let settings: LadderSettings
    private let worker: LadderWorker
    private var flushed = false

    init(_ request: TransformRequest, _ settings: LadderSettings) {
        outputs = request.outputs
        self.settings = settings
        worker = LadderWorker(host: request.host, outputs: request.outputs, settings: settings)
    }

    func negotiate(_ tracks: [Track], discontinuity: Bool) throws {
        guard let video = tracks.first(where: { $0.kind == .video }) else {
            throw PluginError("there is no video", code: SLUICE_E_UNSUPPORTED)
        }
        guard LadderWorker.codec(video) != nil else {
            throw PluginError("the transcoder does not decode \(FourCC(rawValue: video.codec))", code: SLUICE_E_UNSUPPORTED)
        }
        flushed = false
        do throws(LadderSettings.Refusal) {
            let rungs = try settings.rungs(width: Int(video.width), height: Int(video.height))
            worker.put(.begin(tracks, rungs))
        } catch {
            throw PluginError(error.description, code: SLUICE_E_UNSUPPORTED)
        }
    }

    func send(_ frames: borrowing BorrowedFrames) throws -> Bool { try worker.put(frames) }

    func receive(_ receiver: borrowing TransformReceiver) throws -> Received {
        switch worker.next() {
        case .none: return flushed && worker.isIdle ? .end : .nothing
        case .outputs(let named): try outputs.set(named)
        case .packet(let output, let times, let bytes):
            bytes.withUnsafeBytes { receiver.frame(output, times, $0) }
        case .kept(let count, let frame):
            for output in 0..<count { receiver.frame(output, frame.times, frame.bytes, buffer: frame.buffer) }
            worker.host.release(buffer: frame.buffer)
        case .failed(let reason): throw PluginError(reason)
        }
        return .more
    }

    func flush() throws {
        flushed = true
        worker.put(.end)
    }

    func close(reason: String) { worker.close() }
}
