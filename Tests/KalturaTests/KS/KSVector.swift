import KalturaCore

/// Session strings with all that they are made of; every secret is invented. One table serves writing, reading and refusal.
struct KSVector: Sendable {
    var id: String
    var version: Int
    var secret: String
    var session: Session
    /// Version 1: the text. Version 2: 16 bytes in hexadecimal.
    var random: String
    /// Version 1 with nine fields.
    var isLong = false
    var ks: String

    private static let mediaServer = "disableentitlement,sessionkey:exampleSessionKey"
    private static let firstSecret = "9b1c7d0e5f4a3b2c1d0e9f8a7b6c5d4e"
    private static let secondSecret = "0123456789abcdef0123456789abcdef"
    private static let thirdSecret = "s3cr3t-of-partner-102-abcdefghij"

    private static func session(
        _ partner: Int32, _ expiry: Int64, _ type: Int32, _ user: String, _ privileges: String, master: String? = nil
    ) -> Session {
        Session(partner: partner, expiry: expiry, type: type, user: user, privileges: privileges, masterPartner: master)
    }

    static let all = [
        KSVector(
            id: "V1-A", version: 1, secret: firstSecret, session: session(-5, 4_102_444_800, 2, "MediaServer", mediaServer),
            random: "12345",
            ks: "OTE5OGVlNWQ0MDUxNjg0N2JhYjM1YTIwMGRjM2QyODgxZGVlZTQ2ZHwtNTstNTs0MTAyNDQ0ODAwOzI7MTIzNDU7TWVkaWFTZXJ2ZXI7ZGl"
                + "zYWJsZWVudGl0bGVtZW50LHNlc3Npb25rZXk6ZXhhbXBsZVNlc3Npb25LZXk="),
        KSVector(
            id: "V1-B", version: 1, secret: secondSecret, session: session(102, 1_893_456_000, 0, "alice@example.org", "sview:*"),
            random: "1700000000.25", isLong: true,
            ks: "ZjNiMGY3NDkwYjUzNDEyMDJjNmNkNDM4N2QyMzNlODE1NmM5YTQ4NnwxMDI7MTAyOzE4OTM0NTYwMDA7MDsxNzAwMDAwMDAwLjI1O2FsaWN"
                + "lQGV4YW1wbGUub3JnO3N2aWV3Oio7Ow=="),
        KSVector(
            id: "V1-C", version: 1, secret: secondSecret, session: session(102, 1_000_000_000, 0, "0", "view:*,widget:1"),
            random: "777", isLong: true,
            ks: "MmQ0NWZlMTM1MTQ4NjAzZGY5ZmFkNzZkMjgwZGM0NzI4YTA3NjEzZnwxMDI7MTAyOzEwMDAwMDAwMDA7MDs3Nzc7MDt2aWV3Oiosd2lkZ2V"
                + "0OjE7Ow=="),
        KSVector(
            id: "V2-A", version: 2, secret: firstSecret, session: session(-5, 4_102_444_800, 2, "MediaServer", mediaServer),
            random: "000102030405060708090a0b0c0d0e0f",
            ks: "djJ8LTV8CTMSjDgQ-uiaLsDo-iYj7cLlD_08Ou85YLwjV2zQUAvpKzRkVEZBrC5CsWDbueg-7WZUKib9aoHlCFLLuLLA7vhgm7nEQicGA8Tf"
                + "3ge4SuKtziQcDiev31Pn_RBOe5i7BzPjcqPJQ685uKVnvDlnDfwqlp7v_vp1lrD0wPYzJ5c="),
        KSVector(
            id: "V2-B", version: 2, secret: thirdSecret,
            session: session(
                102, 1_893_456_000, 2, "bob smith+test@example.org", "*,edit:0_aaaaaaaa/0_bbbbbbbb,iprestrict:192.0.2.7"),
            random: "ff00ff00ff00ff00ff00ff00ff00ff00",
            ks: "djJ8MTAyfJe9f6QR-ZgfDFHv1F0_7SV4jjeUSpVkRaj7cEiR4DAdNVwTjiLcSbYHxZED-qVgWZY2xFPVvcAeAqVFoNo1A9g2AD34broV--AT"
                + "jlAM7qMjW3nD-wFB4zOK4m0w3RJWDeEmMqnuvr_edvu8Noj_9Ggcx4uwwkww8Vs15nF77R06G0W9ZrK93pHAz9BBWimZIGu6yAkzBHnfhgDhY1iE"
                + "JL0="),
        KSVector(
            id: "V2-C", version: 2, secret: thirdSecret,
            session: session(102, 1_893_456_000, 2, "", "disableentitlement", master: "-5"),
            random: "00112233445566778899aabbccddeeff",
            ks: "djJ8MTAyfGOB34GtQ30xcniBV42LiMwsmZQR-O2r0qSGrD1S7gHf7gEYcrO_urY3aMoNB1rjDhCqaYx2vpYaxKLL8NaVAD0PW8oXg7ZmgSrq"
                + "lIFIpva0nBQXACPmYKLzC6AOjhkeEg=="),
        KSVector(
            id: "V2-D", version: 2, secret: "k", session: session(7, 1_893_456_000, 0, "carol7", ""),
            random: "41414141414141414141414141414141",
            ks: "djJ8N3w5QiGS1ged3yR_b3glz7OSrX0OvFrtjwL8HVuohr_pcc-EyOZVtP0g7IVwfP6Povkat8aR-HS-CnswfvqIBvyU"),
    ]

    /// What must be refused: (id, text, secret).
    static let refused = [
        (
            "a field changed after signing",
            "OTE5OGVlNWQ0MDUxNjg0N2JhYjM1YTIwMGRjM2QyODgxZGVlZTQ2ZHwtNTstNTs0MTAyNDQ0ODAwOzA7MTIzNDU7TWVkaWFTZXJ2ZXI7ZGl"
                + "zYWJsZWVudGl0bGVtZW50LHNlc3Npb25rZXk6ZXhhbXBsZVNlc3Npb25LZXk=", firstSecret
        ),
        ("another partner's secret", all[0].ks, secondSecret),
        ("the last cipher bit flipped", all[3].ks.dropLast(2) + "Y=", firstSecret),
        ("not base64", "***", firstSecret),
        ("no bar", "bm8gYmFyIGhlcmU=", firstSecret),
        ("empty", "", firstSecret),
        ("a cipher of no length", "djJ8LTV8", firstSecret),
        ("a cipher that is no whole block", "djJ8LTV8CTMS", firstSecret),
    ]
}
