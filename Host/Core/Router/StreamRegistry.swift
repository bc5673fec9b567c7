import CSluice
import HostMedia
import HostPaths
import Synchronization

/// All streams of the host by key, and who waits for one that is not on air. Safe from any thread; the lock is taken when streams come
/// and go, when players come, and for listings; never per frame.
final class StreamRegistry: Sendable {
    private struct Waiting: Sendable {
        var target: any PlayerTarget
        var wish: PlayerWish
    }

    private struct State: Sendable {
        var streams: [StreamKey: LiveStream] = [:]
        var waiting: [StreamKey: [UInt64: Waiting]] = [:]
        var waitingCount = 0
    }

    private let state = Mutex(State())
    /// Streams on air at most.
    private let most: Atomic<Int>
    private static let waitingLimit = 10_000

    init(limit: Int) { most = Atomic(limit) }

    /// Streams on air at most; a change holds for streams to come.
    var limit: Int {
        get { most.load(ordering: .relaxed) }
        set { most.store(newValue, ordering: .relaxed) }
    }

    enum PublishRefusal: Error {
        case duplicate
        case tooMany(Int)

        func text(_ key: StreamKey) -> String {
            switch self {
            case .duplicate: "somebody publishes \(key) already"
            case .tooMany(let limit): "\(limit) streams are on air, the host takes no more"
            }
        }
    }

    /// What a publisher was given: its publication, and the one that it took over from.
    struct Begun {
        var publication: Publication
        var replaced: Publication?
    }

    /// Puts a publisher on its stream, a new one or one that lingers, by the duplicate rule. `isOwn`: one of the host's, which never
    /// takes a name from somebody.
    func publish(
        _ key: StreamKey, now: UInt64, isOwn: Bool = false, makeStream: () -> LiveStream,
        makePublication: (LiveStream) -> Publication
    ) throws(PublishRefusal) -> Begun {
        let result: Result<Begun, PublishRefusal> = state.withLock { state in
            if let stream = state.streams[key] {
                if let current = stream.publisher {
                    guard !isOwn, stream.mayReplace(now: now) else { return .failure(.duplicate) }
                    let publication = makePublication(stream)
                    stream.publisher = publication
                    return .success(Begun(publication: publication, replaced: current))
                }
                let publication = makePublication(stream)
                stream.publisher = publication
                return .success(Begun(publication: publication, replaced: nil))
            }
            guard state.streams.count < limit else { return .failure(.tooMany(limit)) }
            let stream = makeStream()
            let publication = makePublication(stream)
            stream.publisher = publication
            state.streams[key] = stream
            return .success(Begun(publication: publication, replaced: nil))
        }
        return try result.get()
    }

    /// The publisher has gone. `true`: it was the current one, the stream has none now.
    func unpublish(_ publication: Publication) -> Bool {
        state.withLock { _ in
            guard publication.stream.publisher === publication else { return false }
            publication.stream.publisher = nil
            return true
        }
    }

    /// Takes a stream without publisher out. `false`: somebody publishes on it again.
    func removeIfIdle(_ stream: LiveStream) -> Bool {
        state.withLock { state in
            guard stream.publisher == nil else { return false }
            if state.streams[stream.key] === stream { state.streams[stream.key] = nil }
            return true
        }
    }

    subscript(key: StreamKey) -> LiveStream? { state.withLock { $0.streams[key] } }

    var streams: [LiveStream] { state.withLock { Array($0.streams.values) }.sorted { $0.key < $1.key } }

    var count: Int { state.withLock { $0.streams.count } }

    /// The live streams of a group.
    func group(app: Name, name: Name) -> [LiveStream] {
        state.withLock { state in state.streams.values.filter { $0.key.app == app } }
            .filter { $0.snapshot.group == name.text }.sorted { $0.key < $1.key }
    }

    // MARK: Waiting players

    /// The stream, or nil after the player was put on the list of those who wait. `false` in `waits`: too many wait.
    func streamOrWait(_ key: StreamKey, _ target: any PlayerTarget, _ wish: PlayerWish) -> (stream: LiveStream?, waits: Bool) {
        state.withLock { state in
            if let stream = state.streams[key] { return (stream, false) }
            guard state.waitingCount < Self.waitingLimit else { return (nil, false) }
            state.waiting[key, default: [:]][target.playerID] = Waiting(target: target, wish: wish)
            state.waitingCount += 1
            return (nil, true)
        }
    }

    /// How many players wait for streams that are not there.
    var waitingPlayers: Int { state.withLock { $0.waitingCount } }

    /// Takes one who waits off the list; `true` when it was there.
    func stopWaiting(_ key: StreamKey, _ player: UInt64) -> Bool {
        state.withLock { state in
            guard state.waiting[key]?.removeValue(forKey: player) != nil else { return false }
            if state.waiting[key]?.isEmpty == true { state.waiting[key] = nil }
            state.waitingCount -= 1
            return true
        }
    }

    /// Everybody who waits for a stream of an app that is no more.
    func takeWaiting(app: Name) -> [(any PlayerTarget, PlayerWish)] {
        let keys = state.withLock { $0.waiting.keys.filter { $0.app == app } }
        return keys.flatMap { takeWaiting($0) }
    }

    /// Everybody who waits for a stream that has come.
    func takeWaiting(_ key: StreamKey) -> [(any PlayerTarget, PlayerWish)] {
        state.withLock { state in
            guard let waiting = state.waiting.removeValue(forKey: key) else { return [] }
            state.waitingCount -= waiting.count
            return waiting.values.map { ($0.target, $0.wish) }
        }
    }
}
