import CAV
import Formats
import FormatsKit
import SluiceKit
import TranscodeCore

/// One stream's ladder. The host calls it on the stream's lane; the work is done on a worker, one piece of it at a time.
final class LadderTransform: Transform {
    private let outputs: TransformOutputs
    private let settings: LadderSettings
    private let stream: String
    /// What the app's outputs play.
    private let players: [OutputCodecs]
    private let worker: LadderWorker
    private var attributes: [String: String]
    /// How far the ladder before has come, which failed.
    private var resumes: [TransformRequest.Resume]
    private var video: Track?
    private var plan: LadderPlan?
    private var flushed = false

    init(_ request: TransformRequest, _ settings: LadderSettings, _ figures: LadderFigures) {
        outputs = request.outputs
        self.settings = settings
        stream = request.name
        players = request.players.map { OutputCodecs(id: $0.output, codecs: $0.codecs) }
        attributes = Dictionary(request.attributes.map { ($0.key, $0.value) }) { $1 }
        resumes = request.resumes
        worker = LadderWorker(request, settings, figures)
    }

    func negotiate(_ tracks: [Track], discontinuity: Bool) throws {
        flushed = false
        video = tracks.first { $0.kind == .video }
        plan = nil
        let hasRungs = video != nil && !settings.resolved(attributes, stream: stream).settings.rungs.isEmpty
        let choice = AudioChoice(settings.audio, LadderAudio.source(tracks), outputs: players, hasRungs: hasRungs)
        do {
            let plan = try pictures(video)
            self.plan = plan
            worker.put(.begin(tracks, plan, choice, from: from(plan)))
            resumes = []
        } catch {
            let isShown = video == nil && settings.slate != nil && LadderAudio.source(tracks) != nil
            guard choice.isBridged || isShown else { throw error }
            // The sound can be had without pictures of other sizes, or with a slate.
            worker.put(.begin(tracks, nil, choice, from: nil))
        }
    }

    /// The newest picture that the rungs of the ladder before have given.
    private func from(_ plan: LadderPlan) -> Int64? {
        guard let video else { return nil }
        return resumes.lazy.filter { one in
            one.track == video.id && one.timescale == video.timescale && plan.rungs.contains { $0.label == one.label }
        }.map(\.pts).max()
    }

    private func pictures(_ video: Track?) throws(PluginError) -> LadderPlan {
        guard let video else { throw PluginError("there is no video", code: SLUICE_E_UNSUPPORTED) }
        guard LadderWorker.codec(video) != nil else {
            throw PluginError("the transcoder does not decode \(FourCC(rawValue: video.codec))", code: SLUICE_E_UNSUPPORTED)
        }
        do throws(LadderSettings.Refusal) {
            return try LadderPlan(settings, attributes, stream: stream, video: video)
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
        case .kept(let outputs, let frame):
            for output in outputs { receiver.frame(output, frame.times, frame.bytes, buffer: frame.buffer) }
            worker.host.release(buffer: frame.buffer)
        case .failed(let reason): throw PluginError(reason)
        }
        return .more
    }

    func flush() throws {
        flushed = true
        worker.put(.end)
    }

    /// Other attributes: another ladder from the next key frame on, other filters from the next picture on, if they say so.
    func attributes(_ attributes: [(key: String, value: String)]) {
        self.attributes = Dictionary(attributes.map { ($0.key, $0.value) }) { $1 }
        guard let video, let before = plan else { return }
        do throws(LadderSettings.Refusal) {
            let next = try LadderPlan(settings, self.attributes, stream: stream, video: video)
            guard next != before else { return }
            plan = next
            worker.put(.change(next))
        } catch {
            worker.warn("the ladder stays as it is: \(error)")
        }
    }

    func close(reason: String) { worker.close() }
}
