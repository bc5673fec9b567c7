/* The one shim over OpenSSL's libcrypto: hashes and keyed hashes for the host. */
#ifndef HOSTCRYPTO_H
#define HOSTCRYPTO_H
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdint.h>
#include <stdlib.h>

/* SHA-256 of `size` bytes into 32 bytes; 1 on success. */
static inline int hostcrypto_sha256(const void *data, size_t size, uint8_t out[32]) {
    unsigned int length = 32;
    return EVP_Digest(data, size, out, &length, EVP_sha256(), NULL);
}

/* HMAC-SHA-256 into 32 bytes; 1 on success. */
static inline int hostcrypto_hmac(const void *key, size_t key_size, const void *data, size_t size, uint8_t out[32]) {
    unsigned int length = 32;
    return HMAC(EVP_sha256(), key, (int)key_size, (const unsigned char *)data, size, out, &length) != NULL;
}

/* 1 when equal, in time that does not depend on the bytes. */
static inline int hostcrypto_equal(const void *a, const void *b, size_t size) { return CRYPTO_memcmp(a, b, size) == 0; }

#endif
