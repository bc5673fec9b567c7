// ParkingLot: requests that wait for something to happen, by key.
//
// It belongs to the host, so what is parked survives the replacement of the plugin that parked it. It holds exchanges
// only; their deadlines are kept by their connections. Releasing a key answers all who wait with one shared response:
// one hop per event loop, no copy per waiter.

import NIOCore
import Synchronization

/// The host's parked requests; any thread.
public final class ParkingLot: Sendable {
    /// Requests held at most when nothing else is said.
    public static let defaultCapacity = 10_000

    private struct Waiting {
        var byKey: [ParkKey: [UInt64: HTTPExchange]] = [:]
        var count = 0
    }
    private let waiting = Mutex(Waiting())
    /// Requests held at most; one more is answered 503 at once.
    public let capacity: Int

    /// An empty lot.
    public init(capacity: Int = ParkingLot.defaultCapacity) {
        self.capacity = capacity
    }

    /// Requests held now.
    public var count: Int { waiting.withLock { $0.count } }

    /// Requests held now for a key.
    public func count(_ key: ParkKey) -> Int { waiting.withLock { $0.byKey[key]?.count ?? 0 } }

    /// Answers all who wait for a key with one shared response.
    /// - Returns: how many.
    @discardableResult
    public func release(_ key: ParkKey, _ response: HTTPResponse) -> Int {
        let exchanges = waiting.withLock { waiting in
            let taken = waiting.byKey.removeValue(forKey: key) ?? [:]
            waiting.count -= taken.count
            return taken
        }
        answer(Array(exchanges.values), response)
        return exchanges.count
    }

    /// Answers everything that an owner parked, for instance when the owner is disabled.
    /// - Returns: how many.
    @discardableResult
    public func releaseAll(owner: String, _ response: HTTPResponse) -> Int {
        let exchanges = waiting.withLock { waiting in
            var taken: [HTTPExchange] = []
            for key in Array(waiting.byKey.keys) where key.owner == owner {
                taken += (waiting.byKey.removeValue(forKey: key) ?? [:]).values
            }
            waiting.count -= taken.count
            return taken
        }
        answer(exchanges, response)
        return exchanges.count
    }

    /// False when the lot is full.
    func insert(_ exchange: HTTPExchange, _ key: ParkKey) -> Bool {
        waiting.withLock { waiting in
            guard waiting.count < capacity else { return false }
            waiting.byKey[key, default: [:]][exchange.id] = exchange
            waiting.count += 1
            return true
        }
    }

    /// True when it was still here, hence is the caller's to answer.
    func remove(_ exchange: HTTPExchange, _ key: ParkKey) -> Bool {
        waiting.withLock { waiting in
            guard waiting.byKey[key]?.removeValue(forKey: exchange.id) != nil else { return false }
            if waiting.byKey[key]?.isEmpty == true { waiting.byKey[key] = nil }
            waiting.count -= 1
            return true
        }
    }

    private func answer(_ exchanges: [HTTPExchange], _ response: HTTPResponse) {
        for (_, group) in Dictionary(grouping: exchanges, by: { ObjectIdentifier($0.loop) }) {
            guard let loop = group.first?.loop else { continue }
            loop.execute {
                for exchange in group { exchange.answerParked(response) }
            }
        }
    }
}
