import CAV
import Glibc
import TranscodeCore

/// One pass through the engine.
struct Run {
    /// Ticks a second: RTMP's.
    private static let timescale: UInt32 = 1000

    private let file: FLVFile
    private let options: Options
    private let engine: LadderEngine
    private let units: [FLVFile.Unit]
    /// Of each rung, in their order: times of its pictures, and of its key frames.
    private var pictures: [[Int64]]
    private var keyFrames: [[Int64]]
    private var bytes: [Int]
    /// From the call that brought a picture to its packet: nanoseconds, and how many pictures had come after it.
    private var waits: [UInt64] = []
    private var mostBehind = 0
    private var processor = 0.0
    private var wall = 0.0

    init(_ file: FLVFile, _ options: Options) throws {
        self.file = file
        self.options = options
        let first = file.units.first?.dts ?? 0
        units = file.units.filter { ($0.dts - first) / 1000 < options.seconds }
        let scratch = try Run.size(file)
        var settings = ["preset": options.preset]
        if options.isZero { settings["tune"] = "zerolatency" }
        let rungs = options.rungs.map { height, kbps in
            Rung(
                label: "\(height)p", width: (height * scratch.width / scratch.height + 1) & ~1, height: height,
                bitrate: kbps * 1000,
                options: settings)
        }
        let span = max(1, (units.last?.dts ?? 0) - first)
        let rate = AVRational(num: Int32(clamping: Int64(units.count) * 1_000_000 / span), den: 1000)
        engine = try LadderEngine(
            InputTrack(codec: AV_CODEC_ID_H264, timescale: Run.timescale, configuration: file.configuration), rungs: rungs,
            rate: rate, longestKeyInterval: 1_000_000, delay: !options.isZero)
        pictures = rungs.map { _ in [] }
        keyFrames = pictures
        bytes = rungs.map { _ in 0 }
    }

    /// Pixels, by decoding the first unit that gives a picture.
    private static func size(_ file: FLVFile) throws -> (width: Int32, height: Int32) {
        guard let codec = avcodec_find_decoder(AV_CODEC_ID_H264), var context = Optional(avcodec_alloc_context3(codec)),
            let parser = av_parser_init(Int32(AV_CODEC_ID_H264.rawValue))
        else { throw FLVFile.Failure(description: "no decoder of H.264") }
        defer {
            av_parser_close(parser)
            avcodec_free_context(&context)
        }
        guard let extra = av_mallocz(file.configuration.count + 64) else { throw FLVFile.Failure(description: "no memory") }
        extra.copyMemory(from: file.configuration, byteCount: file.configuration.count)
        context?.pointee.extradata = extra.assumingMemoryBound(to: UInt8.self)
        context?.pointee.extradata_size = Int32(file.configuration.count)
        guard let unit = file.units.first(where: \.isKey), let context, avcodec_open2(context, codec, nil) >= 0 else {
            throw FLVFile.Failure(description: "no key frame")
        }
        var out: UnsafeMutablePointer<UInt8>?
        var size: Int32 = 0
        _ = file.bytes.withUnsafeBufferPointer { all in
            av_parser_parse2(
                parser, context, &out, &size, all.baseAddress.map { $0 + unit.range.lowerBound }, Int32(unit.range.count), 0, 0, 0
            )
        }
        guard parser.pointee.width > 0, parser.pointee.height > 0 else { throw FLVFile.Failure(description: "no size") }
        return (parser.pointee.width, parser.pointee.height)
    }

    mutating func feed() throws {
        let (began, used) = (Run.now, Run.processorSeconds)
        var arrivals: [Int64: (at: UInt64, number: Int)] = [:]
        for (number, unit) in units.enumerated() {
            if options.isPaced {
                let due = began + UInt64(max(0, unit.dts - units[0].dts)) * 1_000_000
                while Run.now < due { usleep(useconds_t(min((due - Run.now) / 1000 + 1, 20_000))) }
            }
            arrivals[unit.pts] = (Run.now, number)
            try file.bytes.withUnsafeBytes { all in
                try engine.feed(UnsafeRawBufferPointer(rebasing: all[unit.range]), pts: unit.pts, dts: unit.dts, key: unit.isKey)
                {
                    take($0, $1, arrivals[$1.pointee.pts], number)
                }
            }
            arrivals[unit.pts - 20_000] = nil
        }
        try engine.drain { take($0, $1, nil, 0) }
        (wall, processor) = (Double(Run.now - began) / 1e9, Run.processorSeconds - used)
    }

    private mutating func take(
        _ rung: Int, _ packet: UnsafePointer<AVPacket>, _ arrival: (at: UInt64, number: Int)?, _ number: Int
    ) {
        pictures[rung].append(packet.pointee.pts)
        if packet.pointee.flags & AV_PKT_FLAG_KEY != 0 { keyFrames[rung].append(packet.pointee.pts) }
        bytes[rung] += Int(packet.pointee.size)
        guard let arrival else { return }
        waits.append(Run.now - arrival.at)
        mostBehind = max(mostBehind, number - arrival.number)
    }

    // MARK: What was found

    private var wanted: (pictures: [Int64], keyFrames: [Int64]) {
        (units.map(\.pts).sorted(), units.filter(\.isKey).map(\.pts).sorted())
    }

    var isRight: Bool {
        let wanted = wanted
        return pictures.allSatisfy { $0.sorted() == wanted.pictures } && keyFrames.allSatisfy { $0 == wanted.keyFrames }
    }

    var report: String {
        let wanted = wanted
        let lost = pictures.map { Set(wanted.pictures).subtracting($0).count }
        let unequal = keyFrames.map { Set($0).symmetricDifference(wanted.keyFrames).count }
        let seconds = Double(max(1, (units.last?.dts ?? 0) - (units.first?.dts ?? 0))) / 1000
        let steps = Set(zip(wanted.pictures.dropFirst(), wanted.pictures).map { $0 - $1 })
        let sorted = waits.sorted()
        return """
            {"pictures": \(wanted.pictures.count), "seconds": \(seconds), "steps_ms": [\(steps.min() ?? 0), \(steps.max() ?? 0)], \
            "key_frames": \(wanted.keyFrames.count), "pictures_lost": \(lost), "key_frames_elsewhere": \(unequal), \
            "kbps": \(bytes.map { Int(Double($0) * 8 / seconds / 1000) }), "cpu_s": \(Run.rounded(processor)), "wall_s": \(Run.rounded(wall)), \
            "wait_ms": {"p50": \(Run.at(0.5, sorted)), "p99": \(Run.at(0.99, sorted)), "most": \(Run.at(1, sorted))}, "pictures_inside": \(mostBehind)}
            """
    }

    private static func at(_ share: Double, _ sorted: [UInt64]) -> Double {
        guard let last = sorted.indices.last else { return 0 }
        return rounded(Double(sorted[Int(Double(last) * share)]) / 1e6)
    }

    private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

    private static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Of the whole process, its threads included.
    private static var processorSeconds: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
            / 1e6
    }
}
