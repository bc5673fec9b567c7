/// A self-signed certificate for loopback; its key is public, so it proves nothing.
enum TestCertificate {
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBfzCCASWgAwIBAgIUQgOFcPYjSRrqJhlx9SWspKh1saYwCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTAxNDc0NFoYDzIxMjYxMDI4
        MDE0NzQ0WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAARUhq9cBowQjMZd7Nnks4riTpg9kJczKbRKt00b2x6J2AyX/wIQBfy1
        x5kaUDxoQZoBixei+XUsm5tZ8qKXPt5yo1MwUTAdBgNVHQ4EFgQUGxtooo/rpXOQ
        1MkRod412ApsxnwwHwYDVR0jBBgwFoAUGxtooo/rpXOQ1MkRod412ApsxnwwDwYD
        VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiAyW1eeFKW/q/9bNxK+aZr5
        nxriVbe6cW2CP8P5kONFgQIhAOuWIzqguTGXOiSNAuR8eXvSYlxtehQe98OlK5+1
        4E9q
        -----END CERTIFICATE-----
        """

    static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgd6ycI4vwDMsm/RKd
        Gcrwu3joZoi4+WASe1OB9YDMHL+hRANCAARUhq9cBowQjMZd7Nnks4riTpg9kJcz
        KbRKt00b2x6J2AyX/wIQBfy1x5kaUDxoQZoBixei+XUsm5tZ8qKXPt5y
        -----END PRIVATE KEY-----
        """
}
