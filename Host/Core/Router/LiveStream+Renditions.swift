// LiveStream, players that do not play what it has: while it is new they are kept for a rendition that they play. On the lane.

import HostMedia
import HostNet
import HostPaths

extension LiveStream {
    /// How long after it has come on air renditions of it may come, ns.
    static let renditionTime: UInt64 = 5_000_000_000

    /// [lane] Whether the player is to get a rendition that is being made: it is kept until there is one, or time is up.
    func keeps(_ player: any PlayerTarget, _ wish: PlayerWish) -> Bool {
        let now = server.now
        guard now < keepsUntil, !wish.codecs.isEmpty, let tracks = media.tracks, !Server.plays(tracks, wish.codecs),
            keptPlayers.count < Self.pendingLimit, steps.running.contains(where: { $0.current != nil })
        else { return false }
        if keptPlayers.isEmpty {
            lane.loop.scheduleTask(in: .nanoseconds(Int64(clamping: keepsUntil &- now))) { [weak self] in self?.keepsNoLonger() }
        }
        keptPlayers.append((player, wish))
        lane.post { self.renditionCame() }
        return true
    }

    private func keepsNoLonger() {
        guard server.now >= keepsUntil else { return }
        let kept = keptPlayers
        keptPlayers = []
        for (player, wish) in kept { add(player, wish, hasWaited: true) }
        lane.settle()
    }

    /// [lane] It is a rendition and is on air: what it is made of hears of it, after its siblings of the same turn.
    func tellSource() {
        guard let made = attributes["rendition_of"].flatMap({ Name($0) }), made != key.stream,
            let source = server.streams[StreamKey(app: key.app, stream: made)]
        else { return }
        source.lane.post { source.renditionCame() }
    }

    private func renditionCame() {
        guard !keptPlayers.isEmpty else { return }
        let kept = keptPlayers
        keptPlayers = []
        for (player, asked) in kept {
            let wish = server.playable(asked)
            guard wish.grant !== asked.grant, let rendition = server.streams[wish.grant.key] else {
                keptPlayers.append((player, asked))
                continue
            }
            player.playerLane.post { player.playerGets(wish, insteadOf: asked) }
            rendition.lane.post { rendition.add(player, wish, hasWaited: true) }
        }
    }
}
