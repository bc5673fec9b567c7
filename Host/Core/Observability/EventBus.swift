import HostHTTP
import SluiceJSON

/// What happened, to whoever listens: the API's event stream and plugins with `sluice.observer`.
final class EventBus: Sendable {
    let stream = EventStream()
    private let observe: @Sendable (_ type: String, _ json: String) -> Void

    /// `observe` hands an event to the observers, later, on the control thread.
    init(observe: @escaping @Sendable (_ type: String, _ json: String) -> Void) { self.observe = observe }

    func emit(_ type: String, _ object: JSONObject) {
        var object = object
        object["at"] = .string(LineLogHandler.timestamp())
        let json = JSONValue.object(object).serialized()
        stream.publish(type, json)
        observe(type, json)
    }
}
