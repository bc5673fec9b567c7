// RoutedExchange: an HTTP request on its way through a plugin's route: checked, authorised, brought to its lane, answered once.

import CSluice
import HostHTTP
import HostNet
import HostPaths
import NIOCore
import NIOHTTP1
import Synchronization

final class RoutedExchange: PlayerTarget, @unchecked Sendable {
    let generation: PluginGeneration
    let route: RegisteredRoute
    let exchange: HTTPExchange
    let playerLane: Lane
    private(set) var handle: UInt64 = 0
    /// For routes of a stream: its key, rewritten when the verdict says so.
    var key: StreamKey?
    /// What allowed playing; for attach and its limits.
    var grant: Grant?
    var childPrefix = ""
    /// The sink that the handler was given; parked requests belong to it.
    var sinkHandle: UInt64 = 0
    private let isOver = Atomic<Bool>(false)
    private let needsPlugin = Atomic<Bool>(true)
    // Of an attachment; on the exchange's loop.
    private var wish: PlayerWish?
    private var attachHeaders: HTTPHeaders = [:]
    private var isWebSocket = false
    private var sink: SinkInstance?
    private let peer: String

    init(generation: PluginGeneration, route: RegisteredRoute, exchange: HTTPExchange) {
        self.generation = generation
        self.route = route
        self.exchange = exchange
        playerLane = generation.server.lane(of: exchange.loop)
        let request = exchange.request
        peer = "\(request.peerAddress):\(request.peerPort)"
    }

    /// [lane of the request] What is asked for it, until there is an answer.
    var question: AuthWait?

    private func withdrawQuestion() {
        playerLane.run {
            self.server.withdraw(self.question)
            self.question = nil
        }
    }

    var server: Server { generation.server }
    var playerID: UInt64 { exchange.id | 1 << 63 }

    /// Makes the handle; it is given back when the exchange is over.
    func begin() -> Bool {
        handle = server.exchanges.insert(self)
        guard handle != 0 else {
            exchange.refuse(status: 503, "too many requests")
            return false
        }
        generation.leases.requests.wrappingAdd(1, ordering: .relaxed)
        exchange.onClose { [weak self] in
            self?.withdrawQuestion()
            self?.finish()
        }
        return true
    }

    /// The exchange is over; the handle is stale from now on.
    func finish() {
        guard isOver.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged else { return }
        server.exchanges.remove(handle)
        letGo()
    }

    /// The plugin has nothing to do with it any more: it is over, or plays from a log.
    private func letGo() {
        guard needsPlugin.exchange(false, ordering: .acquiringAndReleasing) else { return }
        generation.leases.requests.wrappingSubtract(1, ordering: .relaxed)
    }

    func refuse(_ status: Int, _ reason: String, headers: HTTPHeaders = [:]) {
        exchange.refuse(status: status, reason, headers: headers)
        finish()
    }

    static func parkOwner(plugin: String, sink: UInt64) -> String { "\(plugin)/\(sink)" }

    func parkKey(_ text: String) -> ParkKey { ParkKey(owner: Self.parkOwner(plugin: generation.id, sink: sinkHandle), text) }

    // MARK: Playing a log

    /// [any] The plugin asks that the client becomes a player.
    func play(_ wish: PlayerWish, headers: HTTPHeaders, isWebSocket: Bool) {
        playerLane.post {
            let id = self.generation.id
            var asked = wish
            asked.codecs = self.server.players(of: [id]).first?.codecs ?? []
            let wish = self.server.playable(asked)
            self.wish = wish
            self.attachHeaders = headers
            self.isWebSocket = isWebSocket
            guard let stream = self.server.streams[wish.grant.key] else { return self.playerEnds("the stream is not on air") }
            stream.lane.post { stream.add(self, wish) }
        }
    }

    func playerWaits() {}

    func playerGets(_ wish: PlayerWish, insteadOf asked: PlayerWish) {
        if self.wish?.grant === asked.grant { self.wish = wish }
    }

    func playerJoins(_ sink: SinkInstance, _ log: BroadcastLog) {
        guard let wish else { return sink.left(self) }
        self.sink = sink
        let closed: @Sendable (String) -> Void = { [weak self] reason in self?.playerClosed(reason) }
        let taken =
            isWebSocket
            ? exchange.attachWebSocket(to: log, prefix: wish.head, pace: wish.pace, onClosed: closed)
            : exchange.attach(to: log, headers: attachHeaders, prefix: wish.head, pace: wish.pace, onClosed: closed)
        guard taken else { return playerClosed("the client has gone") }
        forgetRequest()
        if wish.grant.verdict.notAfter > 0 {
            let left = max(wish.grant.verdict.notAfter - server.wallMicroseconds, 0)
            playerLane.loop.scheduleTask(in: .microseconds(left)) { [weak self] in self?.exchange.abort() }
        }
    }

    /// A player needs nothing of what was asked, and there are many.
    private func forgetRequest() {
        letGo()
        wish = nil
        grant = nil
        attachHeaders = [:]
        question = nil
    }

    func playerEnds(_ reason: String) {
        if sink == nil {
            refuse(404, reason)
        } else {
            exchange.abort()
        }
    }

    private func playerClosed(_ reason: String) {
        if let sink {
            server.log.info(
                "player left",
                ["plugin": generation.id, "stream": sink.stream.key.description, "peer": peer, "reason": reason])
        }
        sink?.left(self)
        sink = nil
        finish()
    }
}

/// Answers that the host gives by itself.
enum HTTPAnswers {
    static let gone = HTTPResponse(status: 404, text: "the stream is not on air\n", headers: ["Cache-Control": "max-age=1"])
}
