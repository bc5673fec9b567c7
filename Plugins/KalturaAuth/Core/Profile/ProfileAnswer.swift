import Formats

/// What became of a question for a stream's profile.
public enum ProfileAnswer: Hashable, Sendable {
    /// The ladder as the attribute's text, and what was left out of it.
    case ladder(String, problems: [String])
    /// No rendition takes this input, or the back end refuses the stream for another reason of its own.
    case refused(Refusal)
    /// There was no usable answer: the words are for the log.
    case failed(String)

    /// A profile that was read, or was not.
    public init(_ profile: Result<TranscodingProfile, ProfileError>) {
        switch profile {
        case .success(let profile):
            guard let fitted = profile.ladder.fittedText() else {
                self = .failed("no rendition fits into an attribute")
                return
            }
            let left = fitted.leftOut > 0 ? ["the last \(fitted.leftOut) renditions are too many"] : []
            self = .ladder(fitted.text, problems: profile.problems + left)
        case .failure(let error):
            self = error.isDecision ? .refused(Refusal(.noProfile, detail: "\(error)")) : .failed("\(error)")
        }
    }

    /// The answer of `serve` for the input `source` (`ENTRY_INDEX`).
    public init(_ outcome: APIConversation.Outcome, source: String) {
        switch outcome {
        case .success(let value):
            let bytes = Array((value.stringValue ?? "").utf8)
            self.init(Result { () throws(ProfileError) in try TranscodingProfile(xml: bytes, source: source) })
        case .failure(.error(let error)) where error.reason != .backendDown:
            self = .refused(Refusal(error.reason, detail: error.code))
        case .failure(let failure): self = .failed(failure.description)
        }
    }
}

extension APICall {
    /// The question for an input's profile (SPEC §8.1).
    public init(profileOf key: StreamKey, _ input: ProfileInput, hostname: String, actingFor: Int32?) {
        self.init(
            "wowza_liveConversionProfile", "serve", ["streamName": key.source, "hostname": hostname], actingFor: actingFor,
            expects: .document)
        let extra = input.extraParameters
        if !extra.isEmpty { parameters.append(Parameter(name: "extraParams", value: extra)) }
    }
}

extension StreamKey {
    /// What the encoder calls it, primary or backup: `ENTRY_N`.
    public var source: String { "\(entry)_\(index)" }
}

extension Configuration {
    /// The profile of a stream whose own one cannot be had; nil: there is none.
    public func fallback(for source: String) -> TranscodingProfile? {
        switch fallbackProfile {
        case "": return nil
        case "passthrough":
            let rendition = LadderRendition(name: "source", streamName: source, video: .passThrough, audio: .passThrough)
            return TranscodingProfile(ladder: Ladder(renditions: [rendition]), problems: [])
        default: return try? TranscodingProfile(xml: Array(fallbackProfile.utf8), source: source)
        }
    }

    /// What is wrong with `fallbackProfile`; nil: nothing.
    var fallbackProblem: String? {
        guard !["", "passthrough"].contains(fallbackProfile) else { return nil }
        do {
            _ = try TranscodingProfile(xml: Array(fallbackProfile.utf8), source: "0_00000000_1")
            return nil
        } catch { return "neither passthrough nor a transcoding profile: \(error)" }
    }
}
