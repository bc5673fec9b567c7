import Formats

/// One access unit on its way to the canonical form of its codec; stays where it is when it has that form already.
struct RTMPAccessUnit {
    var message: [UInt8]
    var payload: Range<Int>
    var flags: FrameFlags
    /// Parameter sets that were inside, for H.264 and HEVC.
    var parameterSets: [[UInt8]]?
    private let codec: FourCC

    init(frame: MediaFrame, message: [UInt8]) {
        self.message = message
        payload = frame.payload
        flags = frame.flags
        codec = frame.codec
    }

    /// Checks the framing and brings the payload into its canonical form; false when it is broken. Afterwards the
    /// payload is empty if nothing in it is a picture.
    mutating func normalize(lengthSize: Int) -> Bool {
        switch codec {
        case .avc1: (try? normalize(.h264, lengthSize)) != nil
        case .hvc1: (try? normalize(.hevc, lengthSize)) != nil
        case .av01: (try? normalizeAV1()) != nil
        default: true
        }
    }

    private mutating func normalize(_ format: NALFormat, _ lengthSize: Int) throws(BitstreamError) {
        let summary = try format.inspect(message.span.bytes.extracting(payload), lengthSize: lengthSize)
        if summary.hasParameterSets {
            parameterSets = try format.parameterSets(in: message.span.bytes.extracting(payload), lengthSize: lengthSize)
        }
        guard summary.hasPicture else {
            payload = 0..<0
            return
        }
        if summary.isKey { flags.insert(.key) }
        guard !summary.isCanonical else { return }
        replace(try format.canonical(message.span.bytes.extracting(payload), lengthSize: lengthSize))
    }

    /// Most encoders begin each temporal unit with a delimiter of two bytes, which is left out without a copy.
    private mutating func normalizeAV1() throws(BitstreamError) {
        if payload.count > 2, message[payload.lowerBound] == 0x12, message[payload.lowerBound + 1] == 0 {
            payload = (payload.lowerBound + 2)..<payload.upperBound
        }
        let summary = try AV1TemporalUnit.inspect(message.span.bytes.extracting(payload))
        guard summary.hasFrame else {
            payload = 0..<0
            return
        }
        if summary.isKey { flags.insert(.key) } else { flags.remove(.key) }
        guard !summary.isCanonical else { return }
        replace(try AV1TemporalUnit.canonical(message.span.bytes.extracting(payload)))
    }

    private mutating func replace(_ bytes: [UInt8]) {
        message = bytes
        payload = bytes.indices
    }

    /// The configuration that the parameter sets inside a frame make, for publishers that send none.
    static func record(from frame: MediaFrame, _ message: [UInt8]) -> [UInt8]? {
        let format: NALFormat = frame.codec == .avc1 ? .h264 : .hevc
        guard let sets = try? format.parameterSets(in: message.span.bytes.extracting(frame.payload)) else { return nil }
        if format == .h264 {
            guard let made = AVCConfiguration(parameterSets: sets), !made.pictureParameterSets.isEmpty else { return nil }
            return made.serialized
        }
        return HEVCConfiguration(parameterSets: sets)?.serialized
    }
}
