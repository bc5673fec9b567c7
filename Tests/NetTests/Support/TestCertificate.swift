import NIOCore
import NIOPosix
import NIOSSL

@testable import HostNet

/// Self-signed certificates for the tests alone.
enum TestCertificate {
    static let first = (
        certificate: """
        -----BEGIN CERTIFICATE-----
        MIIBgjCCASegAwIBAgIUGA52GrtJtOMyCETDbgaFtU4CNPswCgYIKoZIzj0EAwIw
        FTETMBEGA1UEAwwKZmlyc3QudGVzdDAgFw0yNjExMjEwMTMxMTVaGA8yMTI2MTAy
        ODAxMzExNVowFTETMBEGA1UEAwwKZmlyc3QudGVzdDBZMBMGByqGSM49AgEGCCqG
        SM49AwEHA0IABKiJItWi48aogiJcD/Vokl95dGZke0EMf/Gk2ovXE1yUX3xzQJwf
        OzDOQshQLF/wb5vhlxaV7VnnQZ+QuT9nnTGjUzBRMB0GA1UdDgQWBBTyAqBYf8x8
        hJ15b9IhXBqAisZs3zAfBgNVHSMEGDAWgBTyAqBYf8x8hJ15b9IhXBqAisZs3zAP
        BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQCrhLK0ihp0ziBrdEIu
        KzmGML1PJp/7vmC+K6522cVf7AIhAIIzxtIz+jDfvCT0ukAOEhbBC9J+c8XowwDU
        KtG8oBAD
        -----END CERTIFICATE-----
        """,
        key: """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg1YEAvg80rdAdaC7+
        kb5uGknHzsGvUuLY7QIQqL2tNsOhRANCAASoiSLVouPGqIIiXA/1aJJfeXRmZHtB
        DH/xpNqL1xNclF98c0CcHzswzkLIUCxf8G+b4ZcWle1Z50GfkLk/Z50x
        -----END PRIVATE KEY-----
        """
    )
    static let second = (
        certificate: """
        -----BEGIN CERTIFICATE-----
        MIIBgzCCASmgAwIBAgIUR8JIanJQMfpJEssAQgE6uBFLZTYwCgYIKoZIzj0EAwIw
        FjEUMBIGA1UEAwwLc2Vjb25kLnRlc3QwIBcNMjYxMTIxMDEzMTE1WhgPMjEyNjEw
        MjgwMTMxMTVaMBYxFDASBgNVBAMMC3NlY29uZC50ZXN0MFkwEwYHKoZIzj0CAQYI
        KoZIzj0DAQcDQgAEX4MF7JPSKnAKmrBUOt3FxIj9TLSeCAyiZb4dfu9Wku2GQ/Mj
        W0kKl5YocCHfEFbLe9CJm/Mfx1CTJIbzyrQ+pKNTMFEwHQYDVR0OBBYEFH3Rh5sB
        84jMXA8/OPfWWwm1OD6BMB8GA1UdIwQYMBaAFH3Rh5sB84jMXA8/OPfWWwm1OD6B
        MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAKlM215+NmQ7qe2R
        8ncQN31/zq7FqUribYElUB6mU8uvAiBDg4paVNRdT2mFd8+x5b1dCrdGKt8q0gay
        mwmtK0S3uw==
        -----END CERTIFICATE-----
        """,
        key: """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgyU+QNFax/OlsNBrb
        1QrjwG5/K1D6zZ6BOKxXqSEVIfihRANCAARfgwXsk9IqcAqasFQ63cXEiP1MtJ4I
        DKJlvh1+71aS7YZD8yNbSQqXlihwId8QVst70Imb8x/HUJMkhvPKtD6k
        -----END PRIVATE KEY-----
        """
    )

    static func context(_ pair: (certificate: String, key: String) = first) throws -> TLSContext {
        try TLSContext(certificatePEM: Array(pair.certificate.utf8), keyPEM: Array(pair.key.utf8))
    }
}
