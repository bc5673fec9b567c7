// Sinks whose plugin was replaced by a generation that can't take them over: at the next key frame another sink stands where they stood.
//
// The old sink gets all up to that key frame and is closed; the new one is opened, told the tracks, and gets that key frame first.
// Players of the old log read it to its end, get the new log's prefix, and go on at its first record: nothing is lost or repeated. A
// plugin that refuses the new sink leaves the old one where it is. All on the lane. Media is MediaStream's, players are the log's.

import HostMedia

extension LiveStream {
    /// [lane] Has a sink replaced at the next key frame, or at once while nobody publishes. False: it writes no log, and who reads what it
    /// makes could not go on in another's.
    func replace(_ sink: SinkInstance, by output: PluginOutput) -> Bool {
        guard sink.isOpen, sink.log != nil, place(of: sink, in: output) != nil else { return false }
        sink.successor = output
        isReplacing = true
        if current == nil { replaceNow() }
        return true
    }

    private func place(of sink: SinkInstance, in output: PluginOutput) -> Int? {
        output.formats.firstIndex { $0.format == sink.formatName && $0.variant == sink.variant }
    }

    /// [lane] The end of the turn, while sinks wait to be replaced.
    func deliverAndReplace() {
        var pairs: [(old: SinkInstance, new: SinkInstance)] = []
        media.deliver { pairs = self.exchange(withRing: false) { $0.isCaughtUp } }
        // The key frame has been written: its prefix is the one to begin with.
        for (old, new) in pairs { old.leave(to: new, entry: 0) }
    }

    /// [lane] Replaces what waits, in the middle of a GOP: nobody publishes, or the drain time of `generation` is over.
    func replaceNow(of generation: PluginGeneration? = nil) {
        media.deliver()
        for (old, new) in exchange(withRing: true, { generation == nil || $0.generation === generation }) {
            if current == nil { new.publisher(lost: true) }
            old.leave(to: new, entry: new.log?.end ?? 0)
        }
    }

    /// Closes what waits and opens its successors, which subscribe here.
    private func exchange(withRing: Bool, _ isDue: (SinkInstance) -> Bool) -> [(old: SinkInstance, new: SinkInstance)] {
        var pairs: [(old: SinkInstance, new: SinkInstance)] = []
        for (index, old) in sinks.enumerated() {
            guard let output = old.successor, isDue(old) else { continue }
            old.successor = nil
            guard old.isOpen, output.generation.currentPlace == .active, old.generation !== output.generation,
                let place = place(of: old, in: output), let new = opened(output, format: place)
            else { continue }
            media.unsubscribe(old)
            old.retire()
            sinks[index] = new
            media.subscribe(new, withRing: withRing)
            pairs.append((old, new))
        }
        isReplacing = sinks.contains { $0.successor != nil }
        return pairs
    }
}
