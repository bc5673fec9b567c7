/* What this plugin takes of OpenSSL's libcrypto (Debian: libssl-dev): SHA-1, AES in CBC mode, random bytes. */
#ifndef KALTURA_OPENSSL_H
#define KALTURA_OPENSSL_H
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdint.h>
#include <stdlib.h>

/* SHA-1 of `size` bytes into 20 bytes; 1 on success. */
static inline int kaltura_sha1(const void *data, size_t size, uint8_t out[20]) {
    unsigned int length = 20;
    return EVP_Digest(data, size, out, &length, EVP_sha1(), NULL);
}

/* Fills with unpredictable bytes; 1 on success. */
static inline int kaltura_random(void *out, int size) { return RAND_bytes((unsigned char *)out, size); }

/*
 * AES-CBC by a key of 16 or 32 bytes and an iv of 16. `padded`: PKCS#7, else `size` has to be a multiple of 16. `out` takes size + 16
 * bytes. The length of what came out, or -1: wrong sizes, wrong padding.
 */
static inline int kaltura_aes_cbc(int encrypt, const uint8_t *key, size_t key_size, const uint8_t *iv, int padded, const uint8_t *data,
                                  size_t size, uint8_t *out) {
    const EVP_CIPHER *cipher = key_size == 16 ? EVP_aes_128_cbc() : key_size == 32 ? EVP_aes_256_cbc() : NULL;
    EVP_CIPHER_CTX *context;
    int first = 0, last = 0, good = 0;
    if (cipher == NULL || size > (1u << 20)) return -1;
    if ((context = EVP_CIPHER_CTX_new()) == NULL) return -1;
    good = EVP_CipherInit_ex(context, cipher, NULL, key, iv, encrypt) && EVP_CIPHER_CTX_set_padding(context, padded) &&
           EVP_CipherUpdate(context, out, &first, data, (int)size) && EVP_CipherFinal_ex(context, out + first, &last);
    EVP_CIPHER_CTX_free(context);
    return good ? first + last : -1;
}

#endif
