import Formats
import RTMPCore
import SluiceKit

/// Timed data of a publisher (onTextData, onCuePoint, …) as frames of one data track: AMF0 name and values.
/// `onMetaData` is not passed on: each output makes its own from the tracks.
enum RTMPDataTrack {
    static let id: UInt32 = 63
    static let codec = FourCC("amf0").rawValue

    static var track: Track { Track(id: id, kind: .data, codec: codec, timescale: 1000) }

    static func times(_ data: RTMPData) -> FrameTimes { FrameTimes(track: id, pts: data.time, dts: data.time) }

    static func payload(_ data: RTMPData) -> [UInt8]? {
        guard case .script = data.form, data.name != "onMetaData", !data.body.isEmpty else { return nil }
        return data.body
    }
}
