import Formats

extension Session {
    /// Reads and verifies a session string of either version (SPEC §7.5).
    ///
    /// - Parameters:
    ///   - secret: of the partner who is expected to have signed; any of its parts may verify.
    ///   - now: unix seconds.
    ///   - address: the peer that uses it; nil: not looked at.
    public init(_ ks: KS, secret: Secret, now: Int64, address: String? = nil) throws(KSError) {
        guard let raw = ks.withText({ $0.utf8.count <= KS.maximumLength ? Base64.decode($0) : nil }),
            let read = Self.isVersion2(raw) ? Self.version2(raw, secret: secret) : Self.version1(raw, secret: secret)
        else { throw .invalid }
        guard read.expiry > now else { throw .expired }
        if let address, !read.admits(address) { throw .restrictedAddress }
        self = read
    }
}
