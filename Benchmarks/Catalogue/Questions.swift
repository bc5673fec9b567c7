import CSluice
import Glibc

/// Questions at fixed times from one thread, as the server's control thread asks them.
struct Questions {
    private let plugin: HostedKaltura
    private let options: Options

    init(_ plugin: HostedKaltura, _ options: Options) {
        self.plugin = plugin
        self.options = options
    }

    static func entry(_ number: Int) -> String {
        let digits = String(number)
        return "0_" + String(repeating: "0", count: max(8 - digits.utf8.count, 0)) + digits
    }

    /// Nanoseconds from when each was due to its answer. The first second warms up and does not count.
    func run() -> [UInt64] {
        let count = (options.seconds + 1) * options.rate
        var random = SystemRandomNumberGenerator()
        var due: [UInt64] = []
        let start = monotonic() + 100_000_000
        for i in 0..<count {
            let at = start + UInt64(i) * 1_000_000_000 / UInt64(options.rate)
            due.append(at)
            let (address, _) = question(i, &random)
            let now = monotonic()
            if at > now {
                var time = timespec(tv_sec: 0, tv_nsec: Int(at - now))
                nanosleep(&time, nil)
            }
            plugin.ask(UInt64(i), address)
        }
        guard plugin.waitForAnswers(count, seconds: 30) else { fatalError("not all questions were answered") }
        return plugin.answers.withLock { answers in
            (options.rate..<count).map { i in
                guard let answer = answers[UInt64(i)] else { fatalError("question \(i) was not answered") }
                let wanted = i % 10 > 1 ? SLUICE_VERDICT_ALLOW : SLUICE_VERDICT_DENY
                guard answer.decision == wanted else { fatalError("question \(i) was answered \(answer.reason)") }
                return answer.time - due[i]
            }
        }
    }

    /// One in ten has a wrong token, one in ten is for an entry that there is not.
    private func question(_ i: Int, _ random: inout SystemRandomNumberGenerator) -> (address: String, entry: Int) {
        let entry = Int.random(in: 0..<options.entries, using: &random)
        let asked = i % 10 == 1 ? entry + 50_000_000 : entry
        let token = i % 10 == 0 ? "wrong" : "token-\(entry)"
        return ("rtmp://h/kLive?p=\(entry / 1000 + 1)&e=\(Self.entry(asked))&i=0&t=\(token)", asked)
    }
}

func monotonic() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
}
