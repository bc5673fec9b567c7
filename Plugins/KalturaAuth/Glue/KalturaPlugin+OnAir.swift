import KalturaCatalogue
import KalturaCore
import SluiceJSON
import SluiceKit

/// Keeps what is on air here. Of a catalogue: its `on_air` rows, which quotas count: noted when an input goes live, renewed each
/// minute, gone when it ends. Of a back end: its registrations.
extension KalturaPlugin: EventObserver {
    func observe(_ type: String, json: String) {
        if type == "session.closed" {
            let id = (try? JSONValue(parsing: json))?["id"]?.stringValue.flatMap { UInt64($0) }
            if let id { publishers { $0.closed(id) } }
            return
        }
        guard ["stream.live", "stream.back", "stream.tracks", "stream.lost", "stream.ended"].contains(type),
            let event = try? JSONValue(parsing: json), let app = event["app"]?.stringValue,
            let stream = event["stream"]?.stringValue, rules.address.serves(app)
        else { return }
        followProfile(type, app: app, stream)
        guard type != "stream.tracks" else { return }
        publishers { $0.set(live: type == "stream.live" || type == "stream.back", stream: stream) }
        follow(type, stream)
        guard rules.configuration.backend != .kaltura, type == "stream.live" || type == "stream.ended" else { return }
        if type == "stream.live" {
            if let input = live({ $0.began(stream) }) { mark([input]) }
        } else if let input = live({ $0.ended(stream) }) {
            let hostname = hostname
            work { try $0.clearOnAir(input.entry, input.server, hostname: hostname) }
        }
    }

    func renewOnAir() {
        let inputs = live { $0.all }
        if !inputs.isEmpty { mark(inputs) }
    }

    private func mark(_ inputs: [LiveInputs.Input]) {
        let (hostname, now) = (hostname, host.wallMicroseconds / 1_000_000)
        work { try $0.markOnAir(inputs.map { ($0.entry, $0.server) }, hostname: hostname, status: 2, now: now) }
    }

    /// Does something to the catalogue on a worker; a failure is logged, streaming goes on.
    private func work(_ body: @escaping @Sendable (any CatalogueStore) throws -> Void) {
        Task {
            do {
                try await host.worker { try body(try self.catalogue()) }
            } catch {
                host.log(.warning, "on-air row not written", ["reason": "\(error)"])
            }
        }
    }
}

extension KalturaPlugin: SelfTesting {
    func selfTest() throws {
        let text = AddressText(tcURL: "rtmp://h/kLive?p=102&e=0_ab12cd34&i=0&t=x", app: "kLive", stream: "0_ab12cd34_1")
        let parsed = try BroadcastAddress(text, rules: AddressRules()).credentials(AddressRules())
        guard parsed.entry.text == "0_ab12cd34", Token("").digest.starts(with: [0xE3, 0xB0, 0xC4, 0x42]) else {
            throw PluginError("broken build")
        }
    }
}
