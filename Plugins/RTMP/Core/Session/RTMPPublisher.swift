import Formats

/// What one publisher sends: its tracks and its time. Turns its audio, video and data messages into actions.
///
/// Owns no payload: a frame names its place in the message it came in, and is copied only where its form is not the
/// canonical one. Whatever cannot be read is dropped and counted; only a flood of configurations is an error.
struct RTMPPublisher: Sendable {
    /// When media that could be used came last, for the silence limit.
    var lastMedia: UInt64

    let stream: UInt32
    let limits: RTMPLimits
    var tracks: [RTMPPublishedTrack] = []
    var statistics = RTMPStatistics()
    var timeline = RTMPTimeline()
    var metadata = StreamMetadata()
    var changes: RTMPBucket
    /// Set when `tracks` differ from what was last told.
    var tracksChanged = false
    private var items: [MediaItem] = []

    init(stream: UInt32, limits: RTMPLimits, now: UInt64) {
        self.stream = stream
        self.limits = limits
        lastMedia = now
        changes = RTMPBucket(burst: limits.configurationBurst, perSecond: 1, now: now)
    }

    /// Takes one message of type 8, 9, 15, 18 or 22 and appends what it means.
    mutating func take(_ message: RTMPMessage, at now: UInt64, into actions: inout [RTMPAction]) throws(RTMPError) {
        switch message.type {
        case RTMPMessageType.audio, RTMPMessageType.video:
            try media(message.type, message.timestamp, message.body, message.body.indices, now, &actions)
        case RTMPMessageType.aggregate: try aggregate(message, now, &actions)
        default: data(message, message.type == RTMPMessageType.dataAMF3, &actions)
        }
    }

    // MARK: - Audio and video

    private mutating func media(
        _ type: UInt8, _ timestamp: UInt32, _ message: [UInt8], _ range: Range<Int>, _ now: UInt64,
        _ actions: inout [RTMPAction]
    ) throws(RTMPError) {
        items.removeAll(keepingCapacity: true)
        do throws(MediaMessageError) {
            try parse(type, message, range)
        } catch {
            statistics.badMedia &+= 1
            return
        }
        let time = timeline.time(of: timestamp, movesReference: true)
        let kind: TrackKind = type == RTMPMessageType.video ? .video : .audio
        for index in items.indices {
            switch items[index] {
            case .configuration(let id, let codec, let record):
                try configure(kind, id, codec, Array(message[record.shifted(range.lowerBound)]), now)
            case .frame(var frame):
                frame.payload = frame.payload.shifted(range.lowerBound)
                try self.frame(kind, frame, time, message, now, &actions)
            case .multichannel(let id, let codec, let layout) where codec == .opus && track(kind, id) == nil:
                try configure(kind, id, codec, OpusHead(channels: max(1, layout.channelCount)).serialized, now)
            case .metadata(let id, _, let pairs):
                videoMetadata(id, Array(message[pairs.shifted(range.lowerBound)]), time, &actions)
            default: break
            }
        }
    }

    private mutating func parse(_ type: UInt8, _ message: [UInt8], _ range: Range<Int>) throws(MediaMessageError) {
        let result = message.withUnsafeBytes { raw in
            Result { () throws(MediaMessageError) in
                let part = UnsafeRawBufferPointer(rebasing: raw[range])
                if type == RTMPMessageType.video {
                    try MediaMessage.parseVideo(part, into: &items)
                } else {
                    try MediaMessage.parseAudio(part, into: &items)
                }
            }
        }
        try result.get()
    }

