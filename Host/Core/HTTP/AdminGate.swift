// AdminGate: who may ask an admin listener anything.
//
// It knows one token and which Host names are its own. It holds no session and logs nothing.

import NIOHTTP1

/// The admin listener's check: bearer token in constant time, Host names against DNS rebinding.
public struct AdminGate: Sendable {
    private let token: [UInt8]
    /// Host names beside loopback ones that are answered, lower case, without port; empty: loopback names only.
    public let hostNames: Set<String>
    /// True when any Host is answered; for listeners beyond loopback, where the token is the only door.
    public let acceptsAnyHost: Bool

    /// - Parameters:
    ///   - token: at least 16 bytes, else nothing that needs a token is ever answered.
    ///   - hostNames: names beside loopback ones.
    public init(token: String, hostNames: Set<String> = [], acceptsAnyHost: Bool = false) {
        self.token = Array(token.utf8)
        self.hostNames = Set(hostNames.map { $0.lowercased() })
        self.acceptsAnyHost = acceptsAnyHost
    }

    /// Why an admin listener may not bind, or nil when it may: beyond loopback it needs token and TLS.
    public static func bindRefusal(address: String, hasToken: Bool, hasTLS: Bool) -> String? {
        if isLoopback(address) { return nil }
        if hasToken, hasTLS { return nil }
        let missing = hasToken ? "TLS" : hasTLS ? "a token" : "a token and TLS"
        return "admin listener refuses to bind '\(address)': an address beyond loopback needs \(missing)"
    }

    struct Refusal {
        let status: Int
        let reason: String
        var headers: HTTPHeaders = [:]
    }

    func refusal(_ head: HTTPRequestHead, isTLS: Bool, _ match: RouteTable.Match) -> Refusal? {
        guard acceptsHost(head.headers.first(name: "host")) else {
            return Refusal(status: 421, reason: "Host is not a name of this listener")
        }
        if case .found(let route, _) = match, route.needsNoToken { return nil }
        if case .wrongMethod(_, let route, _) = match, route.needsNoToken { return nil }
        let given = head.headers["authorization"]
        guard given.count == 1, let value = given.first, isToken(value) else {
            let challenge = given.isEmpty ? "Bearer realm=\"sluice\"" : "Bearer realm=\"sluice\", error=\"invalid_token\""
            return Refusal(status: 401, reason: "a valid bearer token is needed", headers: ["WWW-Authenticate": challenge])
        }
        return nil
    }

    /// Takes the same time whatever the first differing byte is.
    private func isToken(_ value: String) -> Bool {
        let scheme = value.utf8.prefix(7).map { $0 | 0x20 }
        guard scheme == Array("bearer ".utf8) else { return false }
        let given = Array(value.utf8.dropFirst(7))
        var difference = UInt(bitPattern: given.count ^ token.count)
        for (index, byte) in token.enumerated() {
            difference |= UInt(byte ^ (index < given.count ? given[index] : ~byte))
        }
        return difference == 0 && token.count >= 16
    }

    private func acceptsHost(_ host: String?) -> Bool {
        if acceptsAnyHost { return true }
        guard let host else { return true }  // HTTP/1.0 without Host: no browser sends that
        var name = host.lowercased()[...]
        if name.hasPrefix("["), let end = name.firstIndex(of: "]") {
            name = name[name.index(after: name.startIndex)..<end]
        } else if let colon = name.lastIndex(of: ":") {
            name = name[..<colon]
        }
        return AdminGate.isLoopback(String(name)) || hostNames.contains(String(name))
    }

    static func isLoopback(_ name: String) -> Bool {
        if name == "localhost" || name == "::1" { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
