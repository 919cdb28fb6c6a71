// OpenSSL for Swift: macros as functions with the prefix COpenSSL_, nothing else.
#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

static const uint64_t COpenSSL_OP_NO_RENEGOTIATION = SSL_OP_NO_RENEGOTIATION;
static const uint64_t COpenSSL_OP_NO_COMPRESSION = SSL_OP_NO_COMPRESSION;
static const uint64_t COpenSSL_OP_CIPHER_SERVER_PREFERENCE = SSL_OP_CIPHER_SERVER_PREFERENCE;
static const uint64_t COpenSSL_OP_IGNORE_UNEXPECTED_EOF = SSL_OP_IGNORE_UNEXPECTED_EOF;
static const unsigned long COpenSSL_NAME_RFC2253 = XN_FLAG_RFC2253;

static inline long COpenSSL_set_min_proto_version(SSL_CTX *context, int version) {
  return SSL_CTX_set_min_proto_version(context, version);
}
static inline long COpenSSL_set_session_cache_mode(SSL_CTX *context, long mode) {
  return SSL_CTX_set_session_cache_mode(context, mode);
}
static inline long COpenSSL_add_chain_certificate(SSL_CTX *context, X509 *certificate) {
  return SSL_CTX_add1_chain_cert(context, certificate);
}
static inline int COpenSSL_set_groups(SSL_CTX *context, const char *groups) {
  return (int)SSL_CTX_set1_groups_list(context, groups);
}
static inline int COpenSSL_error_reason(unsigned long error) { return ERR_GET_REASON(error); }
static inline void COpenSSL_clear_retry(BIO *bio) { BIO_clear_retry_flags(bio); }
static inline void COpenSSL_set_retry_read(BIO *bio) { BIO_set_retry_read(bio); }
static inline EVP_PKEY *COpenSSL_generate_key(const char *curve) { return EVP_EC_gen(curve); }
