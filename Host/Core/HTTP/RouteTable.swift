// RouteTable: which handler answers a path on one listener.
//
// Changed by few, read by every request: a change builds a new immutable snapshot and swaps it in whole, so a request
// sees all routes of an owner or none. It never calls a handler.

import HostPaths
import NIOHTTP1
import Synchronization

/// The routes of a listener, by pattern and owner; any thread.
public final class RouteTable: Sendable {
    /// What a request found.
    public enum Match: Sendable {
        case found(Route, [QueryPair])
        /// The path exists, the method does not; the methods that do, for `Allow`.
        case wrongMethod([HTTPMethod], Route, [QueryPair])
        /// Only the same path with a `/` at its end exists.
        case missingSlash
        case none
    }

    private struct Shape: Hashable {
        let count: Int
        let endsInSlash: Bool
    }

    private final class Snapshot: Sendable {
        let byShape: [Shape: [Route]]
        let all: [Route]

        init(_ routes: [Route]) {
            all = routes
            var byShape: [Shape: [Route]] = [:]
            for route in routes {
                let shape = Shape(count: route.pattern.parts.count, endsInSlash: route.pattern.endsInSlash)
                // Stable insertion: the more specific first, equals in order of registration.
                let known = byShape[shape] ?? []
                let place = known.firstIndex { route.pattern.isMoreSpecific(than: $0.pattern) } ?? known.endIndex
                byShape[shape] = known[..<place] + [route] + known[place...]
            }
            self.byShape = byShape
        }
    }

    private let snapshot = Mutex(Snapshot([]))

    /// An empty table.
    public init() {}

    /// Adds routes, all or none.
    /// - Throws: `RouteError` when a pattern overlaps another owner's or repeats one of its own.
    public func add(_ routes: [Route]) throws(RouteError) {
        try change { all in all += routes }
    }

    /// Takes all routes of an owner away.
    public func remove(owner: String) {
        try? change { all in all.removeAll { $0.owner == owner } }
    }

    /// Exchanges the routes of an owner in one step, as a reload does; on an error nothing changes.
    /// - Throws: `RouteError`.
    public func replace(owner: String, with routes: [Route]) throws(RouteError) {
        try change { all in
            all.removeAll { $0.owner == owner }
            all += routes
        }
    }

    /// All routes, in order of registration.
    public var routes: [Route] { snapshot.withLock { $0 }.all }

    /// Looks a request up.
    public func match(_ method: HTTPMethod, _ path: RequestPath) -> Match {
        let table = snapshot.withLock { $0 }
        let candidates = table.byShape[Shape(count: path.parts.count, endsInSlash: path.endsInSlash)] ?? []
        var allowed: [HTTPMethod] = []
        var first: (Route, [QueryPair])?
        for route in candidates {
            guard let parameters = route.pattern.match(path) else { continue }
            if route.answers(method) { return .found(route, parameters) }
            allowed += route.methods
            first = first ?? (route, parameters)
        }
        if let (route, parameters) = first { return .wrongMethod(allowed, route, parameters) }
        guard !path.endsInSlash, method == .GET || method == .HEAD else { return .none }
        let slashed = table.byShape[Shape(count: path.parts.count, endsInSlash: true)] ?? []
        let exists = slashed.contains { $0.answers(method) && $0.pattern.match(parts: path.parts, endsInSlash: true) != nil }
        return exists ? .missingSlash : .none
    }

    private func change(_ edit: (inout [Route]) -> Void) throws(RouteError) {
        let refusal: RouteError? = snapshot.withLock { current in
            var all = current.all
            edit(&all)
            if let refusal = RouteTable.firstRefusal(in: all) { return refusal }
            current = Snapshot(all)
            return nil
        }
        if let refusal { throw refusal }
    }

    private static func firstRefusal(in all: [Route]) -> RouteError? {
        for (index, route) in all.enumerated() {
            for other in all[..<index] where route.pattern.overlaps(other.pattern) {
                if route.owner != other.owner {
                    return .overlap(
                        pattern: route.pattern.description, owner: route.owner,
                        other: other.pattern.description, otherOwner: other.owner)
                }
                guard route.pattern == other.pattern else { continue }
                if let method = route.methods.first(where: other.methods.contains) {
                    return .duplicate(pattern: route.pattern.description, owner: route.owner, method: method.rawValue)
                }
            }
        }
        return nil
    }
}
