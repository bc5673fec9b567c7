import Glibc
import KalturaCatalogue
import KalturaCore
import SluiceKit
import Synchronization

/// What diagnostics want to know (SPEC §14).
extension KalturaPlugin {
    var diagnostics: Diagnostics {
        Diagnostics(
            rejections: { [gate] in gate.rejections }, publishers: { [self] in publishers { $0.all } },
            end: { [self] what in publishers { $0.end(what) } }, stream: { [self] in stream(of: $0) },
            others: { [self] in others(of: $0) }, server: { [self] in server })
    }

    private func stream(of publisher: LivePublishers.Publisher) -> Diagnostics.Stream? {
        let found = host.streams(app: publisher.app, name: publisher.stream).first { $0.name == publisher.stream }
        return found.flatMap { Self.figures(of: $0) }
    }

    /// The streams of its group, itself included.
    private func others(of publisher: LivePublishers.Publisher) -> [(name: String, stream: Diagnostics.Stream)] {
        guard let key = StreamKey(name: publisher.stream) else { return [] }
        return host.streams(app: publisher.app, name: key.group).compactMap { found in
            Self.figures(of: found).map { (found.name, $0) }
        }
    }

    private static func figures(of found: StreamInfo) -> Diagnostics.Stream? {
        guard found.state == SLUICE_STREAM_LIVE else { return nil }
        var stream = Diagnostics.Stream()
        if let video = found.tracks.first(where: { $0.kind == .video }) {
            stream.videoCodec = name(ofCodec: video.codec)
            stream.videoBitrate = video.bitrate
            stream.frameRate = Double(video.frameRateMilli) / 1000
            (stream.width, stream.height) = (video.width, video.height)
        }
        if let audio = found.tracks.first(where: { $0.kind == .audio }) {
            stream.audioCodec = name(ofCodec: audio.codec)
            stream.audioBitrate = audio.bitrate
        }
        stream.bitrate = found.measuredBitrate
        return stream
    }

    private static func name(ofCodec codec: UInt32) -> String {
        let text = String(decoding: withUnsafeBytes(of: codec.bigEndian) { Array($0) }, as: UTF8.self)
        return ["avc1": "H.264", "hvc1": "H.265", "av01": "AV1", "mp4a": "AAC", ".mp3": "MP3", "Opus": "Opus"][text] ?? text
    }

    private var server: Diagnostics.Server {
        var server = Diagnostics.Server()
        server.version = Self.hostVersion.withLock { $0 }
        server.hostname = hostname
        server.now = host.wallMicroseconds
        server.started = ServerFigures.started
        server.cpuUsage = figures.cpuUsage()
        return server
    }
}

/// What the system says of the server and its machine; all of it may be unknown.
final class ServerFigures: Sendable {
    private let last = Mutex<(busy: UInt64, all: UInt64)?>(nil)

    /// Percent of the machine's processors in use since the last question, or since the machine's start.
    func cpuUsage() -> Double? {
        guard let line = Self.lines("/proc/stat")?.first(where: { $0.hasPrefix("cpu ") }) else { return nil }
        // user nice system idle iowait irq softirq steal
        let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { UInt64($0) }
        guard ticks.count == 8 else { return nil }
        let all = ticks.reduce(0, &+)
        let busy = all &- ticks[3] &- ticks[4]
        return last.withLock { last in
            let before = last ?? (0, 0)
            last = (busy, all)
            guard all > before.all, busy >= before.busy else { return nil }
            return (Double(busy - before.busy) * 1000 / Double(all - before.all)).rounded() / 10
        }
    }

    /// Microseconds since 1970: when the server's process began, which is another than this in a plugin's process.
    static var started: Int64? {
        var path = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &path, path.count - 1)
        let program = String(decoding: path.prefix(max(length, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let server = program.hasSuffix("/sluice-runner") ? getppid() : getpid()
        // Behind the name, which may hold anything: field 22 is the start, in ticks since the machine's.
        guard let stat = lines("/proc/\(server)/stat")?.first, let end = stat.lastIndex(of: ")"),
            let boot = lines("/proc/stat")?.first(where: { $0.hasPrefix("btime ") })?.split(separator: " ").last
        else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let ticks = Int64(fields[19]), let seconds = Int64(boot) else { return nil }
        let rate = Int64(max(sysconf(Int32(_SC_CLK_TCK)), 1))
        return seconds &* 1_000_000 &+ ticks / rate &* 1_000_000
    }

    private static func lines(_ path: String) -> [Substring]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var content: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16_384)
        while content.count < 1 << 20 {
            let count = read(file, &piece, piece.count)
            guard count > 0 else { break }
            content += piece[..<count]
        }
        return String(decoding: content, as: UTF8.self).split(separator: "\n")
    }
}
