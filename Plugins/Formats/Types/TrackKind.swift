/// What a track carries.
public enum TrackKind: UInt32, Sendable {
    case video = 1
    case audio = 2
    case data = 3
}
