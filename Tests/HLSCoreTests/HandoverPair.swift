import Formats
import Testing

@testable import HLSCore

/// A packager that goes on, and one that is handed over again and again: whatever is asked of both, both answer the same.
struct HandoverPair {
    private let one: Stream
    private var other: Stream
    private var random: UInt64
    private var now: Int64 = 0
    private var isWatched = false
    private var shown: OnDemandPackager.Edition?
    private(set) var handovers = 0
    private(set) var answers = 0
    private(set) var releases = 0
    /// The first difference.
    private(set) var difference: String?

    init(_ configuration: HLSConfiguration, seed: UInt64) {
        one = Stream(configuration)
        other = Stream(configuration)
        random = seed | 1
    }

    mutating func run(_ script: HandoverScript, every period: Int) throws {
        for (index, step) in script.steps.enumerated() {
            guard difference == nil else { return }
            if index % period == period - 1 { try handOver() }
            apply(step)
            if isWatched { watch() }
            settle("step \(index)")
        }
        try handOver()
        all()
    }

    /// Writes, reads, and writes again what was read.
    mutating func handOver() throws {
        let blob = try other.exported()
        let next = try Stream(importing: blob)
        if try next.exported() != blob { note("another blob") }
        other = next
        handovers += 1
    }

    private mutating func apply(_ step: HandoverScript.Step) {
        for packager in [one, other] {
            switch step {
            case .tracks(let tracks, let discontinuity): try? packager.tracks(tracks, discontinuity: discontinuity)
            case .frame(let frame): packager.feed(frame)
            case .flush: packager.flush()
            case .end: packager.streamEnded()
            case .watch: break
            }
        }
        switch step {
        case .frame(let frame): now = max(now, frame.timing.dts)
        case .watch(let watched): isWatched = watched
        default: break
        }
    }

    private mutating func settle(_ place: String) {
        let (left, right) = (one.takeReleases(), other.takeReleases())
        releases += left.count
        if left.sorted(by: { $0.key < $1.key }) != right.sorted(by: { $0.key < $1.key }) { note("releases at \(place)") }
        if one.edition != other.edition || one.holdsFrames != other.holdsFrames { note("edition at \(place)") }
        guard one.edition != shown else { return }
        shown = one.edition
        if one.variant != other.variant { note("variant at \(place)") }
        if one.byteCount != other.byteCount { note("memory at \(place)") }
    }

    private mutating func below(_ limit: Int) -> Int {
        random ^= random << 13
        random ^= random >> 7
        random ^= random << 17
        return Int(random % UInt64(max(1, limit)))
    }

    private mutating func note(_ text: String) { difference = difference ?? "\(text) after \(handovers) handovers" }

    @discardableResult
    private mutating func ask(_ name: String, _ query: [(String, String)] = []) -> ArraySlice<UInt8>? {
        let answer = one.request(name, query, nowMs: now)
        if other.request(name, query, nowMs: now) != answer { note("\(name) \(query)") }
        answers += 1
        guard case .ready(let response) = answer else { return nil }
        return response.body
    }

    /// What some viewer asks for now and then.
    private mutating func watch() {
        guard below(6) == 0 else { return }
        let name = ["video", "audio", "audio2", "audio3", "main"][below(5)]
        guard let text = ask("\(name).m3u8") else { return }
        let list = ParsedPlaylist(String(decoding: text, as: UTF8.self))
        let last = list.sequence + Int64(list.complete.count) - 1
        switch below(6) {
        case 0: ask("index.m3u8")
        case 1: ask("\(name).m3u8", [("_HLS_msn", "\(last + 1)")])
        case 2: ask("\(name).m3u8", [("_HLS_msn", "\(last + 1)"), ("_HLS_part", "\(below(4))")])
        case 3: if let hint = list.hint { ask(hint) }
        case 4: if let part = list.allParts.last { ask(part.uri) }
        default:
            if let segment = list.complete.first?.uri { ask(segment) }
            if let map = list.segments.last?.map { ask(map) }
        }
    }

    /// Everything that is there, at the end.
    private mutating func all() {
        for name in ["video", "audio", "audio2", "audio3", "main"] {
            guard let text = ask("\(name).m3u8") else { continue }
            let list = ParsedPlaylist(String(decoding: text, as: UTF8.self))
            for uri in list.complete.compactMap(\.uri) + list.allParts.map(\.uri) + list.segments.compactMap(\.map) { ask(uri) }
            for sequence in 0..<list.sequence { ask("\(name)_k3x9_s\(sequence).m4s") }
        }
        ask("index.m3u8")
    }
}
