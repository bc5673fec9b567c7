// sluice-ladder: the transcoder's engine by itself, on the video of an FLV file: what it costs, whether its key frames are the source's, how long
// a picture stays in it. No server, no process of its own, no sound. `Benchmarks/ladder` runs it.

import CAV
import Glibc
import TranscodeCore

@main struct SluiceLadder {
    static let usage = """
        sluice-ladder FILE.flv [--rung HEIGHT:KBPS …] [--preset veryfast] [--zero] [--paced] [--seconds N]

        --zero    the profile without delay; --paced  at the source's own pace. Prints one JSON object; the exit status is 0 when every
        rung has each picture of the source, at its time to the tick, and its key frames.
        """

    static func main() throws {
        av_log_set_level(AV_LOG_ERROR)
        guard let options = Options(CommandLine.arguments.dropFirst()) else {
            print(usage)
            exit(64)
        }
        let file = try FLVFile(options.path)
        var run = try Run(file, options)
        try run.feed()
        print(run.report)
        exit(run.isRight ? 0 : 1)
    }
}

struct Options {
    var path = ""
    var rungs: [(height: Int32, kbps: Int64)] = []
    var preset = "veryfast"
    var isZero = false
    var isPaced = false
    var seconds = Int64.max

    init?(_ words: ArraySlice<String>) {
        var words = words
        while let word = words.popFirst() {
            switch word {
            case "--rung":
                let parts = (words.popFirst() ?? "").split(separator: ":")
                guard parts.count == 2, let height = Int32(parts[0]), let kbps = Int64(parts[1]) else { return nil }
                rungs.append((height, kbps))
            case "--preset":
                guard let value = words.popFirst() else { return nil }
                preset = value
            case "--seconds":
                guard let value = words.popFirst().flatMap(Int64.init) else { return nil }
                seconds = value
            case "--zero": isZero = true
            case "--paced": isPaced = true
            default:
                guard path.isEmpty, !word.hasPrefix("-") else { return nil }
                path = word
            }
        }
        if rungs.isEmpty { rungs = [(720, 3000), (540, 2000), (360, 730)] }
        guard !path.isEmpty else { return nil }
    }
}
