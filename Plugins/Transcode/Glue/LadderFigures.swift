import SluiceKit
import Synchronization
import TranscodeCore

/// How the ladders do, for the metrics. Series are labelled by app and rung: names of streams come and go, series stay.
final class LadderFigures: Sendable {
    private struct Series {
        var frames: Metric
        var dropped: Metric
        var lag: Metric
        var speed: Metric
    }

    private struct State {
        var series: [String: Series?] = [:]
        var told: Set<String> = []
    }

    /// Series in all: four for each app and rung, of the host's 256.
    private static let mostSeries = 60

    private let host: Host
    private let state = Mutex(State())

    init(host: Host) { self.host = host }

    /// Figures of one ladder, a second or so apart; those of the last time are in `before`.
    func note(app: String, _ now: [RungFigures], before: [RungFigures]) {
        for figures in now {
            guard let series = series(app, figures.label) else { continue }
            let last = before.first { $0.label == figures.label }
            series.frames.record(Double(figures.frames &- min(last?.frames ?? 0, figures.frames)))
            series.dropped.record(Double(figures.dropped &- min(last?.dropped ?? 0, figures.dropped)))
            series.lag.record(Double(figures.lagMilliseconds) / 1000)
            series.speed.record(figures.speed)
        }
    }

    /// Why an encoder is not used: once for each reason.
    func passedOver(_ used: String, _ reason: String) {
        let isNew = state.withLock { $0.told.count < 64 && $0.told.insert(used + reason).inserted }
        if isNew { host.log(.info, "an encoder is passed over", ["used": used, "reason": reason]) }
    }

    /// The series of a rung; nil until they are defined, which is done on the control thread.
    private func series(_ app: String, _ rung: String) -> Series? {
        let key = app + " " + rung
        let (found, isNew) = state.withLock { state -> (Series?, Bool) in
            if let known = state.series[key] { return (known, false) }
            guard state.series.count < Self.mostSeries else { return (nil, false) }
            state.series[key] = .some(nil)
            return (nil, true)
        }
        guard isNew else { return found }
        try? host.onControl { [self] in
            let (host, app, rung) = (host, app, rung)
            let made = Series(
                frames: host.metric(
                    .counter, "rung_frames_total", help: "Pictures that a rung encoded.", labels: ["app": app, "rung": rung]),
                dropped: host.metric(
                    .counter, "rung_dropped_total", help: "Pictures that a rung was too slow for.",
                    labels: ["app": app, "rung": rung]),
                lag: host.metric(
                    .histogram, "rung_lag_seconds", help: "From a picture's arrival to its being encoded.",
                    labels: ["app": app, "rung": rung]),
                speed: host.metric(
                    .gauge, "rung_speed", help: "Seconds of pictures for each second that the encoder works.",
                    labels: ["app": app, "rung": rung]))
            state.withLock { $0.series[key] = made }
        }
        return nil
    }
}
