import Formats

/// What pictures are encoded in.
public enum VideoCodec: String, Sendable, CaseIterable {
    case h264, hevc, av1

    /// As tracks name it.
    public var fourCC: FourCC {
        switch self {
        case .h264: .avc1
        case .hevc: .hvc1
        case .av1: .av01
        }
    }

    public init?(_ fourCC: FourCC) {
        guard let codec = Self.allCases.first(where: { $0.fourCC == fourCC }) else { return nil }
        self = codec
    }

    /// Its encoders in the order in which they are tried where nobody says otherwise.
    public func encoders(hardware: Bool = false) -> [String] {
        let kinds = EncoderKind.allCases.filter { $0.codec == self }
        return (hardware ? kinds.filter(\.isHardware) + kinds.filter { !$0.isHardware } : kinds.filter { !$0.isHardware })
            .map(\.rawValue)
    }
}