    private mutating func frame(
        _ kind: TrackKind, _ frame: MediaFrame, _ time: Int64, _ message: [UInt8], _ now: UInt64, _ actions: inout [RTMPAction]
    ) throws(RTMPError) {
        guard let index = try usableTrack(kind, frame, message, now) else {
            statistics.framesBeforeConfiguration &+= 1
            return
        }
        var unit = RTMPAccessUnit(frame: frame, message: message)
        guard unit.normalize(lengthSize: tracks[index].lengthSize) else {
            statistics.badMedia &+= 1
            return
        }
        if let sets = unit.parameterSets { try adopt(sets, index, now) }
        guard !unit.payload.isEmpty else { return }
        tell(&actions)
        let rounded: Int64 = frame.nanoOffset >= 500_000 ? 1 : 0
        var flags = unit.flags
        if tracks[index].jumps(to: time) {
            flags.insert(.discontinuity)
            statistics.timestampJumps &+= 1
        }
        let timing = FrameTiming(
            track: tracks[index].description.id, pts: time &+ Int64(frame.compositionOffset) &+ rounded, dts: time, flags: flags)
        lastMedia = max(lastMedia, now)
        statistics.frames &+= 1
        actions.append(.frame(stream: stream, timing, message: unit.message, payload: unit.payload))
    }

    // MARK: - Tracks

    private func track(_ kind: TrackKind, _ id: UInt8) -> Int? {
        for index in tracks.indices where tracks[index].wireID == id && tracks[index].kind == kind { return index }
        return nil
    }

    /// The track of a frame. Codecs without a configuration record begin with a frame that says what it is.
    private mutating func usableTrack(
        _ kind: TrackKind, _ frame: MediaFrame, _ message: [UInt8], _ now: UInt64
    ) throws(RTMPError) -> Int? {
        if let index = track(kind, frame.trackID), tracks[index].description.codec == frame.codec { return index }
        var description = TrackDescription(id: 0, kind: kind, codec: frame.codec, timescale: 1000)
        if frame.codec == .avc1 || frame.codec == .hvc1 {
            guard let record = RTMPAccessUnit.record(from: frame, message) else { return nil }
            description.configuration = record
            guard (try? description.applyConfiguration()) != nil else { return nil }
        } else {
            guard description.apply(firstFrame: message.span.bytes.extracting(frame.payload)) else { return nil }
        }
        return install(description, kind, frame.trackID, record: [], lengthSize: 4, now)
    }

    private mutating func configure(
        _ kind: TrackKind, _ id: UInt8, _ codec: FourCC, _ record: [UInt8], _ now: UInt64
    ) throws(RTMPError) {
        if let index = track(kind, id), tracks[index].description.codec == codec, tracks[index].record == record { return }
        guard changes.take(at: now) else { throw .configurationFlood }
        do throws(BitstreamError) {
            let (configuration, lengthSize) = try RTMPPublishedTrack.canonical(codec, record)
            var description = try TrackDescription.describing(id: 0, codec: codec, configuration: configuration)
            description.kind = kind
            guard install(description, kind, id, record: record, lengthSize: lengthSize, now) != nil else { return }
        } catch {
            statistics.badMedia &+= 1
        }
    }

    /// Takes over parameter sets that came within a frame, where they are not in the configuration yet.
    private mutating func adopt(_ sets: [[UInt8]], _ index: Int, _ now: UInt64) throws(RTMPError) {
        guard let configuration = tracks[index].configuration(with: sets) else { return }
        guard changes.take(at: now) else { throw .configurationFlood }
        var description = tracks[index].description
        description.configuration = configuration
        guard (try? description.applyConfiguration()) != nil else { return }
        tracks[index].description = description
        tracksChanged = true
    }

    private mutating func install(
        _ description: TrackDescription, _ kind: TrackKind, _ id: UInt8, record: [UInt8], lengthSize: Int, _ now: UInt64
    ) -> Int? {
        var description = description
        lastMedia = max(lastMedia, now)
        tracksChanged = true
        if let index = track(kind, id) {
            description.id = tracks[index].description.id
            tracks[index].description = description
            tracks[index].record = record
            tracks[index].lengthSize = lengthSize
            return index
        }
        guard tracks.count < limits.tracks else {
            statistics.badMedia &+= 1
            return nil
        }
        description.id = freeID(kind, id)
        let track = RTMPPublishedTrack(kind: kind, wireID: id, description: description, record: record, lengthSize: lengthSize)
        let place = tracks.firstIndex { $0.description.id > description.id } ?? tracks.count
        tracks.insert(track, at: place)
        return place
    }

