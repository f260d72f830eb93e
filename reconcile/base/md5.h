#ifndef SETPOINT_BASE_MD5_H
#define SETPOINT_BASE_MD5_H

#include <stddef.h>

/* MD5 (RFC 1321), for APIs that take a password by its digest (it hides nothing: whoever knows the digest can
   log in with it, so it is a secret like the password), and for fingerprints of public keys. */

enum { MD5_HEX = 32 };

/* The digest in lower-case hexadecimal, NUL-terminated. */
void md5_hex(const void *bytes, size_t size, char out[MD5_HEX + 1]);

#endif
