import NIOCore
import NIOSSL

/// A certificate chain and its key, rereadable while serving: connections made after `reload` use the new one. Any thread.
public final class TLSContext: Sendable {
    private let source: Source
    private let applicationProtocols: [String]
    private let current: Locked<NIOSSLContext>

    private enum Source: Sendable {
        case files(certificate: String, key: String)
        case bytes(certificate: [UInt8], key: [UInt8])
    }

    /// Reads a PEM chain and a PEM key; TLS 1.2 and up.
    ///
    /// Throws `NetError.certificate` when either cannot be read or they do not belong together.
    public init(certificate: String, key: String, applicationProtocols: [String] = []) throws(NetError) {
        source = .files(certificate: certificate, key: key)
        self.applicationProtocols = applicationProtocols
        current = Locked(try Self.make(source, applicationProtocols))
    }

    /// As above, from PEM bytes.
    public init(certificatePEM: [UInt8], keyPEM: [UInt8], applicationProtocols: [String] = []) throws(NetError) {
        source = .bytes(certificate: certificatePEM, key: keyPEM)
        self.applicationProtocols = applicationProtocols
        current = Locked(try Self.make(source, applicationProtocols))
    }

    /// Reads the files again; on failure the old certificate stays in use and the reason is thrown.
    public func reload() throws(NetError) {
        let fresh = try Self.make(source, applicationProtocols)
        current.withLock { $0 = fresh }
    }

    /// What a connection accepted now must use.
    public var context: NIOSSLContext { current.withLock { $0 } }

    private static func make(_ source: Source, _ protocols: [String]) throws(NetError) -> NIOSSLContext {
        let chain: [NIOSSLCertificate]
        let key: NIOSSLPrivateKey
        let name: (certificate: String, key: String)
        switch source {
        case .files(let c, let k): name = (c, k)
        case .bytes: name = ("certificate", "key")
        }
        do {
            switch source {
            case .files(let c, _): chain = try NIOSSLCertificate.fromPEMFile(c)
            case .bytes(let c, _): chain = try NIOSSLCertificate.fromPEMBytes(c)
            }
        } catch { throw .certificate(name.certificate, oneLine("\(error)")) }
        do {
            switch source {
            case .files(_, let k): key = try NIOSSLPrivateKey(file: k, format: .pem)
            case .bytes(_, let k): key = try NIOSSLPrivateKey(bytes: k, format: .pem)
            }
        } catch { throw .certificate(name.key, oneLine("\(error)")) }
        do {
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = protocols
            configuration.shutdownTimeout = .seconds(2)
            return try NIOSSLContext(configuration: configuration)
        } catch { throw .certificate("\(name.certificate), \(name.key)", oneLine("\(error)")) }
    }
}
