extension BalancerProcessTests {
    /// Of site.example, made for these tests alone, with its key.
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBhTCCASugAwIBAgIUAvEQFwDS3dDr1E7ivPBKtDgK7uQwCgYIKoZIzj0EAwIw
        FzEVMBMGA1UEAwwMc2l0ZS5leGFtcGxlMCAXDTI2MTEyODEwMTIzMloYDzIxMjYx
        MTA0MTAxMjMyWjAXMRUwEwYDVQQDDAxzaXRlLmV4YW1wbGUwWTATBgcqhkjOPQIB
        BggqhkjOPQMBBwNCAASqgURQRLmFxlnoTTIaAlAp9c4WdzegXUw2e8uTPSeB/gFP
        8rM3WooLfXA05E1xpNrTt79zBNXGe0MhtDuN0gQ+o1MwUTAdBgNVHQ4EFgQUmQT6
        2dBg620SRIiRfw9yVyLXehYwHwYDVR0jBBgwFoAUmQT62dBg620SRIiRfw9yVyLX
        ehYwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiB+7WK3lTTGNEBt
        fOF6tcr3sYLIdOp/3OSyTBEusnBNHAIhAILdWXMBH67V/BJOlTPfFJ0euecoUqME
        +giEvg1wghIe
        -----END CERTIFICATE-----
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgBiMg0jiCM4Mxy1ba
        3C39NEcJaxA/suXTiZ8fKQfbRJahRANCAASqgURQRLmFxlnoTTIaAlAp9c4Wdzeg
        XUw2e8uTPSeB/gFP8rM3WooLfXA05E1xpNrTt79zBNXGe0MhtDuN0gQ+
        -----END PRIVATE KEY-----

        """
}
