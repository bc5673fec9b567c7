/// Players that come and go: who is away, when the next one comes.
struct Churn {
    let rate: Double
    /// How many joins in all; 0: no end.
    let joins: Int
    private(set) var done = 0
    var failed = 0
    var resets = 0
    private var away: [Int] = []
    private var places = 0
    private var begun: UInt64?
    private var departures = 0

    init(rate: Double, joins: Int) {
        self.rate = rate
        self.joins = joins
    }

    /// All who were to come have come and gone.
    var isOver: Bool { joins > 0 && done >= joins && away.count == places }
    var isEmpty: Bool { places == 0 }

    mutating func add(_ client: Int) {
        away.append(client)
        places += 1
    }

    mutating func left(_ client: Int) { away.append(client) }

    mutating func begin(at now: UInt64) { begun = now }

    mutating func finish() { begun = nil }

    /// When the next one is to come; `.max`: nobody.
    func next() -> UInt64 {
        guard let begun, !away.isEmpty, joins == 0 || done < joins else { return .max }
        return begun + UInt64(Double(done) / rate * 1e9)
    }

    /// Who comes now, and for how long it stays (nanoseconds); on average the players are present all together.
    mutating func arrival(at now: UInt64) -> (client: Int, stay: UInt64)? {
        guard next() <= now else { return nil }
        // The one that left first.
        let client = away.removeFirst()
        done += 1
        let mean = Double(places) / rate * 1e9
        return (client, UInt64(Double.random(in: 0...1.8) * mean))
    }

    /// How the next one goes.
    mutating func nextDeparture() -> Departure {
        departures += 1
        return Departure.allCases[departures % Departure.allCases.count]
    }
}