    /// 0 for the default video track, 1 for the default audio track, the lowest free one from 2 for all others.
    private func freeID(_ kind: TrackKind, _ id: UInt8) -> UInt32 {
        if id == 0 { return kind == .video ? 0 : 1 }
        return (2...UInt32(2 + limits.tracks)).first { id in !tracks.contains { $0.description.id == id } } ?? UInt32(id) + 1000
    }

    /// Tells all tracks if they changed, with what metadata adds to them.
    private mutating func tell(_ actions: inout [RTMPAction]) {
        guard tracksChanged else { return }
        tracksChanged = false
        let told = tracks.map { track in
            var description = track.description
            let said = (track.kind == .video ? metadata.video : metadata.audio).first { $0.trackID == track.wireID }
            guard let said, said.codec == nil || said.codec == description.codec else { return description }
            if description.frameRateMilli == 0 { description.frameRateMilli = said.frameRateMilli }
            if description.bitrate == 0 { description.bitrate = said.bitrate }
            return description
        }
        actions.append(.tracks(stream: stream, told))
    }

    // MARK: - Data

    private mutating func data(_ message: RTMPMessage, _ isAMF3: Bool, _ actions: inout [RTMPAction]) {
        guard message.body.count <= RTMPScript.longest, let script = try? RTMPScript(message, isAMF3: isAMF3) else {
            statistics.badMedia &+= 1
            return
        }
        guard let name = script.name else { return }
        if name == "onMetaData", let said = StreamMetadata(script.values) { metadata = said }
        let time = timeline.time(of: message.timestamp, movesReference: false)
        actions.append(.data(stream: stream, RTMPData(time: time, name: name, body: script.body)))
    }

    private mutating func videoMetadata(_ id: UInt8, _ pairs: [UInt8], _ time: Int64, _ actions: inout [RTMPAction]) {
        guard pairs.count <= RTMPScript.longest, let read = try? MediaMessage.metadata(pairs), let first = read.first else {
            statistics.badMedia &+= 1
            return
        }
        let track = track(.video, id).map { tracks[$0].description.id } ?? 0
        actions.append(.data(stream: stream, RTMPData(time: time, form: .video(track: track), name: first.name, body: pairs)))
    }

    // MARK: - Aggregates

    /// Several FLV tags in one message (RTMP 1.0 §7.1.6): their times count from the first one's.
    private mutating func aggregate(_ message: RTMPMessage, _ now: UInt64, _ actions: inout [RTMPAction]) throws(RTMPError) {
        var reader = ByteReader(message.body)
        var first: UInt32?
        while let type = reader.u8() {
            guard let size = reader.u24(), let low = reader.u24(), let high = reader.u8(), reader.skip(3) != nil,
                let range = reader.range(Int(size))
            else {
                statistics.badMedia &+= 1
                return
            }
            let time = UInt32(high) << 24 | low
            let timestamp = message.timestamp &+ (time &- (first ?? time))
            first = first ?? time
            switch type {
            case RTMPMessageType.audio, RTMPMessageType.video:
                try media(type, timestamp, message.body, range, now, &actions)
            case RTMPMessageType.dataAMF0, RTMPMessageType.dataAMF3:
                var part = message
                part.timestamp = timestamp
                part.body = Array(message.body[range])
                data(part, type == RTMPMessageType.dataAMF3, &actions)
            default: statistics.badMedia &+= 1
            }
            reader.skip(min(4, reader.remaining))
        }
    }
}

extension Range<Int> {
    /// Moved up by `offset`; both are positions within one message.
    func shifted(_ offset: Int) -> Range<Int> { (lowerBound + offset)..<(upperBound + offset) }
}
