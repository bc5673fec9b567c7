import Formats
import FormatsKit
import Glibc
import KalturaCatalogue
import KalturaCore
import SluiceKit
import Synchronization

/// Ladders: from the back end's conversion profile, or from the catalogue's flavors (SPEC §8).
extension KalturaPlugin {
    /// The ladder of an admitted stream, as its attribute's text; nil: the entry names no profile, or the stream keeps what it has. Throws
    /// NO_PROFILE.
    func ladder(
        of admitted: PublishVerdict, app: String, _ rules: IngestRules, deadline: UInt64
    ) async throws(Refusal) -> String? {
        guard admitted.entry.conversionProfile > 0 else { return nil }
        let key = admitted.key
        if let known = profiles.withLock({ $0.current(key, now: backEnd.now) }) { return try known.get() }
        // One that is on air began before this generation of the plugin did.
        let found = stream(key, app: app)
        let isOnAir = found?.state == SLUICE_STREAM_LIVE
        let input = isOnAir ? ProfileInput(tracks(found)) : ProfileInput()
        return try await once(key) { [self] in
            await ask(key, admitted.entry, input, rules, isOnAir: isOnAir, end: deadline / 1_000_000)
        }.get()
    }

    /// Who asks for the same stream meanwhile waits for the answer of who asked first.
    private func once(
        _ key: StreamKey, _ question: @escaping @Sendable () async -> Result<String?, Refusal>
    ) async -> Result<String?, Refusal> {
        let task = profileQuestions.withLock { asked in
            if let asked = asked[key] { return asked }
            let task = Task {
                let answer = await question()
                profileQuestions.withLock { $0[key] = nil }
                return answer
            }
            asked[key] = task
            return task
        }
        return await task.value
    }

    private func stream(_ key: StreamKey, app: String) -> StreamInfo? {
        host.streams(app: app, name: key.name).first { $0.name == key.name && $0.state != SLUICE_STREAM_ENDED }
    }

    private func tracks(_ stream: StreamInfo?) -> [TrackDescription] { stream?.tracks.compactMap { TrackDescription($0) } ?? [] }

    /// What is known of a stream by now may make another ladder of the same profile. The host hears of it when it asks again.
    func followProfile(_ type: String, app: String, _ name: String) {
        guard let key = StreamKey(name: name) else { return }
        switch type {
        case "stream.live", "stream.back", "stream.tracks":
            guard profiles.withLock({ $0.live(key) }) else { return }
            Task { await settle(key, app: app) }
        case "stream.ended": profiles.withLock { $0.ended(key, now: backEnd.now) }
        default: break
        }
    }

    /// Asks for the profile of what the stream is, once its metadata had time to come (§8.1), and again while it changes.
    private func settle(_ key: StreamKey, app: String) async {
        while true {
            try? await Task.sleep(for: .seconds(2))
            let input = stream(key, app: app).map { ProfileInput(tracks($0)) }
            guard let entry = profiles.withLock({ $0.question(key, input) }), let input else { return }
            if case .failure(let refusal) = await ask(key, entry, input, rules, isOnAir: true, end: backEnd.now &+ 60_000) {
                host.log(.warning, "stream has no profile", ["stream": key.name, "reason": refusal.description])
            }
        }
    }

    /// Asks who knows profiles, and keeps what holds then.
    private func ask(
        _ key: StreamKey, _ entry: LiveEntry, _ input: ProfileInput, _ rules: IngestRules, isOnAir: Bool, end: UInt64
    ) async -> Result<String?, Refusal> {
        let configuration = rules.configuration
        let answer: ProfileAnswer
        if configuration.backend == .kaltura {
            let (now, limit) = (backEnd.now &+ Self.margin, configuration.api.timeoutMilliseconds)
            let call = APICall(
                profileOf: key, input, hostname: hostname,
                actingFor: configuration.address.ownPartner == nil ? entry.partner : nil)
            let outcome = await backEnd.call(call, milliseconds: min(limit, end > now ? end &- now : 0))
            answer = ProfileAnswer(outcome, source: key.source)
        } else {
            answer = await askCatalogue(key, entry, input)
        }
        switch answer {
        case .ladder(_, let problems) where !problems.isEmpty:
            let text = String(problems.joined(separator: "; ").prefix(500))
            host.log(.warning, "profile not wholly usable", ["stream": key.name, "problems": text])
        case .failed(let why): host.log(.warning, "profile cannot be had", ["stream": key.name, "reason": why])
        default: break
        }
        let fallback = configuration.fallback(for: key.source)?.ladder.fittedText()?.text
        return profiles.withLock {
            $0.took(answer, of: key, entry, input, fallback: fallback, isOnAir: isOnAir, now: backEnd.now)
        }
    }

    private func askCatalogue(_ key: StreamKey, _ entry: LiveEntry, _ input: ProfileInput) async -> ProfileAnswer {
        do {
            return try await host.worker { try self.catalogue().profile(of: entry, index: key.index, input: input) }
        } catch { return .failed("\(error)") }
    }

    // MARK: The next generation

    private var ladderFile: String { "\(host.dataFolder)/ladders.json" }

    /// Writes the good answers down when they have changed; off the control thread, one write at a time.
    func saveLadders() {
        guard ladderSaving.begin(profiles.withLock { $0.revision }) else { return }
        Task {
            try? await host.worker { self.writeLadders() }
            ladderSaving.end()
        }
    }

    /// [worker] or [control, at the end]
    func writeLadders() {
        let text = profiles.withLock { $0.text }
        do throws(CatalogueError) {
            try Self.replace(ladderFile, with: Array(text.utf8))
        } catch {
            host.log(.warning, "cannot note ladders", ["reason": error.description])
        }
    }

    /// [control] Takes over what an earlier generation wrote down.
    func recallLadders() {
        guard access(ladderFile, F_OK) == 0, case .success(let bytes) = Self.read(ladderFile) else { return }
        profiles.withLock { $0.restore(String(decoding: bytes, as: UTF8.self), now: backEnd.now) }
    }
}

/// Whether a file is being written, and of which revision it is.
final class SavingState: Sendable {
    private let state = Mutex((saved: UInt64(0), isSaving: false))

    /// True: write now, then `end`.
    func begin(_ revision: UInt64) -> Bool {
        state.withLock { state in
            guard !state.isSaving, state.saved != revision else { return false }
            state = (revision, true)
            return true
        }
    }

    func end() { state.withLock { $0.isSaving = false } }
}
