/// The one session that all calls share (SPEC §7.1): signed here or had from the back end, renewed before its end, and once when the back end refuses it.
///
/// Times: `now` milliseconds that never go back, `wall` unix seconds.
struct SessionKeeper {
    private(set) var ks: KS?
    /// Which session this is; a call that was refused names the one that it had.
    private(set) var number = 0
    private var renewAt: UInt64 = 0
    private var forcedAt: UInt64?

    /// How long after a forced renewal there is no other: the secret is wrong, and will be for a while.
    static let forcedPause: UInt64 = 60_000

    /// The session, unless it is time for another.
    func current(_ now: UInt64) -> KS? { now < renewAt ? ks : nil }

    /// Signs a session when there is none that holds. False: the secret is empty, user or privileges cannot be written, or libcrypto lacks what it takes.
    mutating func renew(_ secret: Secret, _ settings: APISettings, partner: Int32, now: UInt64, wall: Int64) -> Bool {
        guard current(now) == nil else { return true }
        let session = Session(
            partner: partner, expiry: wall &+ settings.ksSeconds, type: 2, user: "MediaServer",
            privileges: settings.ksPrivileges)
        guard let random = Cipher.random(16) else { return false }
        let made =
            settings.ksVersion == 1
            ? session.version1(secret, random: random.prefix(4).reduce(into: "") { $0 += "\($1)" })
            : session.version2(secret, random: random)
        guard let made else { return false }
        take(made, seconds: settings.ksSeconds, now: now)
        return true
    }

    /// There is another, which lives so long.
    mutating func take(_ made: KS, seconds: Int64, now: UInt64) {
        ks = made
        number &+= 1
        renewAt = now &+ UInt64(clamping: seconds) &* 900
    }

    /// The back end says that session `used` is over. Another takes its place, unless one has already.
    mutating func expired(_ used: Int) {
        if used == number { ks = nil; renewAt = 0 }
    }

    /// The back end says that session `used` was never good: at most one other a minute. Whether there may be one.
    mutating func refused(_ used: Int, _ now: UInt64) -> Bool {
        guard used == number else { return true }
        if let forcedAt, now &- forcedAt < Self.forcedPause { return false }
        forcedAt = now
        expired(used)
        return true
    }

    /// Forgets the session: the configuration changed.
    mutating func forget() {
        ks = nil
        renewAt = 0
        forcedAt = nil
    }
}
