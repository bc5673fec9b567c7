import CAV
import Synchronization

/// Which encoders this machine has: each is opened once, small, and asked for nothing else. What they answer is kept for the process' life.
public enum EncoderProbe {
    /// What came of it.
    public struct Result: Sendable {
        public let kind: EncoderKind
        /// Why it cannot be used; nil: it can.
        public let reason: String?
    }

    private static let known = Mutex<[EncoderKind: String?]>([:])

    /// Why an encoder cannot be used; nil: it opens.
    public static func reason(_ kind: EncoderKind) -> String? {
        if let known = known.withLock({ $0[kind] }) { return known }
        let reason = tried(kind)
        known.withLock { $0[kind] = .some(reason) }
        return reason
    }

    /// All of them, in the order of the list.
    public static var all: [Result] { EncoderKind.allCases.map { Result(kind: $0, reason: reason($0)) } }

    private static func tried(_ kind: EncoderKind) -> String? {
        guard avcodec_find_encoder_by_name(kind.rawValue) != nil else { return "\(kind.rawValue) is not in this libavcodec" }
        let rung = Rung(
            label: "probe", width: 320, height: 192, encoders: [kind.rawValue], bitrate: 500_000, preset: "ultrafast",
            zeroLatency: true)
        do {
            _ = try VideoEncoder(opening: kind, rung, timescale: 1000, rate: AVRational(num: 25, den: 1), threads: 1)
            return nil
        } catch {
            return "\(error)"
        }
    }
}
