/// A time series of the plugin's, exported by the host as `sluice_ID_NAME`.
public struct Metric: @unchecked Sendable {
    /// What kind of series.
    public enum Kind: UInt32, Sendable {
        /// Only grows.
        case counter = 1
        /// Goes up and down.
        case gauge
        /// Of seconds: 1 ms to 30 s.
        case histogram
    }

    let host: Host
    let handle: sluice_handle

    /// Counter: adds. Gauge: sets. Histogram: observes (seconds).
    public func record(_ value: Double) {
        guard handle != 0, let metrics = host.metrics else { return }
        metrics.pointee.record(host.pointer, handle, value)
    }
}

extension Host {
    /// Defines a metric; without the service, or beyond its bound, one that records nothing.
    public func metric(_ kind: Metric.Kind, _ name: String, help: String, labels: KeyValuePairs<String, String> = [:]) -> Metric {
        var handle: sluice_handle = 0
        if let metrics {
            var arena = TextArena()
            let pairs = arena.pairs(labels.map { (key: $0.key, value: $0.value) })
            let (name, help) = (arena.text(name), arena.text(help))
            _ = metrics.pointee.define(pointer, kind.rawValue, name, help, pairs, UInt32(labels.count), &handle)
        }
        return Metric(host: self, handle: handle)
    }
}
