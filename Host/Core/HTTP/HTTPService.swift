import HostPaths
import NIOCore
import NIOHTTP1
import Synchronization

/// What the listeners of one kind (media, admin) share: routes, limits, parked requests, rules. Any thread.
public final class HTTPService: Sendable {
    /// What makes a media listener differ from an admin listener.
    public struct Configuration: Sendable {
        /// Answers with `Access-Control-Allow-Origin: *` and preflights with 204; media only.
        public var allowsCrossOrigin = false
        /// Cuts `/{app}/{stream}/~TOKEN/` out of paths; media only.
        public var cutsViewerTokens = false
        /// Errors are `{"error":"…"}` instead of plain text.
        public var refusesInJSON = false
        /// What a request must show before it is answered; nil lets all through.
        public var gate: AdminGate?
        public var limits = HTTPLimits()

        /// A listener without cross-origin answers, tokens or gate.
        public init() {}

        /// The media listener's.
        public static var media: Configuration {
            var it = Configuration()
            it.allowsCrossOrigin = true
            it.cutsViewerTokens = true
            return it
        }

        /// The admin listener's.
        public static func admin(_ gate: AdminGate) -> Configuration {
            var it = Configuration()
            it.refusesInJSON = true
            it.gate = gate
            return it
        }
    }

    public let configuration: Configuration
    public let routes: RouteTable
    public let parking: ParkingLot
    public let counters = HTTPCounters()
    let bodyBytes = Atomic<Int>(0)
    private let sweeps = Mutex<[ObjectIdentifier: ConnectionSweep]>([:])

    /// A service without a socket; give it to listeners.
    public init(_ configuration: Configuration, routes: RouteTable, parking: ParkingLot) {
        self.configuration = configuration
        self.routes = routes
        self.parking = parking
    }

    var limits: HTTPLimits { configuration.limits }

    /// A refusal in the listener's form.
    func refusal(status: Int, reason: String, headers: HTTPHeaders = [:]) -> HTTPResponse {
        var headers = headers
        headers.replaceOrAdd(name: "Cache-Control", value: "no-store")
        if configuration.refusesInJSON {
            let text = "{\"error\":\"\(JSONText.escaped(reason))\"}\n"
            return HTTPResponse(status: status, text: text, contentType: "application/json", headers: headers)
        }
        return HTTPResponse(status: status, text: reason + "\n", headers: headers)
    }

    func sweep(for loop: any EventLoop) -> ConnectionSweep {
        sweeps.withLock { sweeps in
            if let known = sweeps[ObjectIdentifier(loop)] { return known }
            let made = ConnectionSweep(loop: loop)
            sweeps[ObjectIdentifier(loop)] = made
            return made
        }
    }
}
